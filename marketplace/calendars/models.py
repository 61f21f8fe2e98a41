"""Calendars elsewhere, their busy times, and the sessions written to them."""

import uuid
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace import clock
from marketplace.coaches.models import Coach
from marketplace.db import Base, Instant, Key, Words


class Calendar(Base):
    """A calendar of a coach on another server. Its address and password are a Fernet token; `hint` is shown.

    `ok_at` is when it was last read, `error` and `failures` are since then; `read_until` and `read_zone` are what it
    was expanded to and with. `doubts` are the first of `doubt_count` lines that were not understood for certain: line,
    text and sentence of each.
    """

    __tablename__ = "calendars"
    __table_args__ = (
        CheckConstraint("kind in ('ics', 'caldav')", name="kind"),
        CheckConstraint("not writes or kind = 'caldav'", name="writes"),
        CheckConstraint("(error is null) = (failures = 0)", name="failures"),
        Index("calendars_next_read_at_idx", "next_read_at"),
    )

    id: Mapped[Key]
    coach_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("coaches.id", ondelete="CASCADE"), index=True)
    kind: Mapped[Words]
    name: Mapped[Words]
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    hint: Mapped[Words]
    writes: Mapped[bool] = mapped_column(default=False)
    etag: Mapped[Words | None]
    last_modified: Mapped[Words | None]
    next_read_at: Mapped[Instant] = mapped_column(default=clock.now)
    ok_at: Mapped[Instant | None]
    read_until: Mapped[Instant | None]
    read_zone: Mapped[Words | None]
    error: Mapped[Words | None]
    failures: Mapped[int] = mapped_column(default=0)
    doubts: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    doubt_count: Mapped[int] = mapped_column(default=0)
    write_error: Mapped[Words | None]
    created_at: Mapped[Instant] = mapped_column(default=clock.now)

    coach: Mapped[Coach] = relationship(lazy="raise")


class BusyTime(Base):
    """A time in which a coach is busy according to one of their calendars; those of one calendar do not overlap.

    `event` is a digest of the UID by which it is busy alone; '' where several overlap, or where it has none.
    """

    __tablename__ = "busy_times"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="interval"),
        UniqueConstraint("calendar_id", "starts_at", "ends_at"),
        Index("busy_times_coach_ends_idx", "coach_id", "ends_at"),
    )

    id: Mapped[Key]
    calendar_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("calendars.id", ondelete="CASCADE"))
    coach_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("coaches.id", ondelete="CASCADE"))
    starts_at: Mapped[Instant]
    ends_at: Mapped[Instant]
    event: Mapped[Words] = mapped_column(default="", server_default="")


class WrittenEvent(Base):
    """A session as it should stand in one calendar: `ics`, or nothing at all. Each change raises `version`."""

    __tablename__ = "written_events"
    __table_args__ = (UniqueConstraint("calendar_id", "uid"), Index("written_events_next_try_at_idx", "next_try_at"))

    id: Mapped[Key]
    calendar_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("calendars.id", ondelete="CASCADE"))
    uid: Mapped[Words]
    ics: Mapped[Words | None]
    ends_at: Mapped[Instant]
    version: Mapped[int] = mapped_column(default=1)
    written_version: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[Instant]

    calendar: Mapped[Calendar] = relationship(lazy="raise")
