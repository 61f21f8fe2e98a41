"""Calendars read as the worker reads them, told in few letters."""

from datetime import UTC, datetime, timedelta

from marketplace.calendars.rules import expansion
from marketplace.calendars.rules.expansion import BusyPart, FoundTimes
from marketplace.calendars.rules.moments import Interval

START = datetime(2027, 2, 28, tzinfo=UTC)
END = START + timedelta(days=400)
BERLIN = "Europe/Berlin"


def told(begins: datetime, ends: datetime) -> str:
    """'MM-DD HH:MM-HH:MM', or with the day of the end; in UTC."""
    assert begins.tzinfo == UTC
    return (
        f"{begins:%m-%d %H:%M}-{ends:%H:%M}"
        if begins.date() == ends.date()
        else f"{begins:%m-%d %H:%M}-{ends:%m-%d %H:%M}"
    )


def found_in(text: bytes, zone: str = BERLIN, most: int = 20_000) -> FoundTimes:
    """What is found between START and END, for a coach in `zone`."""
    return expansion.busy_times(text, zone, START, END, most)


def whole(parts: list[BusyPart]) -> list[Interval]:
    """The same, whatever the events: what touches is one."""
    return [(begins, ends) for begins, ends, _ in expansion.merged([part._replace(event="") for part in parts], 20_000)]


def busy_in(text: bytes, zone: str = BERLIN) -> list[str]:
    """The busy times, told."""
    return [told(*interval) for interval in whole(found_in(text, zone).busy)]


def covers(text: bytes, begins: datetime, ends: datetime, zone: str = BERLIN) -> bool:
    """Is all of a time busy?"""
    return any(first <= begins and ends <= last for first, last in whole(found_in(text, zone).busy))
