"""The one place where a session credit changes its state."""

import uuid
from typing import Any

from marketplace import clock
from marketplace.audit.service import record
from marketplace.session_credits import rules
from marketplace.session_credits.models import SessionCredit


def transition_credit(
    credit: SessionCredit, to: str, *, by: uuid.UUID | None = None, reason: str | None = None, **facts: Any
) -> None:
    """Move a locked credit to `to`; raises TransitionRefused. `by` did it, None for the application."""
    rules.STATES.check(credit.status, to)
    now = clock.now()
    credit.status = to
    if to == rules.OPEN and credit.paid_at is None:
        credit.paid_at, credit.expires_at = now, rules.expires_at(now)
    credit.ended_at, credit.end_reason = (None, None) if to == rules.OPEN else (now, reason)
    if reason is not None:
        facts["reason"] = reason
    record(by, f"session_credit.{to}", credit.id, **facts)
