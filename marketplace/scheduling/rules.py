"""From weekly wall-clock hours to instants that can be booked.

An hour counts by what the coach's own clock shows. Where clocks jump ahead the missing times open nothing; where they
go back, the time that is shown twice is open twice.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
DAY_MINUTES = 24 * 60
STEP_MINUTES = 15
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

Interval = tuple[datetime, datetime]


@dataclass(frozen=True, order=True)
class Hours:
    """Open every `weekday` (Monday is 0) from `start_minute` to `end_minute` after midnight, local time."""

    weekday: int
    start_minute: int
    end_minute: int

    @property
    def start(self) -> str:
        """'09:00'."""
        return wall_clock(self.start_minute)

    @property
    def end(self) -> str:
        """'17:00', or '24:00' at the end of the day."""
        return wall_clock(self.end_minute)


@dataclass(frozen=True)
class _Era:
    """A stretch of time in which a zone keeps one offset from UTC."""

    begins: datetime
    ends: datetime
    offset: timedelta


@dataclass(frozen=True)
class _Piece:
    """An open stretch within one era."""

    begins: datetime
    ends: datetime
    offset: timedelta


def wall_clock(minute: int) -> str:
    """Minutes after midnight as '09:05'; 1440 is '24:00'."""
    return f"{minute // 60:02}:{minute % 60:02}"


def minute_of_day(text: str) -> int:
    """'09:05' -> 545; '24:00' -> 1440. Raises ValueError for anything else."""
    hour, colon, minute = text.strip().partition(":")
    if not (colon and hour.isascii() and hour.isdigit() and minute.isascii() and minute.isdigit() and len(minute) == 2):
        raise ValueError("not a time of day")
    total = int(hour) * 60 + int(minute)
    if int(minute) > 59 or total > DAY_MINUTES:
        raise ValueError("not a time of day")
    return total


def overlapping(week: Sequence[Hours]) -> tuple[int, int] | None:
    """The positions of two ranges of one weekday that share a minute, or None. Ranges may touch."""
    ordered = sorted(range(len(week)), key=lambda position: week[position])
    for one, next_ in pairwise(ordered):
        if week[one].weekday == week[next_].weekday and week[one].end_minute > week[next_].start_minute:
            return min(one, next_), max(one, next_)
    return None


def slots(
    hours: Iterable[Hours],
    zone: str,
    *,
    minutes: int,
    before: int,
    after: int,
    busy: Iterable[Interval],
    window_start: datetime,
    window_end: datetime,
    now: datetime,
    notice_hours: int,
    horizon_days: int,
    step_minutes: int = STEP_MINUTES,
) -> list[datetime]:
    """Every start in [window_start, window_end) of a session of `minutes`, in UTC and in order.

    The session lies wholly within open hours and starts on a step of the coach's clock. With its buffers (`before`,
    `after`, in minutes) it meets no `busy` interval; buffers may lie outside the hours. `notice_hours` from now is
    the earliest and `horizon_days` from now the latest start.
    """
    earliest = max(window_start, now + timedelta(hours=notice_hours)).astimezone(UTC)
    latest = min(window_end, now + timedelta(days=horizon_days, microseconds=1)).astimezone(UTC)
    if earliest >= latest:
        return []
    length = timedelta(minutes=minutes)
    pieces = _pieces(tuple(hours), ZoneInfo(zone), earliest, latest + length)
    candidates = (
        start
        for piece, open_until in zip(pieces, _open_until(pieces), strict=True)
        for start in _starts(piece, timedelta(minutes=step_minutes))
        if start < latest and start + length <= open_until
    )
    return list(_apart_from(busy, candidates, timedelta(minutes=before), length + timedelta(minutes=after)))


def _eras(zone: ZoneInfo, begins: datetime, ends: datetime) -> Iterator[_Era]:
    """[begins, ends) cut where the zone's offset changes."""
    at = begins
    offset = _offset(zone, begins)
    while at < ends:
        following = min(at + DAY, ends)
        if _offset(zone, following) != offset:
            change = _change(zone, at, following)
            yield _Era(begins, change, offset)
            begins = following = change
            offset = _offset(zone, change)
        at = following
    if begins < ends:
        yield _Era(begins, ends, offset)


def _offset(zone: ZoneInfo, instant: datetime) -> timedelta:
    return instant.astimezone(zone).utcoffset() or timedelta()


def _change(zone: ZoneInfo, low: datetime, high: datetime) -> datetime:
    """The first second after `low` at which the zone keeps the offset it has at `high`."""
    low = low.replace(microsecond=0)
    target = _offset(zone, high)
    span = -((low - high) // timedelta(seconds=1))
    known_old, known_new = 0, span
    while known_new - known_old > 1:
        middle = (known_old + known_new) // 2
        if _offset(zone, low + timedelta(seconds=middle)) == target:
            known_new = middle
        else:
            known_old = middle
    return low + timedelta(seconds=known_new)


def _pieces(hours: tuple[Hours, ...], zone: ZoneInfo, begins: datetime, ends: datetime) -> list[_Piece]:
    """All open time of [begins, ends), era by era, merged and in order."""
    by_weekday: list[list[Hours]] = [sorted(h for h in hours if h.weekday == day) for day in range(7)]
    pieces: list[_Piece] = []
    for era in _eras(zone, begins, ends):
        first_of_era = len(pieces)
        # Local midnights of the era: aware datetimes in UTC that are read as the wall clock.
        midnight = (era.begins + era.offset).replace(hour=0, minute=0, second=0, microsecond=0)
        while midnight - era.offset < era.ends:
            for range_ in by_weekday[midnight.weekday()]:
                start = max(midnight - era.offset + timedelta(minutes=range_.start_minute), era.begins)
                end = min(midnight - era.offset + timedelta(minutes=range_.end_minute), era.ends)
                if start >= end:
                    continue
                if len(pieces) > first_of_era and pieces[-1].ends >= start:
                    pieces[-1] = _Piece(pieces[-1].begins, max(end, pieces[-1].ends), era.offset)
                else:
                    pieces.append(_Piece(start, end, era.offset))
            midnight += DAY
    return pieces


def _open_until(pieces: list[_Piece]) -> list[datetime]:
    """For each piece, when the opening it belongs to ends: pieces that touch across a clock change are one."""
    ends = [piece.ends for piece in pieces]
    for index in range(len(pieces) - 2, -1, -1):
        if pieces[index].ends == pieces[index + 1].begins:
            ends[index] = ends[index + 1]
    return ends


def _starts(piece: _Piece, step: timedelta) -> Iterator[datetime]:
    """The instants of a piece at which the local clock shows a whole step after midnight."""
    local = piece.begins + piece.offset
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    start = midnight - piece.offset - ((midnight - local) // step) * step
    while start < piece.ends:
        yield start
        start += step


def _apart_from(
    busy: Iterable[Interval], candidates: Iterable[datetime], before: timedelta, after: timedelta
) -> Iterator[datetime]:
    """Those candidates whose [start - before, start + after) meets no busy interval; both in order, one sweep."""
    claimed = _merged(busy)
    position = 0
    for start in candidates:
        while position < len(claimed) and claimed[position][1] <= start - before:
            position += 1
        if position == len(claimed) or claimed[position][0] >= start + after:
            yield start


def _merged(intervals: Iterable[Interval]) -> list[Interval]:
    merged: list[Interval] = []
    for begins, ends in sorted(intervals):
        if merged and begins <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(ends, merged[-1][1]))
        else:
            merged.append((begins, ends))
    return merged
