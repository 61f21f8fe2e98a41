"""The one place where an act of sponsorship changes its state."""

import uuid

from marketplace import clock
from marketplace.audit.service import record
from marketplace.sponsorships.models import Sponsorship
from marketplace.sponsorships.rules import STATES


def transition(sponsorship: Sponsorship, to: str, *, by: uuid.UUID) -> None:
    """Move a locked act to `to`; raises TransitionRefused."""
    STATES.check(sponsorship.status, to)
    sponsorship.status = to
    sponsorship.decided_at = clock.now()
    record(by, f"sponsorship.{to}", sponsorship.id)
