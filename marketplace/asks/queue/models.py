"""Places in the queues of coaches."""

import uuid
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.asks.models import Ask
from marketplace.asks.queue.rules import LAPSES, STATES, WAITING
from marketplace.asks.rules.brief import Brief
from marketplace.coaches.models import Coach
from marketplace.db import Base, Cents, Instant, Key, Words
from marketplace.states import among

ONE_WAITS = STATES.among([WAITING])


class QueuePlace(Base):
    """A whole ask that waits until its coach takes one more; the coach sees nothing of it until then.

    `status` moves by `rules.STATES`. It is sent for `price_cents` at most and then is `ask_id`; it lapses at
    `lapses_at`, or when it cannot be sent, which `lapse_reason` says.
    """

    __tablename__ = "ask_queue_places"
    __table_args__ = (
        CheckConstraint(STATES.constraint(), name="status"),
        CheckConstraint(among(LAPSES, "lapse_reason"), name="lapse_reason"),
        CheckConstraint("price_cents > 0", name="price"),
        CheckConstraint("(status = 'sent') = (ask_id is not null)", name="sent"),
        CheckConstraint("(status = 'lapsed') = (lapse_reason is not null)", name="lapsed"),
        CheckConstraint(f"({ONE_WAITS}) = (ended_at is null)", name="ended"),
        Index("ask_queue_places_line_idx", "coach_id", "joined_at", "id", postgresql_where=text(ONE_WAITS)),
        Index("ask_queue_places_one_idx", "coach_id", "asker_id", unique=True, postgresql_where=text(ONE_WAITS)),
        Index("ask_queue_places_mine_idx", "asker_id", "id"),
    )

    id: Mapped[Key]
    coach_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("coaches.id", ondelete="RESTRICT"))
    asker_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    status: Mapped[Words] = mapped_column(default=WAITING)
    written: Mapped[dict[str, Any]] = mapped_column(JSONB)
    price_cents: Mapped[Cents]
    currency: Mapped[Words]
    joined_at: Mapped[Instant] = mapped_column(default=clock.now)
    lapses_at: Mapped[Instant] = mapped_column(index=True)
    lapse_reason: Mapped[Words | None]
    ended_at: Mapped[Instant | None]
    ask_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("asks.id", ondelete="RESTRICT"), unique=True)

    coach: Mapped[Coach] = relationship(lazy="raise")
    asker: Mapped[User] = relationship(lazy="raise")
    ask: Mapped[Ask | None] = relationship(lazy="raise")

    @property
    def brief(self) -> Brief:
        """What is asked."""
        return Brief.of_json(self.written)
