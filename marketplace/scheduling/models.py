"""A coach's hours as written, and the openings and free ranges that they come to."""

import datetime as dt
import uuid

from sqlalchemy import CheckConstraint, ForeignKey, Index, PrimaryKeyConstraint, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db import Base, Cents, Instant, Key, Words
from marketplace.scheduling.rules.hours import Override

# An end beyond 1440 lies on the next day.
MINUTES = (
    "0 <= start_minute and start_minute < 1440 and start_minute < end_minute and end_minute <= start_minute + 1440"
)


class WeeklyHours(Base):
    """A weekly range in the coach's local time, in minutes since midnight; Monday is weekday 0. No offset is kept."""

    __tablename__ = "weekly_hours"
    __table_args__ = (
        CheckConstraint("weekday between 0 and 6", name="weekday"),
        CheckConstraint(MINUTES, name="minutes"),
        Index("weekly_hours_schedule_idx", "schedule_id", "weekday", "start_minute", unique=True),
    )

    id: Mapped[Key]
    schedule_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("schedules.id", ondelete="CASCADE"))
    weekday: Mapped[int]
    start_minute: Mapped[int]
    end_minute: Mapped[int]


class DateOverride(Base):
    """What is different on one local date: closed, other hours instead of the week's, or open besides."""

    __tablename__ = "date_overrides"
    __table_args__ = (
        CheckConstraint("kind in ('closed', 'hours', 'extra')", name="kind"),
        CheckConstraint("(kind = 'closed') = (start_minute is null)", name="closed"),
        CheckConstraint("(start_minute is null) = (end_minute is null)", name="whole"),
        CheckConstraint(MINUTES, name="minutes"),
        Index("date_overrides_schedule_idx", "schedule_id", "date"),
    )

    id: Mapped[Key]
    schedule_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("schedules.id", ondelete="CASCADE"))
    date: Mapped[dt.date]
    kind: Mapped[Words]
    start_minute: Mapped[int | None]
    end_minute: Mapped[int | None]

    @property
    def as_written(self) -> Override:
        """The override as the rules know it."""
        return Override(self.date, self.kind, self.start_minute, self.end_minute)


class TimeOff(Base):
    """Time off from one local date to another, both whole; the instants are those of the coach's zone."""

    __tablename__ = "time_off"
    __table_args__ = (
        CheckConstraint("starts_on <= ends_on", name="dates"),
        CheckConstraint("starts_at < ends_at", name="interval"),
        Index("time_off_coach_idx", "coach_id", "ends_at"),
    )

    id: Mapped[Key]
    coach_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("coaches.id", ondelete="CASCADE"))
    starts_on: Mapped[dt.date]
    ends_on: Mapped[dt.date]
    note: Mapped[Words] = mapped_column(default="")
    starts_at: Mapped[Instant]
    ends_at: Mapped[Instant]


class Availability(Base):
    """What holds for all of a coach's schedules: public holidays, limits over all offerings; how far openings go.

    The projection holds from `covered_from` to `covered_until` for a coach in `zone`; where they are null, or the
    coach's zone is another by now, free time is computed from scratch.
    """

    __tablename__ = "availability"
    __table_args__ = (
        CheckConstraint("max_per_day between 1 and 24", name="max_per_day"),
        CheckConstraint("max_per_week between 1 and 100", name="max_per_week"),
        CheckConstraint("max_minutes_per_week between 10 and 10080", name="max_minutes_per_week"),
        CheckConstraint("longest_streak_minutes between 10 and 1440", name="longest_streak"),
        CheckConstraint("(covered_from is null) = (covered_until is null)", name="covered"),
        Index("availability_covered_until_idx", "covered_until"),
    )

    coach_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("coaches.id", ondelete="CASCADE"), primary_key=True)
    holiday_country: Mapped[Words | None]
    holiday_region: Mapped[Words | None]
    max_per_day: Mapped[int | None]
    max_per_week: Mapped[int | None]
    max_minutes_per_week: Mapped[int | None]
    longest_streak_minutes: Mapped[int | None]
    zone: Mapped[Words | None]
    covered_from: Mapped[Instant | None]
    covered_until: Mapped[Instant | None]


class Opening(Base):
    """An interval in which a schedule is open, whatever claims it. Those of one schedule do not touch."""

    __tablename__ = "openings"
    __table_args__ = (
        PrimaryKeyConstraint("coach_id", "schedule_id", "starts_at"),
        CheckConstraint("starts_at < ends_at", name="interval"),
    )

    coach_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("coaches.id", ondelete="CASCADE"))
    schedule_id: Mapped[uuid.UUID]
    starts_at: Mapped[Instant]
    ends_at: Mapped[Instant]


class FreeRange(Base):
    """What is left of an opening, and how far around nothing is claimed (4 hours at most). Kept by PostgreSQL itself:
    `refresh_free_ranges` runs in the transaction of whatever claims a time or gives it back."""

    __tablename__ = "free_ranges"
    __table_args__ = (
        PrimaryKeyConstraint("schedule_id", "starts_at"),
        Index(
            "free_ranges_starts_idx",
            "starts_at",
            "schedule_id",
            postgresql_include=["coach_id", "ends_at", "clear_from", "clear_until"],
        ),
        # What lasts long is looked for by itself, so that the others need not be looked for far back.
        *(
            Index(
                name,
                "starts_at",
                "schedule_id",
                postgresql_include=["coach_id", "ends_at", "clear_from", "clear_until"],
                postgresql_where=text(f"ends_at - starts_at > interval '{length}'"),
            )
            for name, length in (("free_ranges_longer_idx", "4 hours"), ("free_ranges_long_idx", "1 day"))
        ),
    )

    coach_id: Mapped[uuid.UUID]
    schedule_id: Mapped[uuid.UUID]
    starts_at: Mapped[Instant]
    ends_at: Mapped[Instant]
    clear_from: Mapped[Instant]
    clear_until: Mapped[Instant]


class ListedOffering(Base):
    """An offering that can be found, with what people look for. Kept by PostgreSQL itself, which lists a coach's anew
    whenever an offering, a profile, its status or its zone changes; see the view `offerings_to_list`."""

    __tablename__ = "listed_offerings"
    __table_args__ = (
        Index("listed_offerings_languages_idx", "languages", postgresql_using="gin"),
        Index("listed_offerings_coach_idx", "coach_id"),
        Index("listed_offerings_schedule_idx", "schedule_id"),
        Index("listed_offerings_notice_idx", "notice_hours"),
    )

    offering_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    coach_id: Mapped[uuid.UUID]
    schedule_id: Mapped[uuid.UUID]
    kind: Mapped[Words]
    minutes: Mapped[int]
    price_cents: Mapped[Cents]
    currency: Mapped[Words]
    buffer_before_minutes: Mapped[int]
    buffer_after_minutes: Mapped[int]
    notice_hours: Mapped[int]
    horizon_days: Mapped[int]
    topics: Mapped[list[str]] = mapped_column(ARRAY(Text))
    languages: Mapped[list[str]] = mapped_column(ARRAY(Text))


class ListedTopic(Base):
    """A listed offering under each of its topics, with all that a search by topic asks in one index."""

    __tablename__ = "listed_topics"
    __table_args__ = (
        PrimaryKeyConstraint("offering_id", "topic"),
        Index(
            "listed_topics_found_idx",
            "topic",
            "currency",
            "minutes",
            "price_cents",
            postgresql_include=[
                "coach_id", "schedule_id", "kind", "notice_hours", "horizon_days", "buffer_before_minutes",
                "buffer_after_minutes",
            ],
        ),
    )  # fmt: skip

    topic: Mapped[Words]
    offering_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("listed_offerings.offering_id", ondelete="CASCADE"))
    coach_id: Mapped[uuid.UUID]
    schedule_id: Mapped[uuid.UUID]
    kind: Mapped[Words]
    minutes: Mapped[int]
    price_cents: Mapped[Cents]
    currency: Mapped[Words]
    buffer_before_minutes: Mapped[int]
    buffer_after_minutes: Mapped[int]
    notice_hours: Mapped[int]
    horizon_days: Mapped[int]
    languages: Mapped[list[str]] = mapped_column(ARRAY(Text))
