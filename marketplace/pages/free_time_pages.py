"""Free times as their page shows them: which month, which day, what leads on from there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask import request

from marketplace import clock
from marketplace.coaches.models import Offering
from marketplace.languages import formats
from marketplace.pages.calendar_month import MonthDay, PartOfDay, first_of, midnight, month_after, parts_of, weeks_of
from marketplace.scheduling.queries import free_times

A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class ShownMonth:
    """A month and one of its days. `earlier` and `later` are months with days that can be booked, None where there are
    none; `next_free` is the first free day after a month without any."""

    month: date
    weeks: Sequence[Sequence[MonthDay]]
    day: date | None
    parts: Sequence[PartOfDay]
    earlier: date | None
    later: date | None
    next_free: date | None
    first: date
    last: date

    @property
    def name(self) -> str:
        """'March 2027'."""
        return formats.month(self.month)

    @property
    def has_more(self) -> bool:
        """Are there times of the day that are not shown?"""
        return any(part.more for part in self.parts)


def of(offering: Offering, zone: str) -> ShownMonth:
    """What the address asks for, by `day`, else by `month`; without either the first free day there is."""
    today = clock.today(zone)
    last = today + timedelta(days=offering.horizon_days)
    asked = _asked("day") or _asked("month")
    if asked is None:
        asked = _first_free_day(offering, today, last, zone) or today
    begins = first_of(min(max(asked, today), last))
    first, ends = max(begins, today), min(month_after(begins) - A_DAY, last)
    free = _free_days(offering, first, ends, zone)
    day = _asked("day") or (asked if request.args.get("month") is None else None)
    chosen = day if day in free else min(free, default=None)
    times = _times(offering, chosen, zone) if chosen else []
    return ShownMonth(
        month=begins,
        weeks=weeks_of(begins, free),
        day=chosen,
        parts=parts_of(times, zone, every=request.args.get("starts") == "all"),
        earlier=begins - A_DAY if begins > today else None,
        later=month_after(begins) if month_after(begins) <= last else None,
        next_free=None if free else _first_free_day(offering, month_after(begins), last, zone),
        first=first,
        last=ends,
    )


def _asked(name: str) -> date | None:
    """A day of the address, or the first of a month."""
    text = request.args.get(name, "")
    try:
        return date.fromisoformat(f"{text}-01" if name == "month" else text)
    except ValueError:
        return None


def _free_days(offering: Offering, first: date, last: date, zone: str) -> set[date]:
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    spans = [(midnight(day, zone), midnight(day + A_DAY, zone)) for day in days]
    return {day for day, free in zip(days, free_times.free_days(offering, spans), strict=True) if free}


def _times(offering: Offering, day: date, zone: str) -> Sequence[datetime]:
    return free_times.free_times(offering, start=midnight(day, zone), end=midnight(day + A_DAY, zone))


def _first_free_day(offering: Offering, first: date, last: date, zone: str) -> date | None:
    found = free_times.first_free(offering, start=midnight(first, zone), end=midnight(last + A_DAY, zone))
    return found.astimezone(ZoneInfo(zone)).date() if found is not None else None
