"""What coaches choose to give a month, and the free sessions that they grant."""

import uuid

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace import clock
from marketplace.asks.models import Ask
from marketplace.bookings.models import Booking
from marketplace.db import Base, Cents, Instant, Key, Words
from marketplace.unpaid_time.grants.rules import GRANT_STATES, HAD_SESSION, MOST_A_MONTH, OFFERED, TAKEN

LIVE = GRANT_STATES.among(TAKEN)


class ProBonoBudget(Base):
    """How many minutes a month a coach chose to give; nothing without a row."""

    __tablename__ = "pro_bono_budgets"
    __table_args__ = (CheckConstraint(f"minutes_per_month between 0 and {MOST_A_MONTH}", name="minutes"),)

    coach_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("coaches.id", ondelete="CASCADE"), primary_key=True)
    minutes_per_month: Mapped[int]


class Grant(Base):
    """A free session that a coach offers for an ask, or that was booked. `status` moves by `rules.GRANT_STATES`.

    `entry_id` took its minutes out of the budget. Its value is that of the rate card when it was granted.
    """

    __tablename__ = "grants"
    __table_args__ = (
        CheckConstraint(GRANT_STATES.constraint(), name="status"),
        CheckConstraint("minutes between 10 and 480", name="minutes"),
        CheckConstraint(f"({GRANT_STATES.among(HAD_SESSION)}) = (booking_id is not null)", name="booked"),
        Index("grants_one_live_idx", "ask_id", unique=True, postgresql_where=text(LIVE)),
        Index("grants_live_idx", "valid_until", postgresql_where=text(LIVE)),
    )

    id: Mapped[Key]
    ask_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("asks.id", ondelete="RESTRICT"), index=True)
    offering_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("offerings.id", ondelete="RESTRICT"), index=True)
    entry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unpaid_entries.id", ondelete="RESTRICT"), unique=True)
    booking_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("bookings.id", ondelete="RESTRICT"), unique=True)
    status: Mapped[Words] = mapped_column(default=OFFERED)
    minutes: Mapped[int]
    value_cents: Mapped[Cents]
    currency: Mapped[Words]
    valid_until: Mapped[Instant]
    created_at: Mapped[Instant] = mapped_column(default=clock.now)

    ask: Mapped[Ask] = relationship(lazy="raise")
    booking: Mapped[Booking | None] = relationship(lazy="raise")
