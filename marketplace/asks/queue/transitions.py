"""The one place where a place in a queue changes its state."""

import uuid
from typing import Any

from marketplace import clock
from marketplace.asks.queue.models import QueuePlace
from marketplace.asks.queue.rules import STATES
from marketplace.audit.service import record


def transition_place(place: QueuePlace, to: str, *, by: uuid.UUID | None = None, **facts: Any) -> None:
    """Move a locked place to `to`; raises TransitionRefused. `by` did it, None for the application."""
    STATES.check(place.status, to)
    place.status, place.ended_at = to, clock.now()
    record(by, f"queue_place.{to}", place.id, **facts)
