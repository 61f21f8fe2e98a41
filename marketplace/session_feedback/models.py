"""What mentee and coach say of a session."""

import uuid

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db import Base, Instant, Key, Words
from marketplace.session_feedback.rules import ANSWERS, SIDES
from marketplace.states import among


class SessionFeedback(Base):
    """What one side of a session was asked, and said: which kind it was, and whether it dealt with what was asked.

    Neither side sees the other's. `asked_at` is when it was mailed; null where it was said before.
    """

    __tablename__ = "session_feedback"
    __table_args__ = (
        CheckConstraint(among(SIDES, "side"), name="side"),
        CheckConstraint(among(ANSWERS, "kind"), name="kind"),
        CheckConstraint("(kind is null) = (said_at is null) and (kind is null) = (dealt_with is null)", name="said"),
        UniqueConstraint("booking_id", "side"),
    )

    id: Mapped[Key]
    booking_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bookings.id", ondelete="RESTRICT"))
    side: Mapped[Words]
    kind: Mapped[Words | None]
    dealt_with: Mapped[bool | None]
    asked_at: Mapped[Instant | None]
    said_at: Mapped[Instant | None]
