"""What admins refunded beyond the policy."""

import uuid

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from marketplace import clock
from marketplace.db import Base, Cents, Instant, Key, Words


class GoodwillRefund(Base):
    """What an admin refunded beyond the policy: `cents` in all, of them `coach_cents` from the coach's share."""

    __tablename__ = "refunds_beyond_policy"
    __table_args__ = (
        CheckConstraint("cents > 0 and coach_cents between 0 and cents", name="amounts"),
        CheckConstraint("paid_by in ('coach', 'platform', 'split')", name="paid_by"),
    )

    id: Mapped[Key]
    booking_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bookings.id", ondelete="RESTRICT"), index=True)
    given_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    cents: Mapped[Cents]
    coach_cents: Mapped[Cents]
    paid_by: Mapped[Words]
    reason: Mapped[Words]
    given_at: Mapped[Instant] = mapped_column(default=clock.now)
