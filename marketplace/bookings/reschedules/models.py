"""Where a booking was rescheduled to, and where it was proposed to."""

import uuid

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace import clock
from marketplace.bookings.models import Booking
from marketplace.bookings.reschedules import rules
from marketplace.db import Base, Instant, Key, Words


class Reschedule(Base):
    """Another time for a booking: proposed by its coach, or done by its mentee.

    `status`: proposed, then accepted, declined, withdrawn or lapsed; done where nobody had to be asked.
    """

    __tablename__ = "booking_moves"
    __table_args__ = (
        CheckConstraint(rules.STATES.constraint(), name="status"),
        CheckConstraint("starts_at < ends_at", name="interval"),
        CheckConstraint("(status = 'proposed') = (decided_at is null)", name="decided"),
        Index("booking_moves_one_open_idx", "booking_id", unique=True, postgresql_where=text("status = 'proposed'")),
    )

    id: Mapped[Key]
    booking_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bookings.id", ondelete="RESTRICT"), index=True)
    proposed_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    starts_at: Mapped[Instant]
    ends_at: Mapped[Instant]
    status: Mapped[Words]
    reason: Mapped[Words] = mapped_column(default="")
    created_at: Mapped[Instant] = mapped_column(default=clock.now)
    decided_at: Mapped[Instant | None]

    booking: Mapped[Booking] = relationship(lazy="raise")
