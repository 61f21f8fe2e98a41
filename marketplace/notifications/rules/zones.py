"""A time zone as calendars carry it: VTIMEZONE (RFC 5545 3.6.5). Pure."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
NONE = timedelta()


@lru_cache(maxsize=1024)
def vtimezone(zone: str, first_year: int, last_year: int) -> Timezone:
    """A zone's offsets from the first day of one year to the last of another, each change at its very onset.

    An onset is written by the clock that runs until then: a summer that begins as 02:00 becomes 03:00 begins at 02:00.
    """
    start = datetime(first_year, 1, 1, tzinfo=ZoneInfo(zone))
    component = Timezone()
    component.add("tzid", zone)
    component.add_component(_observance(start, start, [start.replace(tzinfo=None)]))
    onsets: dict[tuple[timedelta | None, timedelta | None, str | None], list[tuple[datetime, datetime]]] = {}
    for before, after in _changes(zone, first_year, last_year):
        onsets.setdefault((before.utcoffset(), after.utcoffset(), after.tzname()), []).append((before, after))
    for alike in onsets.values():
        before, after = alike[0]
        component.add_component(_observance(before, after, [_onset(*change) for change in alike]))
    return component


def _changes(zone: str, first_year: int, last_year: int) -> Iterator[tuple[datetime, datetime]]:
    """The last second of each offset and the first of the next, in the zone."""
    there, end = ZoneInfo(zone), datetime(last_year + 1, 1, 1, tzinfo=UTC)
    low = datetime(first_year, 1, 1, tzinfo=there).astimezone(UTC)
    while low < end:
        high = low + DAY
        if _clock(low, there) != _clock(high, there):
            known, sought = low, high
            while sought - known > SECOND:
                middle = known + ((sought - known) // 2 // SECOND or 1) * SECOND
                known, sought = (middle, sought) if _clock(middle, there) == _clock(low, there) else (known, middle)
            yield known.astimezone(there), sought.astimezone(there)
        low = high


def _clock(instant: datetime, there: ZoneInfo) -> tuple[timedelta | None, str | None]:
    local = instant.astimezone(there)
    return local.utcoffset(), local.tzname()


def _onset(before: datetime, after: datetime) -> datetime:
    """What the old clock would show at the change."""
    return (after.astimezone(UTC) + (before.utcoffset() or NONE)).replace(tzinfo=None)


def _observance(before: datetime, after: datetime, onsets: list[datetime]) -> TimezoneStandard | TimezoneDaylight:
    observance = TimezoneDaylight() if (after.dst() or NONE) > NONE else TimezoneStandard()
    observance.add("dtstart", onsets[0])
    observance.add("tzoffsetfrom", before.utcoffset())
    observance.add("tzoffsetto", after.utcoffset())
    observance.add("tzname", after.tzname())
    if onsets[1:]:
        observance.add("rdate", onsets[1:])
    return observance
