"""Dates, times and durations as calendars write them, and what instants they mean. Pure."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache

Interval = tuple[datetime, datetime]

DAY = timedelta(days=1)
NONE = timedelta()
EARLIEST, LATEST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)

MOMENT = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)(?:[T ]?(\d\d):?(\d\d):?(\d\d)?(?:[.,]\d{1,9})?\s*(Z|[+-]\d\d:?\d\d)?)?", re.IGNORECASE
)
DATE_WITHIN = re.compile(r"(?<!\d)(\d{4})-?(\d\d)-?(\d\d)(?!\d{3})")
DURATION = re.compile(
    r"([+-])?P(?:(\d{1,6})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,8})H)?(?:(\d{1,8})M)?(?:(\d{1,9})S)?)?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Moment:
    """A date or a time by the clock of `zone`; floating without one."""

    local: datetime
    zone: tzinfo | None = None
    is_date: bool = False


@dataclass(frozen=True, slots=True)
class EventLength:
    """How long an event lasts: by the clock on the wall, exactly, or by the longer of both. `lead` comes before it."""

    wall: timedelta | None = None
    exact: timedelta | None = None
    lead: timedelta = NONE

    @property
    def longest(self) -> timedelta:
        """At least how long any occurrence lasts, beside changes of clocks."""
        return max(self.wall or NONE, self.exact or NONE) + self.lead


def moment(text: str, zone: tzinfo | None, *, trust_z: bool = True) -> Moment | None:
    """What was written, or None; a Z or an offset in it outweighs `zone` unless `trust_z` is false."""
    found = MOMENT.fullmatch(text.strip())
    if found is None:
        return None
    year, month, day, hour, minute, second, offset = found.groups()
    try:
        local = datetime(int(year), int(month), int(day))  # noqa: DTZ001 - by the clock of its zone
    except ValueError:
        return None
    if hour is None:
        return Moment(local, None, is_date=True)
    seconds = min(int(second or 0), 59)
    if int(minute) > 59 or (int(hour), int(minute), seconds) > (24, 0, 0):
        return None
    clock = timedelta(hours=int(hour), minutes=int(minute), seconds=seconds)
    if offset and trust_z:
        zone = UTC if offset.upper() == "Z" else fixed(offset)
    return Moment(later(local, clock), zone)


def fixed(offset: str) -> tzinfo:
    """The zone of an offset that is written as +0200, -05:00 or +013045; at most a day from UTC."""
    digits = re.sub(r"\D", "", offset).ljust(6, "0")
    size = timedelta(hours=int(digits[:2]), minutes=int(digits[2:4]), seconds=int(digits[4:6]))
    size = min(size, timedelta(hours=23, minutes=59))
    return timezone(-size if offset.strip().startswith("-") else size)


def dates_within(text: str) -> list[date]:
    """The days that a text which is no time may mean: a date in it, or those around an impossible one."""
    found = DATE_WITHIN.search(text)
    if found is None:
        return []
    year, month, day = (int(part) for part in found.groups())
    try:
        return [date(year, month, day)]
    except ValueError:
        if not (1 <= year < 9999 and 1 <= month <= 12 and 29 <= day <= 31):
            return []
    following = date(year + month // 12, month % 12 + 1, 1)
    return [following - DAY, following]


@lru_cache(maxsize=512)
def duration(text: str) -> EventLength | None:
    """A DURATION, weeks and days by the clock, hours exactly; None if it is not one. A negative one is as it says."""
    found = DURATION.fullmatch(text.strip())
    if found is None or not any(found.groups()[1:]):
        return None
    sign = -1 if found[1] == "-" else 1
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups()[1:])
    wall = sign * timedelta(weeks=weeks, days=days)
    exact = sign * timedelta(hours=hours, minutes=minutes, seconds=seconds)
    if not exact:
        return EventLength(wall=wall)
    return EventLength(exact=exact) if not wall else EventLength(wall=wall + exact, exact=wall + exact)


def later(local: datetime, by: timedelta) -> datetime:
    """`local` and a span, as far as the calendar reaches."""
    try:
        return local + by
    except OverflowError:
        edge = LATEST if by > NONE else EARLIEST
        return edge.replace(tzinfo=local.tzinfo)


def instant(local: datetime, zone: tzinfo, *, fold: int = 0) -> datetime:
    """The UTC of a local time.

    One that is shown twice means the first, one that is skipped is read by the clock before (RFC 5545 3.3.5); with a
    `fold` the second, or by the clock after.
    """
    if zone is UTC:
        return local.replace(tzinfo=UTC)
    try:
        return local.replace(tzinfo=zone, fold=fold).astimezone(UTC)
    except OverflowError:
        return LATEST if local.year > 5000 else EARLIEST


def covered(local: datetime, zone: tzinfo, length: EventLength, first: datetime | None = None) -> Interval:
    """From when until when an event may last that begins at a local time: skipped times by either reading.

    `first` is the time's `instant`, where it is known.
    """
    first = first or instant(local, zone)
    second = first if zone is UTC else instant(local, zone, fold=1)
    ends = [first]
    if length.exact is not None:
        ends.append(later(first, length.exact))
    if length.wall is not None:
        end = later(local, length.wall)
        ends.append(instant(end, zone))
        if length.wall > NONE and ends[-1] <= first:
            ends.append(instant(end, zone, fold=1))
    # A day begins when its clock does, also where that is at one o'clock.
    whole_days = length.exact is None and local == midnight(local.date())
    return later(first if whole_days else min(first, second), -length.lead), max(ends)


def midnight(day: date) -> datetime:
    """The beginning of a day by its clock."""
    return datetime.combine(day, time())
