"""Coupons of a coach."""

import uuid

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, CITEXT
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Uuid

from marketplace import clock
from marketplace.db import Base, Cents, Instant, Key, Words


class Coupon(Base):
    """Takes a percentage or an amount off a coach's prices. Without offerings it is for all of them.

    Its uses are bookings, which are counted where they are; PostgreSQL refuses every change but its end.
    """

    __tablename__ = "coupons"
    __table_args__ = (
        UniqueConstraint("coach_id", "code"),
        CheckConstraint("(percent is null) <> (amount_cents is null)", name="one_kind"),
        CheckConstraint("percent between 1 and 90", name="percent"),
        CheckConstraint("amount_cents > 0", name="amount"),
        CheckConstraint("uses_at_most > 0 and uses_each_at_most > 0", name="uses"),
        CheckConstraint("valid_from < valid_until", name="validity"),
    )

    id: Mapped[Key]
    coach_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("coaches.id", ondelete="RESTRICT"))
    code: Mapped[str] = mapped_column(CITEXT)
    percent: Mapped[int | None]
    amount_cents: Mapped[Cents | None]
    currency: Mapped[Words]
    uses_at_most: Mapped[int | None]
    uses_each_at_most: Mapped[int | None]
    valid_from: Mapped[Instant | None]
    valid_until: Mapped[Instant | None]
    offering_ids: Mapped[list[uuid.UUID]] = mapped_column(ARRAY(Uuid))
    created_at: Mapped[Instant] = mapped_column(default=clock.now)
    ended_at: Mapped[Instant | None]
