"""Reads: a coach's calendars, their busy times, what is due."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Uuid, column, func, select, table
from sqlalchemy.orm import joinedload

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.calendars.models import BusyTime, Calendar, WrittenEvent
from marketplace.calendars.rules import addresses as rules
from marketplace.calendars.rules import faults
from marketplace.calendars.rules.addresses import Interval
from marketplace.calendars.rules.content_lines import Doubt
from marketplace.calendars.rules.expansion import OURS, BusyPart, digest
from marketplace.coaches import queries as coaches
from marketplace.coaches.models import Coach
from marketplace.coaches.rules import APPROVED
from marketplace.db import session
from marketplace.errors import NotFound
from marketplace.languages import translated

# Bookings stand above calendars, so they are read by the table's name.
bookings = table("bookings", column("id", Uuid), column("coach_id", Uuid))


@dataclass(frozen=True)
class CalendarStatus:
    """A calendar as its coach sees it, without what is secret about it; `state` is a sentence or two.

    `doubts` are the first of `doubt_count` lines that were not understood for certain.
    """

    id: uuid.UUID
    kind: str
    name: str
    hint: str
    writes: bool
    busy_times: int
    state: str
    standing: str
    doubts: list[Doubt]
    doubt_count: int
    ok_at: datetime | None
    error: str | None
    next_read_at: datetime

    @property
    def works(self) -> bool:
        """Is it read, and written to where it is to be?"""
        return self.standing == rules.WORKS


def busy_times(coach_id: uuid.UUID, start: datetime, end: datetime) -> list[Interval]:
    """When the coach is busy elsewhere between `start` and `end`, by all their calendars together."""
    rows = session().execute(
        select(BusyTime.starts_at, BusyTime.ends_at)
        .where(BusyTime.coach_id == coach_id, BusyTime.ends_at > start, BusyTime.starts_at < end)
        .order_by(BusyTime.starts_at)
    )
    return [(begins, ends) for begins, ends in rows]


def is_busy_besides(coach_id: uuid.UUID, uid: str, start: datetime, end: datetime) -> bool:
    """Is the coach busy elsewhere between `start` and `end`, by anything but the event of this UID?"""
    besides = select(BusyTime.id).where(
        BusyTime.coach_id == coach_id,
        BusyTime.ends_at > start,
        BusyTime.starts_at < end,
        BusyTime.event != digest(uid),
    )
    return session().scalar(besides.limit(1)) is not None


def calendars_of(user: User) -> list[CalendarStatus]:
    """A coach's own calendars, the oldest first; NotFound for who never applied."""
    return _listed(coaches.profile_of(user).id)


def listed(calendar: Calendar) -> CalendarStatus:
    """The status of one calendar."""
    return next(one for one in _listed(calendar.coach_id) if one.id == calendar.id)


def _listed(coach_id: uuid.UUID) -> list[CalendarStatus]:
    now = clock.now()
    ahead = (
        select(func.count())
        .where(BusyTime.calendar_id == Calendar.id, BusyTime.ends_at > now)
        .correlate(Calendar)
        .scalar_subquery()
    )
    chosen = select(Calendar, ahead).where(Calendar.coach_id == coach_id).order_by(Calendar.id)
    return [_told(calendar, count, now) for calendar, count in session().execute(chosen)]


def _told(calendar: Calendar, busy_times: int, now: datetime) -> CalendarStatus:
    sentence = rules.state(
        now=now,
        ok_at=calendar.ok_at,
        error=calendar.error,
        write_error=calendar.write_error,
        busy_times=busy_times,
        doubt_count=calendar.doubt_count,
    )
    return CalendarStatus(
        id=calendar.id,
        kind=calendar.kind,
        name=calendar.name,
        hint=calendar.hint,
        writes=calendar.writes,
        busy_times=busy_times,
        state=sentence,
        standing=rules.standing(now=now, ok_at=calendar.ok_at, error=calendar.error, write_error=calendar.write_error),
        doubts=[Doubt(**doubt | {"sentence": translated(doubt["sentence"])}) for doubt in calendar.doubts],
        doubt_count=calendar.doubt_count,
        ok_at=calendar.ok_at,
        error=faults.said(calendar.error) if calendar.error else None,
        next_read_at=calendar.next_read_at,
    )


def own(user: User, calendar_id: uuid.UUID) -> Calendar:
    """One of the person's calendars, locked until the transaction ends; NotFound for anybody else's."""
    chosen = select(Calendar).join(Coach).where(Calendar.id == calendar_id, Coach.user_id == user.id)
    calendar = session().scalar(chosen.with_for_update(of=Calendar))
    if calendar is None:
        raise NotFound
    return calendar


def locked(calendar_id: uuid.UUID) -> Calendar | None:
    """A calendar with its coach, locked until the transaction ends; None once it was removed."""
    chosen = select(Calendar).where(Calendar.id == calendar_id).options(joinedload(Calendar.coach, innerjoin=True))
    return session().scalar(chosen.with_for_update(of=Calendar).execution_options(populate_existing=True))


def due(now: datetime, limit: int = 500) -> Sequence[uuid.UUID]:
    """Calendars of active coaches to be read by now, the longest waiting first."""
    chosen = select(Calendar.id).join(Coach).where(Calendar.next_read_at <= now, Coach.status == APPROVED)
    return session().scalars(chosen.order_by(Calendar.next_read_at).limit(limit)).all()


def coached(coach_id: uuid.UUID, uids: Collection[str]) -> set[str]:
    """Those UIDs of events that are of sessions of this site which the coach gives, whatever became of them.

    A session in which the coach is the mentee, or one of another site, is none of these.
    """
    keys = {key: uid for uid in uids if (key := _key(uid.removesuffix(OURS)))}
    chosen = select(bookings.c.id).where(bookings.c.coach_id == coach_id, bookings.c.id.in_(keys))
    return {keys[key] for key in session().scalars(chosen)} if keys else set()


def _key(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def busy_rows(calendar_id: uuid.UUID, since: datetime) -> list[BusyPart]:
    """The busy times of one calendar that end after `since`."""
    rows = session().execute(
        select(BusyTime.starts_at, BusyTime.ends_at, BusyTime.event).where(
            BusyTime.calendar_id == calendar_id, BusyTime.ends_at > since
        )
    )
    return [BusyPart(begins, ends, event) for begins, ends, event in rows]


def written_to(coach_id: uuid.UUID) -> Sequence[uuid.UUID]:
    """The coach's calendars into which sessions are written."""
    return session().scalars(select(Calendar.id).where(Calendar.coach_id == coach_id, Calendar.writes)).all()


def unwritten(now: datetime, limit: int = 500) -> Sequence[uuid.UUID]:
    """Sessions whose entries elsewhere are not as they should be, and that may be tried again by now."""
    chosen = select(WrittenEvent.id).where(
        WrittenEvent.written_version < WrittenEvent.version, WrittenEvent.next_try_at <= now
    )
    return session().scalars(chosen.order_by(WrittenEvent.next_try_at).limit(limit)).all()
