"""Stripe's events as they were received."""

from typing import Any

from sqlalchemy import JSON
from sqlalchemy.orm import Mapped, mapped_column

from marketplace import clock
from marketplace.db import Base, Instant, Words
from marketplace.stripe_inbox import rules


class StripeEvent(Base):
    """One event under Stripe's own id; `handled_at` is null until its handler committed.

    `note` says what came of it where that is not plain, `error` why the last attempt failed. `payload` is kept as it
    came, also where a JSONB could not: it is read and never searched. One of type `rules.SET_ASIDE` is no event that
    could be handled; its payload has the text.
    """

    __tablename__ = "stripe_events"

    id: Mapped[Words] = mapped_column(primary_key=True)
    type: Mapped[Words] = mapped_column(index=True)
    object_id: Mapped[Words | None] = mapped_column(index=True)
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    received_at: Mapped[Instant] = mapped_column(default=clock.now, index=True)
    handled_at: Mapped[Instant | None] = mapped_column(index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[Words | None]
    note: Mapped[Words | None]

    @property
    def state(self) -> str:
        """received, failed (and to be tried again) or handled."""
        if self.handled_at is not None:
            return rules.HANDLED
        return rules.RECEIVED if self.error is None else rules.FAILED
