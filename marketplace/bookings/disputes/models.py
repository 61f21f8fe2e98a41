"""What lost disputes took."""

import uuid

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from marketplace import clock
from marketplace.db import Base, Cents, Instant, Key


class LossOfSale(Base):
    """What a lost dispute took of one sale: `cents`, of them `coach_cents` that the coach had already.

    `returned_at` is when an appeal reversed it. Each kind of sale has a table of its own, with the sale's key.
    """

    __abstract__ = True

    id: Mapped[Key]
    cents: Mapped[Cents]
    coach_cents: Mapped[Cents]
    was_released: Mapped[bool]
    booked_at: Mapped[Instant] = mapped_column(default=clock.now)
    returned_at: Mapped[Instant | None]

    @declared_attr
    @classmethod
    def dispute_id(cls) -> Mapped[uuid.UUID]:
        return mapped_column(ForeignKey("disputes.id", ondelete="RESTRICT"))


AMOUNTS = "cents > 0 and coach_cents between 0 and cents"


class DisputeLoss(LossOfSale):
    """What a lost dispute took of one session."""

    __tablename__ = "booking_losses"
    __table_args__ = (
        CheckConstraint(AMOUNTS, name="amounts"),
        UniqueConstraint("dispute_id", "booking_id", name="booking_losses_once"),
    )

    booking_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bookings.id", ondelete="RESTRICT"), index=True)
