"""Weekly hours, date overrides and holidays, expanded to intervals of UTC."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from marketplace.scheduling.rules.hours import CLOSED, DAY_MINUTES, EXTRA, REPLACED, Hours, Override
from marketplace.scheduling.rules.public_holidays import holidays_between

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)

Interval = tuple[datetime, datetime]
Span = tuple[int, int]


@dataclass(frozen=True)
class Era:
    """An interval in which a zone keeps one offset from UTC."""

    begins: datetime
    ends: datetime
    offset: timedelta


@dataclass(frozen=True)
class Plan:
    """When a schedule is open: a week, date overrides, and a country's holidays, on which it is closed.

    Hours written for a date count on a holiday too.
    """

    week: Sequence[Hours]
    zone: str
    overrides: Sequence[Override] = field(default=())
    holiday_country: str | None = None
    holiday_region: str | None = None


def openings(plan: Plan, begins: datetime, ends: datetime) -> list[Interval]:
    """All open time within [begins, ends) in UTC: merged, in order, cut at both bounds."""
    if begins >= ends or not (plan.week or plan.overrides):
        return []
    open_at = _days(plan, begins, ends)
    found: list[Interval] = []
    for era in eras(plan.zone, begins, ends):
        # Local midnights of the era: aware datetimes in UTC that are read as the wall clock.
        midnight = (era.begins + era.offset).replace(hour=0, minute=0, second=0, microsecond=0)
        while midnight - era.offset < era.ends:
            for first, last in open_at.get(midnight.date(), ()):
                start = max(midnight - era.offset + first * MINUTE, era.begins)
                end = min(midnight - era.offset + last * MINUTE, era.ends)
                if start >= end:
                    continue
                if found and found[-1][1] >= start:
                    found[-1] = (found[-1][0], max(end, found[-1][1]))
                else:
                    found.append((start, end))
            midnight += DAY
    return found


def _days(plan: Plan, begins: datetime, ends: datetime) -> dict[date, list[Span]]:
    """For each local date the spans of its own wall clock that are open, those that began the day before included."""
    zone = ZoneInfo(plan.zone)
    first, last = begins.astimezone(zone).date() - 2 * DAY, ends.astimezone(zone).date() + 2 * DAY
    by_weekday: list[list[Span]] = [[] for _ in range(7)]
    for hours in plan.week:
        by_weekday[hours.weekday].append((hours.start_minute, hours.end_minute))
    by_date: dict[date, list[Override]] = {}
    for override in plan.overrides:
        by_date.setdefault(override.date, []).append(override)
    off = holidays_between(plan.holiday_country, plan.holiday_region, first, last)
    shown: dict[date, list[Span]] = {}
    day = first
    while day <= last:
        usual = [] if day in off else by_weekday[day.weekday()]
        for start, end in _of_date(usual, by_date[day]) if day in by_date else usual:
            shown.setdefault(day, []).append((start, min(end, DAY_MINUTES)))
            if end > DAY_MINUTES:
                shown.setdefault(day + DAY, []).append((0, end - DAY_MINUTES))
        day += DAY
    for spans in shown.values():
        spans.sort()
    return shown


def _of_date(usual: list[Span], overrides: list[Override]) -> list[Span]:
    """What is open from one date on, instead of or besides the usual."""
    kinds = {override.kind for override in overrides}
    written = {
        kind: [
            (override.start_minute, override.end_minute)
            for override in overrides
            if override.kind == kind and override.start_minute is not None and override.end_minute is not None
        ]
        for kind in (REPLACED, EXTRA)
    }
    kept = [] if kinds & {CLOSED, REPLACED} else usual
    return kept + written[REPLACED] + written[EXTRA]


def day_bounds(zone: str, first: date, last: date) -> Interval:
    """From the first instant of one local date to the last of another, in UTC.

    Where a zone's midnight does not exist, the day begins with the first time that does; where it comes twice, with
    the first of the two.
    """
    return _begins(zone, first), _begins(zone, last + DAY)


def _begins(zone: str, day: date) -> datetime:
    local = datetime.combine(day, time(), tzinfo=ZoneInfo(zone))
    begins = local.astimezone(UTC)
    if begins.astimezone(ZoneInfo(zone)).date() == day:
        return begins
    return next(era.begins for era in eras(zone, begins - DAY, begins + 2 * DAY) if _shows(era, day))


def _shows(era: Era, day: date) -> bool:
    return (era.begins + era.offset).date() >= day


def eras(zone: str, begins: datetime, ends: datetime) -> list[Era]:
    """[begins, ends) cut where the zone's offset changes."""
    begins, ends = begins.astimezone(UTC), ends.astimezone(UTC)
    cut = [begins, *(at for at in _changes_between(zone, begins, ends)), ends]
    return [Era(begins, ends, _offset(ZoneInfo(zone), begins)) for begins, ends in pairwise(cut) if begins < ends]


def _changes_between(zone: str, begins: datetime, ends: datetime) -> Iterator[datetime]:
    for year in range(begins.year, ends.year + 1):
        for at in changes(zone, year):
            if begins < at < ends:
                yield at


@lru_cache(maxsize=8192)
def changes(zone: str, year: int) -> tuple[datetime, ...]:
    """Every instant of a year of UTC at which the zone's offset changes."""
    info = ZoneInfo(zone)
    found = []
    at, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    while at < end:
        following = at + DAY
        if _offset(info, following) != _offset(info, at):
            found.append(_change(info, at, following))
        at = following
    return tuple(found)


def _offset(zone: ZoneInfo, instant: datetime) -> timedelta:
    return instant.astimezone(zone).utcoffset() or timedelta()


def _change(zone: ZoneInfo, low: datetime, high: datetime) -> datetime:
    """The first second after `low` at which the zone keeps the offset it has at `high`."""
    target = _offset(zone, high)
    known_old, known_new = 0, (high - low) // timedelta(seconds=1)
    while known_new - known_old > 1:
        middle = (known_old + known_new) // 2
        if _offset(zone, low + timedelta(seconds=middle)) == target:
            known_new = middle
        else:
            known_old = middle
    return low + timedelta(seconds=known_new)
