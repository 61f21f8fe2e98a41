"""A series of bookings."""

import uuid

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from marketplace import clock
from marketplace.db import Base, Instant, Key


class BookingSeries(Base):
    """The same hour every week or every other week; its sessions are bookings that one payment pays."""

    __tablename__ = "booking_series"
    __table_args__ = (
        CheckConstraint("every_weeks in (1, 2)", name="every_weeks"),
        CheckConstraint("count between 2 and 12", name="count"),
    )

    id: Mapped[Key]
    mentee_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"), index=True)
    coach_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("coaches.id", ondelete="RESTRICT"), index=True)
    offering_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("offerings.id", ondelete="RESTRICT"))
    every_weeks: Mapped[int]
    count: Mapped[int]
    created_at: Mapped[Instant] = mapped_column(default=clock.now)
