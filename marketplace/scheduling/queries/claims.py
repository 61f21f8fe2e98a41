"""What claims a coach's time: sessions given and bought, other calendars, time off."""

import uuid
from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, Uuid, column, func, or_, select, table

from marketplace.calendars import queries as calendars
from marketplace.coaches.models import Coach
from marketplace.db import session
from marketplace.scheduling.models import TimeOff
from marketplace.scheduling.rules.claims import CLAIMING, COUNTED, HELD
from marketplace.scheduling.rules.limits import CountedSession
from marketplace.scheduling.rules.openings import Interval

# Bookings stand above scheduling, so their claims are read by the table's name.
bookings = table(
    "bookings",
    column("id", Uuid),
    column("coach_id", Uuid),
    column("mentee_id", Uuid),
    column("offering_id", Uuid),
    column("status"),
    column("starts_at"),
    column("ends_at"),
    column("blocked"),
    column("hold_expires_at"),
)


def claims_of(
    coach_id: uuid.UUID,
    start: datetime,
    end: datetime,
    *,
    now: datetime | None = None,
    ignoring: uuid.UUID | None = None,
) -> list[Interval]:
    """What claims the coach between `start` and `end`.

    Sessions with their buffers, sessions that the coach has bought of others, other calendars, time off. With `now`,
    holds that have lapsed by then do not count. The booking `ignoring` is about to give its time up.
    """
    claims = bookings.c
    counted = [
        claims.status.in_(CLAIMING),
        *([or_(claims.status != HELD, claims.hold_expires_at > now)] if now is not None else []),
        *([claims.id != ignoring] if ignoring is not None else []),
    ]
    sold = select(func.lower(claims.blocked), func.upper(claims.blocked)).where(
        claims.coach_id == coach_id, claims.blocked.op("&&")(func.tstzrange(start, end)), *counted
    )
    bought = select(claims.starts_at, claims.ends_at).where(
        bought_by(coach_id), claims.starts_at < end, claims.ends_at > start, *counted
    )
    rows = session().execute(sold.union_all(bought))
    away = session().execute(
        select(TimeOff.starts_at, TimeOff.ends_at).where(
            TimeOff.coach_id == coach_id, TimeOff.ends_at > start, TimeOff.starts_at < end
        )
    )
    # In UTC, wherever the database's clock stands: sums of instants of one zone are its wall clock's.
    found = [*rows, *away, *calendars.busy_times(coach_id, start, end)]
    return [(begins.astimezone(UTC), ends.astimezone(UTC)) for begins, ends in found]


def bought_by(coach_id: uuid.UUID) -> ColumnElement[bool]:
    """Whether a booking is one that this coach has bought of another coach."""
    return bookings.c.mentee_id == select(Coach.user_id).where(Coach.id == coach_id).scalar_subquery()


def counted_sessions(
    coach_id: uuid.UUID, start: datetime, end: datetime, *, now: datetime, ignoring: uuid.UUID | None
) -> list[CountedSession]:
    """The sessions that count against limits in all the weeks that [start, end) touches."""
    return counted_sessions_of_all([coach_id], start, end, now=now, ignoring=ignoring).get(coach_id, [])


def counted_sessions_of_all(
    coach_ids: Collection[uuid.UUID],
    start: datetime,
    end: datetime,
    *,
    now: datetime,
    ignoring: uuid.UUID | None = None,
) -> dict[uuid.UUID, list[CountedSession]]:
    """The sessions of several coaches that count against limits, in one statement."""
    claims, week = bookings.c, timedelta(days=8)
    rows = session().execute(
        select(claims.coach_id, claims.starts_at, claims.ends_at, claims.offering_id).where(
            claims.coach_id.in_(coach_ids),
            claims.status.in_(COUNTED),
            or_(claims.status != HELD, claims.hold_expires_at > now),
            claims.starts_at > start - week,
            claims.starts_at < end + week,
            *([claims.id != ignoring] if ignoring is not None else []),
        )
    )
    found: dict[uuid.UUID, list[CountedSession]] = {}
    for of_coach, *session_ in rows:
        found.setdefault(of_coach, []).append(CountedSession(*session_))
    return found
