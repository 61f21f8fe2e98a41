"""The one place where a published answer changes its state."""

import uuid
from typing import Any

from marketplace.asks.published_answers.models import PublishedAnswer
from marketplace.asks.published_answers.rules import STATES
from marketplace.audit.service import record


def transition_answer(answer: PublishedAnswer, to: str, *, by: uuid.UUID, **facts: Any) -> None:
    """Move a locked published answer to `to`; raises TransitionRefused. `by` is the person who did it."""
    STATES.check(answer.status, to)
    answer.status = to
    record(by, f"published_answer.{to}", answer.id, **facts)
