"""The local times that rules of recurrence come to, by counted work. Pure."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import MAXYEAR, date, datetime, time, timedelta
from functools import lru_cache

from marketplace.calendars.rules.recurrence_rules import MONTHLY, WEEKLY, WITHIN_A_DAY, YEARLY, RecurrenceRule

DAY = timedelta(days=1)


class TooMuchWork(Exception):
    """A rule asks for more steps than it is given."""


class WorkBudget:
    """Steps that may still be taken: `left` in all, `each` for one series."""

    def __init__(self, left: int, each: int) -> None:
        self.left, self.each, self._series = left, each, each

    def next_series(self) -> None:
        """Begin to count for another series."""
        self._series = self.each

    @property
    def is_spent(self) -> bool:
        """Is nothing left for any series?"""
        return self.left < 0

    def spend(self, steps: int) -> None:
        """Take so many steps; raises TooMuchWork when there are not as many left."""
        self._series -= steps
        self.left -= steps
        if min(self._series, self.left) < 0:
            raise TooMuchWork


def local_times(
    rule: RecurrenceRule, start: datetime, first: datetime, last: datetime, work: WorkBudget
) -> Iterator[datetime]:
    """The rule's times from `start` on that lie in [first, last], in order; COUNT is counted from `start`.

    `start` itself comes only if the rule says so. Raises TooMuchWork.
    """
    rule, last = _without_count(rule, start, last)
    count, wanted = rule.count, rule.sets.get("BYSETPOS")
    sets = _within_days if rule.frequency in WITHIN_A_DAY else _over_days
    for times in sets(rule, start, start if count else max(start, first), last, work):
        for found in _positions(times, wanted):
            if found < start:
                continue
            if found > last or count == 0:
                return
            count = count - 1 if count else count
            if found >= first:
                yield found


def _without_count(rule: RecurrenceRule, start: datetime, last: datetime) -> tuple[RecurrenceRule, datetime]:
    """A COUNT of equal steps is an end that can be told at once."""
    if rule.count is None or rule.by_day or rule.numbers or rule.frequency in {YEARLY, MONTHLY}:
        return rule, last
    step = 7 * DAY if rule.frequency == WEEKLY else DAY / WITHIN_A_DAY.get(rule.frequency, 1)
    try:
        end = start + step * rule.interval * (rule.count - 1)
    except OverflowError:
        end = last
    return replace(rule, count=None), min(last, end)


def _positions(times: list[datetime], wanted: frozenset[int] | None) -> list[datetime]:
    """Those at the wanted places of a set, from 1 or, from its end, from -1 on; all of them where none are said."""
    if not wanted:
        return times
    count = len(times)
    return [found for place, found in enumerate(times) if place + 1 in wanted or place - count in wanted]


def _clock(rule: RecurrenceRule, start: datetime, work: WorkBudget) -> list[time]:
    """The times of a day at which a rule of days recurs."""
    hours = rule.by("BYHOUR") or (start.hour,)
    minutes = rule.by("BYMINUTE") or (start.minute,)
    seconds = tuple(min(second, 59) for second in rule.by("BYSECOND")) or (start.second,)
    work.spend(len(hours) * len(minutes) * len(seconds))
    return sorted({time(hour, minute, second) for hour in hours for minute in minutes for second in seconds})


def _over_days(
    rule: RecurrenceRule, start: datetime, begin: datetime, last: datetime, work: WorkBudget
) -> Iterator[list[datetime]]:
    """The times of each year, month, week or day."""
    rule = _complete(rule, start)
    clock = _clock(rule, start, work)
    for days in _periods(rule, start.date(), begin.date(), last.date(), work):
        chosen = [day for day in days if _fits(rule, day)]
        work.spend(1 + len(days) + len(chosen) * len(clock))
        yield [datetime.combine(day, at) for day in chosen for at in clock]


def _complete(rule: RecurrenceRule, start: datetime) -> RecurrenceRule:
    """What a rule leaves open, its first time says."""
    if rule.by_day or any(rule.by(part) for part in ("BYWEEKNO", "BYYEARDAY", "BYMONTHDAY")):
        return rule
    numbers = dict(rule.numbers)
    if rule.frequency == YEARLY:
        numbers.setdefault("BYMONTH", (start.month,))
    if rule.frequency in {YEARLY, MONTHLY}:
        numbers["BYMONTHDAY"] = (start.day,)
    elif rule.frequency == WEEKLY:
        return replace(rule, by_day=((0, start.weekday()),))
    return replace(rule, numbers=numbers)


def _periods(rule: RecurrenceRule, start: date, begin: date, last: date, work: WorkBudget) -> Iterator[list[date]]:
    """The days of each period from about `begin` to `last`, every so many of them from that of `start`."""
    every = rule.interval
    if rule.frequency in {YEARLY, MONTHLY}:
        size = 12 if rule.frequency == YEARLY else 1
        origin = start.year * 12 + (start.month - 1 if size == 1 else 0)
        skipped = max(0, (begin.year * 12 + begin.month - 1 - origin) // (every * size) - 1)
        month = origin + skipped * every * size
        while month < (MAXYEAR + 1) * 12 and month // 12 <= last.year + 1:
            work.spend(1)
            yield _days_of_months(rule, month, size)
            month += every * size
        return
    length = 7 if rule.frequency == WEEKLY else 1
    origin = start.toordinal() - ((start.weekday() - rule.week_start) % 7 if length == 7 else 0)
    skipped = max(0, (begin.toordinal() - origin) // (every * length) - 1)
    ordinal = origin + skipped * every * length
    while ordinal <= last.toordinal():
        days = range(max(ordinal, 1), min(ordinal + length, date.max.toordinal() + 1))
        yield [date.fromordinal(day) for day in days]
        ordinal += every * length


def _days_of_months(rule: RecurrenceRule, month: int, size: int) -> list[date]:
    """The days of a year or a month that a rule may mean: only those that are named, where it names any."""
    wanted, in_month = rule.by("BYMONTH"), rule.by("BYMONTHDAY")
    ordinary = bool(in_month) and min(in_month) > 0
    found: list[date] = []
    for index in range(month, month + size):
        year, number = index // 12, index % 12 + 1
        if not 1 <= year <= MAXYEAR or (wanted and number not in wanted):
            continue
        length = _length_of_month(year, number)
        days = sorted(set(in_month)) if ordinary else range(1, length + 1)
        found += [date(year, number, day) for day in days if day <= length]
    return found


def _length_of_month(year: int, number: int) -> int:
    return 31 if number == 12 else (date(year, number + 1, 1) - date(year, number, 1)).days


@lru_cache(maxsize=8192)
def _week(day: date, week_start: int) -> tuple[int, int]:
    """The year of a day's week and its number there; a week belongs to the year that has four days of it."""
    middle = day.toordinal() - (day.weekday() - week_start) % 7 + 3
    if not 1 <= middle <= date.max.toordinal():
        return day.year, 1
    counted = date.fromordinal(middle)
    return counted.year, (counted.timetuple().tm_yday - 1) // 7 + 1


def _fits(rule: RecurrenceRule, day: date) -> bool:
    numbers = rule.sets
    if "BYMONTH" in numbers and day.month not in numbers["BYMONTH"]:
        return False
    if "BYMONTHDAY" in numbers:
        from_end = day.day - _length_of_month(day.year, day.month) - 1
        if numbers["BYMONTHDAY"].isdisjoint((day.day, from_end)):
            return False
    if "BYYEARDAY" in numbers:
        of_year, length = day.timetuple().tm_yday, 365 + (_length_of_month(day.year, 2) == 29)
        if numbers["BYYEARDAY"].isdisjoint((of_year, of_year - length - 1)):
            return False
    if "BYWEEKNO" in numbers and rule.frequency == YEARLY and not _in_weeks(day, rule.week_start, numbers["BYWEEKNO"]):
        return False
    return not rule.by_day or _is_weekday(rule, day)


def _in_weeks(day: date, week_start: int, wanted: frozenset[int]) -> bool:
    year, number = _week(day, week_start)
    weeks = _week(date(year, 12, 28), week_start)[1]
    return not wanted.isdisjoint((number, number - weeks - 1))


def _is_weekday(rule: RecurrenceRule, day: date) -> bool:
    """Is a day a weekday that is named: any of them, or the so many-th of its month or year?"""
    places = rule.weekdays.get(day.weekday())
    if places is None:
        return False
    if 0 in places or rule.frequency not in {YEARLY, MONTHLY} or rule.by("BYWEEKNO"):
        return True
    if rule.frequency == MONTHLY or rule.by("BYMONTH"):
        place, length = day.day, _length_of_month(day.year, day.month)
    else:
        place, length = day.timetuple().tm_yday, 365 + (_length_of_month(day.year, 2) == 29)
    return not places.isdisjoint(((place - 1) // 7 + 1, -((length - place) // 7 + 1)))


def _within_days(
    rule: RecurrenceRule, start: datetime, begin: datetime, last: datetime, work: WorkBudget
) -> Iterator[list[datetime]]:
    """The times of each hour, minute or second, day by day."""
    per_day = WITHIN_A_DAY[rule.frequency]
    seconds = 86_400 // per_day
    origin = start.toordinal() * per_day + (start.hour * 3600 + start.minute * 60 + start.second) // seconds
    for ordinal in range(begin.toordinal(), last.toordinal() + 1):
        work.spend(1)
        day = date.fromordinal(ordinal)
        if _fits(rule, day):
            for unit in range((origin - ordinal * per_day) % rule.interval, per_day, rule.interval):
                times = _times_within(rule, start, datetime.combine(day, time()) + timedelta(seconds=unit * seconds))
                work.spend(1 + len(times))
                yield times


def _times_within(rule: RecurrenceRule, start: datetime, unit: datetime) -> list[datetime]:
    """The times of one hour, minute or second: what is as large limits it, what is smaller is spread over it."""
    limits = {"BYHOUR": unit.hour, "BYMINUTE": unit.minute, "BYSECOND": unit.second}
    within = {"HOURLY": 1, "MINUTELY": 2, "SECONDLY": 3}[rule.frequency]
    for part in list(limits)[:within]:
        if rule.by(part) and limits[part] not in rule.by(part):
            return []
    minutes = (unit.minute,) if within > 1 else rule.by("BYMINUTE") or (start.minute,)
    seconds = (unit.second,) if within > 2 else rule.by("BYSECOND") or (start.second,)
    return sorted({unit.replace(minute=minute, second=min(second, 59)) for minute in minutes for second in seconds})
