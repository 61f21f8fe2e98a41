"""When a coach is open."""

import uuid

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db import Base, Key


class WeeklyHours(Base):
    """A weekly range in the coach's local time, in minutes since midnight; Monday is weekday 0. No offset is kept."""

    __tablename__ = "weekly_hours"
    __table_args__ = (
        CheckConstraint("weekday between 0 and 6", name="weekday"),
        CheckConstraint("0 <= start_minute and start_minute < end_minute and end_minute <= 1440", name="minutes"),
        Index("weekly_hours_coach_idx", "coach_id", "weekday", "start_minute", unique=True),
    )

    id: Mapped[Key]
    coach_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("coaches.id", ondelete="CASCADE"))
    weekday: Mapped[int]
    start_minute: Mapped[int]
    end_minute: Mapped[int]
