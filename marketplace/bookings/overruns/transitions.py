"""The one place where an overrun changes its state."""

import uuid

from marketplace import clock
from marketplace.audit.service import record
from marketplace.bookings.overruns.models import Overrun
from marketplace.bookings.overruns.rules import OVERRUN_STATES


def transition_overrun(overrun: Overrun, to: str, *, by: uuid.UUID | None = None) -> None:
    """Move a locked overrun to `to`; raises TransitionRefused."""
    OVERRUN_STATES.check(overrun.status, to)
    overrun.status = to
    if to in OVERRUN_STATES.final:
        overrun.ended_at = clock.now()
    record(by, f"overrun.{to}", overrun.id, booking_id=str(overrun.booking_id), minutes=overrun.minutes)
