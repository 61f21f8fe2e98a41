"""The one place where an ask changes its state."""

import uuid
from typing import Any

from marketplace import clock
from marketplace.asks.models import Ask
from marketplace.asks.rules.states import ANSWERS, STATES
from marketplace.audit.service import record


def transition(ask: Ask, to: str, *, by: uuid.UUID | None = None, **facts: Any) -> None:
    """Move a locked ask to `to`; raises TransitionRefused.

    `by` is the person who did it, None for the application; `facts` are audited.
    """
    STATES.check(ask.status, to)
    ask.status = to
    if to in ANSWERS and ask.answered_at is None:
        ask.answered_at = clock.now()
    if to in STATES.final:
        ask.ended_at = clock.now()
    record(by, f"ask.{to}", ask.id, **facts)
