"""The one place where a quote changes its state."""

import uuid
from typing import Any

from marketplace.asks.payers.service.details import forget
from marketplace.asks.quotes.models import Quote
from marketplace.asks.quotes.rules import PAID, STATES
from marketplace.audit.service import record


def transition_quote(quote: Quote, to: str, *, by: uuid.UUID | None = None, **facts: Any) -> None:
    """Move a locked quote to `to`; raises TransitionRefused. `by` did it, None for the application."""
    STATES.check(quote.status, to)
    quote.status = to
    if to in STATES.final and to != PAID:
        forget(quote)
    record(by, f"quote.{to}", quote.id, **facts)
