"""A month of the viewer's calendar with its free days, and a day's free times by its parts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from marketplace.languages import formats
from marketplace.languages import gettext as _

# Of so many times in a part of a day all are shown; of more those on the hour, or at the half.
MOST_SHOWN = 8
NOON, EVENING = 12, 18
STEPS = (30, 60)


@dataclass(frozen=True)
class MonthDay:
    """A day of the grid: whether something is free on it, or whether it lies outside the month."""

    date: date
    is_free: bool
    is_outside: bool

    @property
    def spoken(self) -> str:
        """With its weekday."""
        return formats.day(self.date)


@dataclass(frozen=True)
class MonthTime:
    """A time to be chosen: the instant, and what the viewer's clock shows then."""

    starts_at: datetime
    shown: str
    hour: int
    minute: int


@dataclass(frozen=True)
class PartOfDay:
    """The free times of a morning, an afternoon or an evening, and how many more there are than are shown."""

    name: str
    times: Sequence[MonthTime]
    more: int


def first_of(month: date) -> date:
    """The first day of its month."""
    return month.replace(day=1)


def month_after(month: date) -> date:
    """The first day of the month after."""
    return (first_of(month) + timedelta(days=32)).replace(day=1)


def midnight(day: date, zone: str) -> datetime:
    """When a day begins there, in UTC."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def weeks_of(month: date, free: set[date]) -> list[list[MonthDay]]:
    """The weeks of a month, each whole, from the reader's first day of the week on."""
    begins = first_of(month)
    at = begins - timedelta(days=(begins.weekday() - formats.weekdays()[0]) % 7)
    weeks = []
    while at < month_after(month):
        days = [at + timedelta(days=number) for number in range(7)]
        weeks.append([MonthDay(day, day in free, day.month != begins.month) for day in days])
        at += timedelta(days=7)
    return weeks


def parts_of(free: Sequence[datetime], zone: str, *, every: bool) -> list[PartOfDay]:
    """A day's free times by its parts; unless `every` one is wanted, only some where there are many."""
    names = (_("Morning"), _("Afternoon"), _("Evening"))
    parts: dict[str, list[MonthTime]] = {name: [] for name in names}
    for instant in free:
        at = instant.astimezone(ZoneInfo(zone))
        # Where clocks go back a time is shown twice: then the offset's name tells which is which.
        twice = at.replace(fold=0).utcoffset() != at.replace(fold=1).utcoffset()
        part = names[(at.hour >= NOON) + (at.hour >= EVENING)]
        parts[part].append(MonthTime(instant, formats.clock_time(at, zone_name=twice), at.hour, at.minute))
    found = []
    for name, times in parts.items():
        shown = times if every else _fewer(times)
        if times:
            found.append(PartOfDay(name, shown, len(times) - len(shown)))
    return found


def _fewer(times: Sequence[MonthTime]) -> Sequence[MonthTime]:
    for step in STEPS:
        if len(times) <= MOST_SHOWN:
            break
        times = [time for time in times if time.minute % step == 0] or times[:: -(-len(times) // MOST_SHOWN)]
    return times
