"""What lost disputes took of bookings."""

import uuid

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace import clock
from marketplace.db import Base, Cents, Instant, Key


class DisputeLoss(Base):
    """What a lost dispute took of one session: `cents`, of them `coach_cents` that the coach had already.

    `returned_at` is when an appeal reversed it.
    """

    __tablename__ = "booking_losses"
    __table_args__ = (
        CheckConstraint("cents > 0 and coach_cents between 0 and cents", name="amounts"),
        UniqueConstraint("dispute_id", "booking_id", name="booking_losses_once"),
    )

    id: Mapped[Key]
    dispute_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("disputes.id", ondelete="RESTRICT"))
    booking_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bookings.id", ondelete="RESTRICT"), index=True)
    cents: Mapped[Cents]
    coach_cents: Mapped[Cents]
    was_released: Mapped[bool]
    booked_at: Mapped[Instant] = mapped_column(default=clock.now)
    returned_at: Mapped[Instant | None]
