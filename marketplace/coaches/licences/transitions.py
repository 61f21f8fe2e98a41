"""The one place where a licence changes its state."""

import uuid

from marketplace import clock
from marketplace.audit.service import record
from marketplace.coaches.licences.models import Licence
from marketplace.coaches.licences.rules import STATES


def transition(licence: Licence, to: str, *, by: uuid.UUID, reason: str | None = None) -> None:
    """Move a locked licence to `to`; raises TransitionRefused."""
    STATES.check(licence.status, to)
    licence.status = to
    licence.decided_at, licence.decided_by, licence.reason = clock.now(), by, reason
    record(by, f"licence.{to}", licence.id, coach_id=str(licence.coach_id), **({"reason": reason} if reason else {}))
