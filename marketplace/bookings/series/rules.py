"""When the sessions of a series are. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

# What becomes of a series of which not every session fits.
ALL, FITTING = "all", "fitting"


MODES = (ALL, FITTING)


EVERY_WEEKS = (1, 2)


FEWEST, MOST = 2, 12


@dataclass(frozen=True)
class Occurrence:
    """One session of a series: what the coach's clock shows, and when that is (None: the clock skips it)."""

    wall_clock: datetime
    starts_at: datetime | None


def occurrences(starts_at: datetime, zone: str, *, every_weeks: int, count: int) -> list[Occurrence]:
    """The same hour of the coach's clock, week after week, across every change of the clocks.

    Where clocks go back and the hour comes twice it is the first one, except for the first session itself.
    """
    place = ZoneInfo(zone)
    first = starts_at.astimezone(place)
    found = []
    for number in range(count):
        shown = first.replace(tzinfo=None) + timedelta(weeks=every_weeks * number)
        instant = shown.replace(tzinfo=place, fold=0 if number else first.fold).astimezone(UTC)
        exists = instant.astimezone(place).replace(tzinfo=None) == shown
        found.append(Occurrence(shown, instant if exists else None))
    return found
