"""What is left of open time, and the instants at which a session may start in it."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from marketplace.scheduling.rules.limits import LimitCheck
from marketplace.scheduling.rules.openings import Interval, eras

STEP_MINUTES = 15
START_STEPS = (5, 10, 15, 20, 30, 60)

# How far around a free range its surroundings are known; no buffer is longer.
REACH = timedelta(hours=4)


class FreeSpan(NamedTuple):
    """A stretch of open time that nothing claims, and how far around it nothing does (REACH at most)."""

    starts_at: datetime
    ends_at: datetime
    clear_from: datetime
    clear_until: datetime


def free_ranges(opened: Iterable[Interval], taken: Iterable[Interval]) -> list[FreeSpan]:
    """Openings less what is taken, with how much room there is around each."""
    claimed = _merged(taken)
    ends = [end for _, end in claimed]
    found = []
    for begins, closes in opened:
        at = begins
        # The first claim that ends after the opening begins; the one before it bounds the room in front.
        position = bisect_right(ends, begins)
        before = ends[position - 1] if position else None
        while at < closes:
            following = claimed[position] if position < len(claimed) else None
            if following is not None and following[0] <= at:
                at = before = following[1]
                position += 1
                continue
            until = min(closes, following[0]) if following is not None else closes
            found.append(
                FreeSpan(
                    at,
                    until,
                    at - REACH if before is None else max(at - REACH, before),
                    until + REACH if following is None else min(until + REACH, following[0]),
                )
            )
            at = until
    return found


def starts(
    free: Iterable[FreeSpan],
    zone: str,
    *,
    minutes: int,
    before: int,
    after: int,
    earliest: datetime,
    latest: datetime,
    step_minutes: int = STEP_MINUTES,
    limit_check: LimitCheck | None = None,
) -> Iterator[datetime]:
    """Every start in [earliest, latest) of a session of `minutes`, in UTC and in order.

    The session lies within one free range and starts on a step of the zone's clock; with its buffers (`before`,
    `after`, in minutes) it meets nothing that is claimed, though they may lie outside open hours.
    """
    if earliest >= latest:
        return
    length, step = timedelta(minutes=minutes), timedelta(minutes=step_minutes)
    ahead, behind = timedelta(minutes=before), timedelta(minutes=after)
    known = eras(zone, earliest, latest)
    for range_ in free:
        first = max(range_.starts_at, range_.clear_from + ahead, earliest)
        last = min(range_.ends_at - length, range_.clear_until - length - behind)
        if first > last:
            continue
        for era in known:
            if era.ends <= first:
                continue
            if era.begins > last:
                break
            for start in _aligned(max(first, era.begins), min(last, era.ends), era.offset, step):
                if start < era.ends and (limit_check is None or limit_check.allows(start, length)):
                    yield start


def _aligned(first: datetime, last: datetime, offset: timedelta, step: timedelta) -> Iterator[datetime]:
    """The instants of [first, last] at which a clock that is `offset` ahead shows a whole step after midnight."""
    local = first + offset
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    start = first + (midnight - local) % step
    while start <= last:
        yield start
        start += step


def bounds(
    window_start: datetime, window_end: datetime, now: datetime, notice_hours: int, horizon_days: int
) -> Interval:
    """The earliest start and the instant before which the latest lies: of the window, the notice, the horizon."""
    earliest = max(window_start, now + timedelta(hours=notice_hours)).astimezone(UTC)
    latest = min(window_end, now + timedelta(days=horizon_days, microseconds=1)).astimezone(UTC)
    return earliest, latest


def _merged(intervals: Iterable[Interval]) -> list[Interval]:
    merged: list[Interval] = []
    for begins, ends in sorted(intervals):
        if merged and begins <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(ends, merged[-1][1]))
        else:
            merged.append((begins, ends))
    return merged
