"""Who is free when it suits, soonest first, among all coaches."""

import base64
import binascii
import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text

from marketplace import clock
from marketplace.coaches import queries as coaches
from marketplace.coaches.queries import Page
from marketplace.db import session
from marketplace.errors import Invalid
from marketplace.scheduling.queries.free import free_times
from marketplace.scheduling.queries.listed import FoundCoach, FoundOffering, offered
from marketplace.scheduling.queries.taken import counted_of_all
from marketplace.scheduling.queries.walking import Met, Place, Walk, met
from marketplace.scheduling.queries.wishes import Wish
from marketplace.scheduling.rules import slots as slot_rules
from marketplace.scheduling.rules.limits import Ledger, Session
from marketplace.scheduling.rules.openings import Interval
from marketplace.scheduling.rules.slots import Free

# How far ahead is looked where no dates are given: beyond it hardly anybody has opened her calendar.
USUAL_SPAN = timedelta(days=62)
ROWS_LATER = 400
# Of each schedule so many free ranges are read at once; more only of those who have no time in these.
RANGES, MORE_RANGES = 4, 60


@dataclass(frozen=True)
class Found:
    """A coach, and the soonest time at which what is looked for can be booked with her (UTC)."""

    coach: FoundCoach
    offering: FoundOffering
    starts_at: datetime


def search(
    wish: Wish, windows: Sequence[Interval] | None = None, *, after: str | None = None, limit: int = 20
) -> Page[Found]:
    """Coaches who have a time for it, those whose time begins soonest first.

    A session lies within one of `windows` (in order, not touching; all that is to come without any). `after` is the
    cursor of the page before: a search goes on as of the moment at which it began, so that nobody comes twice. What is
    found can be booked now. Raises Invalid for a cursor that is none of ours.
    """
    began, place = _opened(after) if after else (clock.now(), None)
    if windows is None:
        windows = [(began, began + USUAL_SPAN)]
    walk = Walk(wish, [(max(opens, began), closes) for opens, closes in windows if closes > began], began)
    found: list[tuple[Place, Found]] = []
    batches = _batches(walk, place, limit + limit // 4 + 1)
    for batch in batches:
        found += _exact(walk, batch)
        if len(found) > limit:
            break
    more = len(found) > limit
    kept = found[:limit]
    items = sorted((one for _, one in kept), key=lambda one: (one.starts_at, one.coach.id))
    return Page(items, _sealed(began, kept[-1][0]) if more else None)


def _firsts(rows: Sequence[Any]) -> dict[uuid.UUID, Met]:
    """Where each coach is met first."""
    found: dict[uuid.UUID, Met] = {}
    for row in rows:
        if row.coach_id not in found:
            found[row.coach_id] = met(row)
    return found


def _batches(walk: Walk, after: Place | None, most: int) -> Iterator[dict[uuid.UUID, Met]]:
    """Where coaches are met, batch after batch, each coach once."""
    seen: set[uuid.UUID] = set()
    passed = after
    while True:
        rows, passed = walk.rows(passed, most)
        firsts = _firsts([row for row in rows if row.coach_id not in seen])
        if after is not None and firsts:
            for coach_id in walk.stood_before(list(firsts), after):
                del firsts[coach_id]
        seen |= set(firsts)
        if firsts:
            yield firsts
        if passed is None:
            return
        # Where ranges are many and bookable times few, twice as many are looked at each time: nobody is left out,
        # and there are few questions all the same.
        most = max(ROWS_LATER, 2 * most)


def _exact(walk: Walk, firsts: dict[uuid.UUID, Met]) -> list[tuple[Place, Found]]:
    """Of each of these coaches the first time that can be booked; those without any fall out."""
    now = max(walk.now, clock.now())
    offerings = offered(walk.wish, list(firsts))
    limited = [one for one in offerings if one.limits or one.coach.limits]
    span = (walk.windows[0][0], walk.windows[-1][1])
    sessions = counted_of_all({one.coach_id for one in limited}, *span, now=now) if limited else {}
    ledgers = {one.id: _ledger(one, sessions) for one in limited}
    soonest: dict[uuid.UUID, Found] = {}

    def has_one(offering: FoundOffering, ranges: Sequence[Free]) -> bool:
        start = _first(offering, ranges, walk.windows, now, ledgers.get(offering.id))
        if start is not None:
            _keep(soonest, offering, start)
        return start is not None

    # Hardly anybody has to be asked for more than the range in which she was met.
    waiting = []
    for offering in offerings:
        place, free = firsts[offering.coach_id]
        if offering.hours_id != place.schedule_id or not has_one(offering, [free]):
            waiting.append(offering)
    for most in (RANGES, MORE_RANGES):
        if not waiting:
            break
        more = _free(waiting, walk.windows[0][0], firsts, most)
        asked = [(offering, more.get(offering.hours_id, [])) for offering in waiting]
        waiting = [one for one, ranges in asked if not has_one(one, ranges) and len(ranges) == most]
    for offering in waiting:
        if (start := _first_of_all(offering, walk.windows, now)) is not None:
            _keep(soonest, offering, start)
    return [(place, soonest[coach_id]) for coach_id, (place, _) in firsts.items() if coach_id in soonest]


def _ledger(offering: FoundOffering, sessions: dict[uuid.UUID, list[Session]]) -> Ledger:
    coach = offering.coach
    taken = sessions.get(coach.id, [])
    return Ledger(taken, coach.timezone, offering_id=offering.id, own=offering.limits, coach=coach.limits)


def _keep(soonest: dict[uuid.UUID, Found], offering: FoundOffering, start: datetime) -> None:
    """Of a coach's offerings the one that begins first; of several then, the cheapest."""
    best = soonest.get(offering.coach_id)
    mine = (start, offering.price_cents, offering.id)
    if best is None or mine < (best.starts_at, best.offering.price_cents, best.offering.id):
        soonest[offering.coach_id] = Found(offering.coach, offering, start)


def _free(
    offerings: Sequence[FoundOffering], since: datetime, firsts: dict[uuid.UUID, Met], most: int
) -> dict[uuid.UUID, list[Free]]:
    """The first free ranges of the schedules that these offerings follow, from where their coaches stand on."""
    wanted = {one.hours_id: max(since, firsts[one.coach_id].place.begins) for one in offerings}
    rows = session().execute(
        text(
            "select s.id, f.starts_at, f.ends_at, f.clear_from, f.clear_until "
            "from unnest(cast(:ids as uuid[]), cast(:since as timestamptz[])) as s(id, since) cross join lateral ("
            "  select * from free_ranges f where f.schedule_id = s.id and f.ends_at > s.since "
            "  order by f.starts_at limit :most) f order by f.starts_at"
        ),
        {"ids": list(wanted), "since": list(wanted.values()), "most": most},
    )
    found: dict[uuid.UUID, list[Free]] = {}
    for schedule_id, *times in rows:
        found.setdefault(schedule_id, []).append(Free(*(instant.astimezone(UTC) for instant in times)))
    return found


def _first(
    offering: FoundOffering, ranges: Sequence[Free], windows: Sequence[Interval], now: datetime, ledger: Ledger | None
) -> datetime | None:
    """The first start in these ranges at which the whole session lies within a window."""
    for opens, closes in windows:
        last = closes - timedelta(minutes=offering.minutes) + timedelta(microseconds=1)
        earliest, latest = slot_rules.bounds(opens, last, now, offering.notice_hours, offering.horizon_days)
        starts = slot_rules.starts(
            [one for one in ranges if one.ends_at > earliest and one.starts_at < latest],
            offering.coach.timezone,
            minutes=offering.minutes,
            before=offering.buffer_before_minutes,
            after=offering.buffer_after_minutes,
            earliest=earliest,
            latest=latest,
            step_minutes=offering.start_step_minutes,
            ledger=ledger,
        )
        if (start := next(starts, None)) is not None:
            return start
    return None


def _first_of_all(offering: FoundOffering, windows: Sequence[Interval], now: datetime) -> datetime | None:
    """The same, of all her free time: for who has many ranges in which limits or the clock's steps leave nothing."""
    whole = coaches.offering_for_booking(offering.id)
    for opens, closes in windows:
        last = closes - timedelta(minutes=offering.minutes) + timedelta(microseconds=1)
        if found := free_times(whole, start=opens, end=last, now=now):
            return found[0]
    return None


def _sealed(began: datetime, place: Place) -> str:
    kept = [began.isoformat(), place.free_at.isoformat(), place.begins.isoformat(), place.schedule_id.hex]
    return base64.urlsafe_b64encode(json.dumps(kept).encode()).decode()


def _opened(cursor: str) -> tuple[datetime, Place]:
    try:
        began, free_at, begins, schedule_id = json.loads(base64.urlsafe_b64decode(cursor))
        kept: list[Any] = [datetime.fromisoformat(instant) for instant in (began, free_at, begins)]
        if any(instant.tzinfo is None for instant in kept):
            raise ValueError("an instant has its zone")
        return kept[0], Place(kept[1], kept[2], uuid.UUID(schedule_id))
    except (ValueError, TypeError, binascii.Error) as error:
        raise Invalid(after="Take the cursor from the page before.") from error
