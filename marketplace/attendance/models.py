"""Reports of a coach who did not come, with the answer and how they were settled."""

import uuid

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace import clock
from marketplace.attendance.rules import OPEN, STATES, UNSETTLED
from marketplace.bookings.models import Booking
from marketplace.db import Base, Cents, Instant, Key, Words


class NoShowReport(Base):
    """A mentee reports that the coach did not come; once for a session. `status` moves by `rules.STATES`.

    While it is open the coach may answer until `answer_by`; contested, it waits for an admin. `words` are the
    mentee's, `answer_words` the coach's; `refund_cents` is what was refunded because of it.
    """

    __tablename__ = "no_show_reports"
    __table_args__ = (
        CheckConstraint(STATES.constraint(), name="status"),
        CheckConstraint("answer in ('took_place', 'mentee_no_show', 'coach_no_show')", name="answer"),
        CheckConstraint(f"({STATES.among(UNSETTLED)}) = (settled_at is null)", name="settled"),
        Index("no_show_reports_open_idx", "answer_by", postgresql_where=text("status = 'open'")),
        Index("no_show_reports_contested_idx", "reported_at", postgresql_where=text("status = 'contested'")),
    )

    id: Mapped[Key]
    booking_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bookings.id", ondelete="RESTRICT"), unique=True)
    status: Mapped[Words] = mapped_column(default=OPEN)
    words: Mapped[Words]
    reported_at: Mapped[Instant] = mapped_column(default=clock.now)
    answer_by: Mapped[Instant]
    answer: Mapped[Words | None]
    answer_words: Mapped[Words | None]
    answered_at: Mapped[Instant | None]
    settled_at: Mapped[Instant | None]
    settled_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    settled_why: Mapped[Words | None]
    refund_cents: Mapped[Cents | None]

    booking: Mapped[Booking] = relationship(lazy="raise")
