"""Overruns of sessions, and what lost disputes took of them."""

import uuid

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace import clock
from marketplace.bookings.disputes.models import AMOUNTS, LossOfSale
from marketplace.bookings.models import Booking
from marketplace.bookings.overruns.rules import LIVE, OPEN, OVERRUN_STATES, PROPOSED, WITH_PAYMENT
from marketplace.db import Base, Cents, Instant, Key, Words
from marketplace.payments.models import Payment


class Overrun(Base):
    """Minutes beyond a session for a price. Minutes, price and fee are never changed; `status` moves by the table.

    Its payment has its key as subject. What was kept of it is the coach's less the fee, as of the session itself.
    """

    __tablename__ = "overruns"
    __table_args__ = (
        CheckConstraint(OVERRUN_STATES.constraint(), name="status"),
        CheckConstraint("minutes between 5 and 120", name="minutes"),
        CheckConstraint("price_cents > 0", name="price"),
        CheckConstraint("refunded_cents between 0 and price_cents", name="refunded"),
        CheckConstraint("fee_basis_points between 0 and 10000", name="fee"),
        CheckConstraint(f"not ({OVERRUN_STATES.among(WITH_PAYMENT)}) or payment_id is not null", name="payment"),
        Index("overruns_one_live_idx", "booking_id", unique=True, postgresql_where=text(OVERRUN_STATES.among(LIVE))),
        Index("overruns_open_idx", "lapses_at", postgresql_where=text(OVERRUN_STATES.among(OPEN))),
        Index("overruns_unreleased_idx", "id", postgresql_where=text("status = 'paid' and released_at is null")),
    )

    id: Mapped[Key]
    booking_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bookings.id", ondelete="RESTRICT"), index=True)
    payment_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("payments.id", ondelete="RESTRICT"), unique=True)
    status: Mapped[Words] = mapped_column(default=PROPOSED)
    minutes: Mapped[int]
    price_cents: Mapped[Cents]
    currency: Mapped[Words]
    fee_basis_points: Mapped[int]
    refunded_cents: Mapped[Cents] = mapped_column(default=0)
    lapses_at: Mapped[Instant]
    created_at: Mapped[Instant] = mapped_column(default=clock.now)
    ended_at: Mapped[Instant | None]
    released_at: Mapped[Instant | None]

    booking: Mapped[Booking] = relationship(lazy="raise")
    payment: Mapped[Payment | None] = relationship(lazy="raise")

    @property
    def coach_id(self) -> uuid.UUID:
        """The coach of its session, whose it is."""
        return self.booking.coach_id

    @property
    def platform_paid_cents(self) -> int:
        """Nobody refunds a part of it alone."""
        return 0

    @property
    def coach_paid_cents(self) -> int:
        """Nobody refunds a part of it alone."""
        return 0


class OverrunLoss(LossOfSale):
    """What a lost dispute took of an overrun."""

    __tablename__ = "overrun_losses"
    __table_args__ = (
        CheckConstraint(AMOUNTS, name="amounts"),
        UniqueConstraint("dispute_id", "overrun_id", name="overrun_losses_once"),
    )

    overrun_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("overruns.id", ondelete="RESTRICT"), index=True)
