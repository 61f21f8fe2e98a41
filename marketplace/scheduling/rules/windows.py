"""Time windows: "in my evenings, next week" as intervals of UTC."""

from collections.abc import Iterable
from datetime import date, timedelta

from marketplace.scheduling.rules.hours import DAY_MINUTES, EXTRA, Override
from marketplace.scheduling.rules.openings import Interval, Plan, day_bounds, openings

DAY = timedelta(days=1)


def windows(
    zone: str, first: date, last: date, *, start_minute: int, end_minute: int, weekdays: Iterable[int] = range(7)
) -> list[Interval]:
    """The intervals of [first, last] in which a clock of `zone` shows start_minute to end_minute, in UTC and in order.

    An end that is not after the start lies on the next day; 0 to 1440 is the whole day. They are expanded as a coach's
    own hours are: what clocks skip is in none of them, what they show twice is in twice.
    """
    ends = end_minute if end_minute > start_minute else end_minute + DAY_MINUTES
    chosen = set(weekdays)
    days = [first + number * DAY for number in range((last - first).days + 1)]
    wanted = [Override(day, EXTRA, start_minute, ends) for day in days if day.weekday() in chosen]
    begins, until = day_bounds(zone, first, last + DAY)
    return openings(Plan((), zone, tuple(wanted)), begins, until)
