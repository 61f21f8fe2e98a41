"""A slow reading of the wall clock, minute by minute, to check fast rules against."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from marketplace.scheduling.rules import Hours

MINUTE = timedelta(minutes=1)
DAY = 1440


def shown_open(hours: list[Hours], zone: ZoneInfo, instant: datetime) -> bool:
    """Does the coach's clock show an open minute? Ranges over midnight reach into the next day."""
    clock = instant.astimezone(zone)
    minute, weekday = clock.hour * 60 + clock.minute, clock.weekday()
    return any(
        (h.weekday == weekday and h.start_minute <= minute < h.end_minute)
        or ((h.weekday + 1) % 7 == weekday and minute + DAY < h.end_minute)
        for h in hours
    )


def transitions(zone: str, first: int, last: int) -> list[datetime]:
    """Every instant from the year `first` through `last` at which the zone's offset changes, by looking each day,
    then each minute."""
    info, found = ZoneInfo(zone), []
    at, end = datetime(first, 1, 1, tzinfo=UTC), datetime(last + 1, 1, 1, tzinfo=UTC)
    while at < end:
        following = at + timedelta(days=1)
        if at.astimezone(info).utcoffset() != following.astimezone(info).utcoffset():
            low, high = at, following
            while high - low > MINUTE:
                middle = low + (high - low) // 2
                middle = middle.replace(second=0, microsecond=0)
                if middle.astimezone(info).utcoffset() == at.astimezone(info).utcoffset():
                    low = middle
                else:
                    high = middle
            found.append(high)
        at = following
    return found
