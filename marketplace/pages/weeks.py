"""A week of the viewer's calendar with its free times."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import request

from marketplace import clock
from marketplace.coaches.models import Offering
from marketplace.languages import formats
from marketplace.scheduling.queries import free_times

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class FreeTime:
    """One time to be chosen: the instant, and what the viewer's clock will show then."""

    starts_at: datetime
    shown: str


@dataclass(frozen=True)
class Day:
    """A day of the viewer's calendar and its free times."""

    date: date
    times: Sequence[FreeTime]


def asked_week(today: date) -> date:
    """The first day that the address asks for, or today."""
    try:
        return date.fromisoformat(request.args.get("week", ""))
    except ValueError:
        return today


def midnight(day: date, zone: str) -> datetime:
    """When a day begins there, in UTC."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def local_date(instant: datetime, zone: str) -> date:
    """The date that clocks there show then."""
    return instant.astimezone(ZoneInfo(zone)).date()


def span(begins: date, zone: str) -> tuple[datetime, datetime]:
    """The seven days from `begins` on, as instants."""
    return midnight(begins, zone), midnight(begins + WEEK, zone)


def days_of(free: Sequence[datetime], begins: date, zone: str) -> list[Day]:
    """Seven days from `begins`, with their free times."""
    dates = [begins + timedelta(days=number) for number in range(7)]
    times: dict[date, list[FreeTime]] = {day: [] for day in dates}
    for instant in free:
        at = instant.astimezone(ZoneInfo(zone))
        # Where clocks go back a time is shown twice: then the offset's name tells which is which.
        twice = at.replace(fold=0).utcoffset() != at.replace(fold=1).utcoffset()
        times[at.date()].append(FreeTime(instant, formats.clock_time(at, zone_name=twice)))
    return [Day(day, times[day]) for day in dates]


def free_week_of(offering: Offering, zone: str) -> dict[str, Any]:
    """The week of an offering's free times that the address asks for, as the component `free_week` shows it."""
    today = local_date(clock.now(), zone)
    last = today + timedelta(days=offering.horizon_days)
    begins = min(max(asked_week(today), today), last)
    start, end = span(begins, zone)
    return {
        "days": days_of(free_times.free_times(offering, start=start, end=end), begins, zone),
        "ends": begins + WEEK - timedelta(days=1),
        "earlier": max(begins - WEEK, today) if begins > today else None,
        "later": begins + WEEK if begins + WEEK <= last else None,
    }
