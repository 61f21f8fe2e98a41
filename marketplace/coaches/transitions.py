"""The one place where a coach's vetting changes its state."""

import uuid
from typing import Any

from marketplace import clock
from marketplace.audit.service import record
from marketplace.coaches.models import Coach
from marketplace.coaches.rules import APPLIED, STATES


def transition(coach: Coach, to: str, *, by: uuid.UUID, reason: str | None = None, **facts: Any) -> None:
    """Move a coach to `to` and keep when it was applied for, or who decided and why; raises TransitionRefused.

    The caller has locked the coach. `facts` are audited.
    """
    STATES.check(coach.status, to)
    coach.status = to
    if to == APPLIED:
        coach.applied_at = clock.now()
        coach.decided_at = coach.decided_by = coach.decision_reason = None
    else:
        coach.decided_at, coach.decided_by, coach.decision_reason = clock.now(), by, reason
    record(by, f"coach.{to}", coach.id, **facts | ({"reason": reason} if reason else {}))
