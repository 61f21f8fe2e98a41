"""Search: which coaches have a time when it suits, soonest first."""

import base64
import binascii
import json
import uuid
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import takewhile
from typing import Any
from zoneinfo import ZoneInfo

from marketplace import clock
from marketplace.coaches import queries as coaches
from marketplace.coaches.queries import ResultPage
from marketplace.errors import Invalid
from marketplace.scheduling.queries.claims import counted_sessions_of_all
from marketplace.scheduling.queries.criteria import SearchCriteria
from marketplace.scheduling.queries.free_times import free_times
from marketplace.scheduling.queries.search_rows import FoundCoach, FoundOffering, offerings_for
from marketplace.scheduling.queries.search_walk import BEGINNING, Cursor, Match, SearchWalk, match_of
from marketplace.scheduling.queries.statements import run
from marketplace.scheduling.rules import slots as slot_rules
from marketplace.scheduling.rules.limits import CountedSession, LimitCheck
from marketplace.scheduling.rules.openings import Interval
from marketplace.scheduling.rules.slots import FreeSpan

# How far ahead is looked where no dates are given: beyond it hardly any coach is open yet.
USUAL_SPAN = timedelta(days=62)
ROWS_LATER = 40
# What a page costs has an end: after so many coaches it is as full as it is.
MOST_LOOKED_AT = 60
# Of each schedule so many free ranges are read at once; more only of those who have no time in these.
RANGES, MORE_RANGES = 4, 60


@dataclass(frozen=True)
class SearchResult:
    """A coach, and the soonest time (UTC) at which what is looked for can be booked."""

    coach: FoundCoach
    offering: FoundOffering
    starts_at: datetime


def search(
    criteria: SearchCriteria, windows: Sequence[Interval] | None = None, *, after: str | None = None, limit: int = 20
) -> ResultPage[SearchResult]:
    """Coaches with a time for what the criteria ask, those whose time begins soonest first.

    A session lies within one of `windows` (in order, not touching; all that is to come without any). `after` is the
    cursor of the page before: a search goes on as of the moment at which it began, so that nobody comes twice. What is
    found can be booked now. Where many are free and few can be booked, a page holds fewer than `limit`, or nobody, and
    the search goes on with the next. Raises Invalid for a cursor that is none of ours.
    """
    began, cursor = _opened(after) if after else (clock.now(), BEGINNING)
    if windows is None:
        windows = [(began, began + USUAL_SPAN)]
    walk = SearchWalk(criteria, [(max(opens, began), closes) for opens, closes in windows if closes > began], began)
    found: list[tuple[Cursor, SearchResult]] = []
    looked_at = 0
    goes_on: Cursor | None = None
    for batch, until in _batches(walk, cursor, limit + limit // 4 + 1):
        found += _exact(walk, batch) if batch else []
        looked_at, goes_on = looked_at + len(batch), until
        if len(found) > limit or looked_at >= MOST_LOOKED_AT:
            break
    kept = found[:limit]
    if len(found) > limit:
        goes_on = kept[-1][0]
    items = sorted((one for _, one in kept), key=lambda one: (one.starts_at, one.coach.id))
    return ResultPage(items, _sealed(began, goes_on) if goes_on is not None else None)


def next_times(coach_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, SearchResult]:
    """Of each of these coaches the soonest time that can be booked now; those without any are left out."""
    now = clock.now()
    walk = SearchWalk(SearchCriteria(), [(now, now + USUAL_SPAN)], now)
    # Nobody was met yet: each is asked for the ranges that come next.
    nowhere = Match(Cursor(now, now, uuid.UUID(int=0)), FreeSpan(now, now, now, now))
    return {one.coach.id: one for _, one in _exact(walk, dict.fromkeys(coach_ids, nowhere))} if coach_ids else {}


def _firsts(rows: Sequence[Any]) -> dict[uuid.UUID, Match]:
    """Where each coach is met first."""
    found: dict[uuid.UUID, Match] = {}
    for row in rows:
        if row.coach_id not in found:
            found[row.coach_id] = match_of(row)
    return found


def _batches(walk: SearchWalk, after: Cursor, most: int) -> Iterator[tuple[dict[uuid.UUID, Match], Cursor | None]]:
    """Where coaches are met, batch after batch, each coach once; and how far each goes, None for to the end."""
    seen: set[uuid.UUID] = set()
    passed: Cursor | None = after
    while passed is not None:
        rows, passed = walk.rows(passed, most)
        firsts = _firsts([row for row in rows if row.coach_id not in seen])
        if after is not BEGINNING and firsts:
            for coach_id in walk.met_before(list(firsts), after):
                del firsts[coach_id]
        seen |= set(firsts)
        yield firsts, passed
        # Where ranges are many and bookable times few, twice as many are looked at each time: nobody is left out,
        # and there are few questions all the same.
        most = max(ROWS_LATER, 2 * most)


def _exact(walk: SearchWalk, firsts: dict[uuid.UUID, Match]) -> list[tuple[Cursor, SearchResult]]:
    """Of each of these coaches the first time that can be booked; those without any fall out."""
    now = max(walk.now, clock.now())
    offerings = offerings_for(walk.criteria, list(firsts))
    limited = [one for one in offerings if one.limits or one.coach.limits]
    span = (walk.windows[0][0], walk.windows[-1][1])
    sessions = counted_sessions_of_all({one.coach_id for one in limited}, *span, now=now) if limited else {}
    limit_checks = {one.id: _limit_check(one, sessions) for one in limited}
    soonest: dict[uuid.UUID, SearchResult] = {}

    def has_one(offering: FoundOffering, ranges: Sequence[FreeSpan]) -> bool:
        start = _first(offering, ranges, walk.windows, now, limit_checks.get(offering.id))
        if start is not None:
            _keep(soonest, offering, start)
        return start is not None

    # Hardly any coach has to be asked for more than the range in which they were met.
    waiting = []
    for offering in offerings:
        cursor, free = firsts[offering.coach_id]
        if offering.hours_id != cursor.schedule_id or not has_one(offering, [free]):
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
    return [(cursor, soonest[coach_id]) for coach_id, (cursor, _) in firsts.items() if coach_id in soonest]


def _limit_check(offering: FoundOffering, sessions: dict[uuid.UUID, list[CountedSession]]) -> LimitCheck:
    coach = offering.coach
    taken = sessions.get(coach.id, [])
    return LimitCheck(taken, coach.timezone, offering_id=offering.id, own=offering.limits, coach=coach.limits)


def _keep(soonest: dict[uuid.UUID, SearchResult], offering: FoundOffering, start: datetime) -> None:
    """Of a coach's offerings the one that begins first; of several then, the cheapest."""
    best = soonest.get(offering.coach_id)
    mine = (start, offering.price_cents, offering.id)
    if best is None or mine < (best.starts_at, best.offering.price_cents, best.offering.id):
        soonest[offering.coach_id] = SearchResult(offering.coach, offering, start)


def _free(
    offerings: Sequence[FoundOffering], since: datetime, firsts: dict[uuid.UUID, Match], most: int
) -> dict[uuid.UUID, list[FreeSpan]]:
    """The next free ranges of the schedules that these offerings follow, from where their coaches stand."""
    wanted = {one.hours_id: max(since, firsts[one.coach_id].cursor.starts_at) for one in offerings}
    rows = run("next_ranges", {"schedule_ids": list(wanted), "since": list(wanted.values()), "most": most})
    found: dict[uuid.UUID, list[FreeSpan]] = {}
    for row in rows:
        schedule_id, *times = tuple(row)
        found.setdefault(schedule_id, []).append(FreeSpan(*(instant.astimezone(UTC) for instant in times)))
    return found


def _first(
    offering: FoundOffering,
    ranges: Sequence[FreeSpan],
    windows: Sequence[Interval],
    now: datetime,
    limit_check: LimitCheck | None,
) -> datetime | None:
    """The first start in these ranges, in order, at which the whole session lies within a window."""
    length, ends = timedelta(minutes=offering.minutes), [one.ends_at for one in ranges]
    for opens, closes in windows:
        # Ranges do not overlap: those before this one are over when the window opens.
        near = bisect_right(ends, opens)
        if near == len(ranges):
            break
        inside = list(takewhile(partial(_begins_before, closes), ranges[near:]))
        if not any(_may_begin(offering, one, opens, closes) for one in inside):
            continue
        last = closes - length + timedelta(microseconds=1)
        earliest, latest = slot_rules.bounds(opens, last, now, offering.notice_hours, offering.horizon_days)
        starts = slot_rules.starts(
            inside,
            offering.coach.timezone,
            minutes=offering.minutes,
            before=offering.buffer_before_minutes,
            after=offering.buffer_after_minutes,
            earliest=earliest,
            latest=latest,
            step_minutes=offering.start_step_minutes,
            limit_check=limit_check,
        )
        if (start := next(starts, None)) is not None:
            return start
    return None


def _begins_before(instant: datetime, free: FreeSpan) -> bool:
    return free.starts_at < instant


def _may_begin(offering: FoundOffering, free: FreeSpan, opens: datetime, closes: datetime) -> bool:
    """Whether a step of the coach's clock lies where a session may begin; a cheap look before the exact one."""
    first, last = max(free.starts_at, opens), min(free.ends_at, closes) - timedelta(minutes=offering.minutes)
    step = timedelta(minutes=offering.start_step_minutes)
    if first > last:
        return False
    if last - first >= step:
        return True
    zone = ZoneInfo(offering.coach.timezone)
    local = first.astimezone(zone)
    since_midnight = local - local.replace(hour=0, minute=0, second=0, microsecond=0)
    # Where clocks change in between, the exact look decides.
    return last.astimezone(zone).utcoffset() != local.utcoffset() or first + -since_midnight % step <= last


def _first_of_all(offering: FoundOffering, windows: Sequence[Interval], now: datetime) -> datetime | None:
    """The same, of all free time: for coaches with many ranges in which limits or steps leave nothing."""
    whole = coaches.offering_for_booking(offering.id)
    for opens, closes in windows:
        last = closes - timedelta(minutes=offering.minutes) + timedelta(microseconds=1)
        if found := free_times(whole, start=opens, end=last, now=now):
            return found[0]
    return None


def _sealed(began: datetime, cursor: Cursor) -> str:
    kept = [began.isoformat(), cursor.free_at.isoformat(), cursor.starts_at.isoformat(), cursor.schedule_id.hex]
    return base64.urlsafe_b64encode(json.dumps(kept).encode()).decode()


def _opened(text: str) -> tuple[datetime, Cursor]:
    try:
        began, free_at, starts_at, schedule_id = json.loads(base64.urlsafe_b64decode(text))
        kept: list[Any] = [datetime.fromisoformat(instant) for instant in (began, free_at, starts_at)]
        if any(instant.tzinfo is None for instant in kept):
            raise ValueError("an instant has its zone")
        return kept[0], Cursor(kept[1], kept[2], uuid.UUID(schedule_id))
    except (ValueError, TypeError, binascii.Error) as error:
        raise Invalid(after="Take the cursor from the page before.") from error
