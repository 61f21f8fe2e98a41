"""Free times, out of the kept free ranges; from scratch where those do not reach."""

import uuid
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import and_, literal, or_, select

from marketplace import clock
from marketplace.coaches.models import Offering
from marketplace.db import session
from marketplace.scheduling.models import Availability, FreeRange
from marketplace.scheduling.queries.claims import bookings, bought_by, claims_of, counted_sessions
from marketplace.scheduling.queries.hours import availability_of, plans_of
from marketplace.scheduling.rules import openings as opening_rules
from marketplace.scheduling.rules import slots as slot_rules
from marketplace.scheduling.rules.claims import HELD
from marketplace.scheduling.rules.limits import LimitCheck, SessionLimits
from marketplace.scheduling.rules.openings import Interval
from marketplace.scheduling.rules.slots import REACH, FreeSpan

NEAR = timedelta(days=14)
INSTANT = timedelta(microseconds=1)
LIMITS = [getattr(Availability, name) for name in SessionLimits.__dataclass_fields__]


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
    found = _starts_in(offering, start, end, now or clock.now(), ignoring)
    return list(found(start, end))


def free_days(offering: Offering, days: Sequence[Interval]) -> list[bool]:
    """Whether the offering can be booked on each of these days, given as intervals in order of time."""
    if not days:
        return []
    found = _starts_in(offering, days[0][0], days[-1][1], clock.now(), None)
    return [next(found(begins, ends), None) is not None for begins, ends in days]


def first_free(offering: Offering, *, start: datetime, end: datetime) -> datetime | None:
    """The first start in [start, end), in UTC."""
    return next(_starts_in(offering, start, end, clock.now(), None)(start, end), None)


def _starts_in(
    offering: Offering, start: datetime, end: datetime, now: datetime, ignoring: uuid.UUID | None
) -> Callable[[datetime, datetime], Iterator[datetime]]:
    """What gives the starts in parts of [start, end); all that there is to know is read once."""
    earliest, latest = slot_rules.bounds(start, end, now, offering.notice_hours, offering.horizon_days)
    if earliest >= latest:
        return lambda _begins, _ends: iter(())
    kept = None if ignoring is not None else _kept(offering, earliest, latest, now)
    free, of_coach = kept if kept is not None else _computed(offering, earliest, latest, now, ignoring)
    limit_check = _limit_check(offering, of_coach, (earliest, latest), now=now, ignoring=ignoring)

    def starts(begins: datetime, ends: datetime) -> Iterator[datetime]:
        return slot_rules.starts(
            free,
            offering.coach.timezone,
            minutes=offering.minutes,
            before=offering.buffer_before_minutes,
            after=offering.buffer_after_minutes,
            earliest=max(earliest, begins),
            latest=min(latest, ends),
            step_minutes=offering.start_step_minutes,
            limit_check=limit_check,
        )

    return starts


def _kept(
    offering: Offering, earliest: datetime, latest: datetime, now: datetime
) -> tuple[list[FreeSpan], SessionLimits] | None:
    """The free ranges as they are kept, and the coach's limits; None where they do not answer the question.

    They do not know what time it is: while a hold has lapsed and nobody has ended it yet, they still leave it out.
    """
    claims, until = bookings.c, latest + timedelta(minutes=offering.minutes)
    lapsed = (
        select(literal(1))
        .where(
            claims.status == HELD,
            claims.hold_expires_at <= now,
            or_(claims.coach_id == offering.coach_id, bought_by(offering.coach_id)),
        )
        .exists()
    )
    ranges = and_(FreeRange.schedule_id == offering.hours_id, FreeRange.starts_at < until, FreeRange.ends_at > earliest)
    columns: list[Any] = [FreeRange.starts_at, FreeRange.ends_at, FreeRange.clear_from, FreeRange.clear_until, *LIMITS]
    chosen = (
        select(*columns)
        .select_from(Availability)
        .outerjoin(FreeRange, ranges)
        .where(
            Availability.coach_id == offering.coach_id,
            Availability.zone == offering.coach.timezone,
            Availability.covered_from <= earliest,
            Availability.covered_until >= until,
            ~lapsed,
        )
        .order_by(FreeRange.starts_at)
    )
    rows = session().execute(chosen).all()
    if not rows:
        return None
    free = [FreeSpan(*(instant.astimezone(UTC) for instant in row[:4])) for row in rows if row[0] is not None]
    return free, SessionLimits(*rows[0][4:])


def _computed(
    offering: Offering, earliest: datetime, latest: datetime, now: datetime, ignoring: uuid.UUID | None
) -> tuple[list[FreeSpan], SessionLimits]:
    """The same from scratch, out of hours and claims."""
    until = latest + timedelta(minutes=offering.minutes)
    plan = plans_of(offering.coach).get(offering.hours_id)
    opened = opening_rules.openings(plan, earliest - REACH, until) if plan is not None else []
    claims = claims_of(offering.coach_id, earliest - 2 * REACH, until + REACH, now=now, ignoring=ignoring)
    return slot_rules.free_ranges(opened, claims), SessionLimits.of(availability_of(offering.coach_id))


def _limit_check(
    offering: Offering,
    of_coach: SessionLimits,
    window: opening_rules.Interval,
    *,
    now: datetime,
    ignoring: uuid.UUID | None,
) -> LimitCheck | None:
    """The check of both limits, or None where there are none."""
    own = SessionLimits.of(offering)
    if not own and not of_coach:
        return None
    sessions = counted_sessions(offering.coach_id, *window, now=now, ignoring=ignoring)
    return LimitCheck(sessions, offering.coach.timezone, offering_id=offering.id, own=own, coach=of_coach)


def is_free(
    offering: Offering, starts_at: datetime, now: datetime | None = None, *, ignoring: uuid.UUID | None = None
) -> bool:
    """Whether a session of this offering may start then, by the function that lists free times."""
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
