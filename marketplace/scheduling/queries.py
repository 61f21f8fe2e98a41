"""Reads: a coach's week, what is busy, what is free."""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import column, func, or_, select, table

from marketplace import clock
from marketplace.calendars import queries as calendars
from marketplace.coaches.models import Offering
from marketplace.db import session
from marketplace.scheduling import rules
from marketplace.scheduling.models import WeeklyHours
from marketplace.scheduling.rules import Hours, Interval

NEAR = timedelta(days=14)
INSTANT = timedelta(microseconds=1)

# Bookings stand above scheduling, so their claims are read by the table's name.
_bookings = table(
    "bookings", column("id"), column("coach_id"), column("status"), column("blocked"), column("hold_expires_at")
)


def week_of(coach_id: uuid.UUID) -> list[Hours]:
    """The coach's weekly hours from Monday on."""
    rows = session().scalars(select(WeeklyHours).where(WeeklyHours.coach_id == coach_id))
    return sorted(Hours(row.weekday, row.start_minute, row.end_minute) for row in rows)


def busy_ranges(
    coach_id: uuid.UUID, start: datetime, end: datetime, now: datetime, *, ignoring: uuid.UUID | None = None
) -> list[Interval]:
    """What claims the coach between `start` and `end`, buffers included: sessions, requests, holds still running, and
    what her calendars elsewhere say.

    The booking `ignoring` is left out: it is about to move, so its own time is free for it.
    """
    claims = _bookings.c
    rows = session().execute(
        select(func.lower(claims.blocked), func.upper(claims.blocked)).where(
            claims.coach_id == coach_id,
            claims.status.in_(("held", "requested", "confirmed")),
            or_(claims.status != "held", claims.hold_expires_at > now),
            claims.blocked.op("&&")(func.tstzrange(start, end)),
            *([claims.id != ignoring] if ignoring is not None else []),
        )
    )
    return [(begins, ends) for begins, ends in rows] + calendars.busy(coach_id, start, end)


def free_times(
    offering: Offering,
    *,
    start: datetime,
    end: datetime,
    now: datetime | None = None,
    ignoring: uuid.UUID | None = None,
) -> list[datetime]:
    """Every start in [start, end) at which the offering can be booked, in UTC. Needs `offering.coach` loaded.

    `ignoring` is a booking that would give its own time up.
    """
    now = now or clock.now()
    before = timedelta(minutes=offering.buffer_before_minutes)
    after = timedelta(minutes=offering.minutes + offering.buffer_after_minutes)
    return rules.slots(
        week_of(offering.coach_id),
        offering.coach.timezone,
        minutes=offering.minutes,
        before=offering.buffer_before_minutes,
        after=offering.buffer_after_minutes,
        busy=busy_ranges(offering.coach_id, start - before, end + after, now, ignoring=ignoring),
        window_start=start,
        window_end=end,
        now=now,
        notice_hours=offering.notice_hours,
        horizon_days=offering.horizon_days,
    )


def is_free(
    offering: Offering, starts_at: datetime, now: datetime | None = None, *, ignoring: uuid.UUID | None = None
) -> bool:
    """May a session of this offering start then? Asks the function that made the list."""
    found = free_times(offering, start=starts_at, end=starts_at + INSTANT, now=now, ignoring=ignoring)
    return found == [starts_at.astimezone(UTC)]


def nearest(
    offering: Offering,
    wanted: datetime,
    count: int = 3,
    now: datetime | None = None,
    *,
    ignoring: uuid.UUID | None = None,
) -> Sequence[datetime]:
    """The free times nearest to `wanted` within two weeks, at most `count`, in order of time."""
    free = free_times(offering, start=wanted - NEAR, end=wanted + NEAR, now=now, ignoring=ignoring)
    return sorted(sorted(free, key=lambda start: abs(start - wanted))[:count])
