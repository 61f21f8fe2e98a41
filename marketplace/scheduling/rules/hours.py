"""Hours as a coach writes them: weekly, and date overrides."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from marketplace.languages import lazy_gettext as _l

DAY_MINUTES = 24 * 60
WEEK_MINUTES = 7 * DAY_MINUTES
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

CLOSED, REPLACED, EXTRA = "closed", "hours", "extra"
OVERRIDE_KINDS = {CLOSED: _l("Closed"), REPLACED: _l("Other hours"), EXTRA: _l("Open besides")}


@dataclass(frozen=True, order=True)
class Hours:
    """Open every `weekday` (Monday is 0) from `start_minute` to `end_minute` after its midnight, local time.

    An end beyond 1440 lies on the next day; the range belongs to the day on which it begins.
    """

    weekday: int
    start_minute: int
    end_minute: int

    @property
    def start(self) -> str:
        """'09:00'."""
        return wall_clock(self.start_minute)

    @property
    def end(self) -> str:
        """'17:00', '24:00' at the end of the day, '02:00' where it lies on the next."""
        return wall_clock(_shown(self.end_minute))


@dataclass(frozen=True, order=True)
class Override:
    """What is different on one date: closed (no minutes), other hours instead, or open besides."""

    date: date
    kind: str
    start_minute: int | None = None
    end_minute: int | None = None

    @property
    def start(self) -> str | None:
        """'09:00', or None for a closed day."""
        return None if self.start_minute is None else wall_clock(self.start_minute)

    @property
    def end(self) -> str | None:
        """As in Hours, or None for a closed day."""
        return None if self.end_minute is None else wall_clock(_shown(self.end_minute))


def _shown(minute: int) -> int:
    return minute if minute <= DAY_MINUTES else minute - DAY_MINUTES


def wall_clock(minute: int) -> str:
    """Minutes after midnight as '09:05'; 1440 is '24:00'."""
    return f"{minute // 60:02}:{minute % 60:02}"


def minute_of_day(text: str) -> int:
    """'09:05' -> 545; '24:00' -> 1440. Raises ValueError for anything else."""
    hour, colon, minute = text.strip().partition(":")
    if not (colon and hour.isascii() and hour.isdigit() and minute.isascii() and minute.isdigit() and len(minute) == 2):
        raise ValueError("not a time of day")
    total = int(hour) * 60 + int(minute)
    if int(minute) > 59 or total > DAY_MINUTES:
        raise ValueError("not a time of day")
    return total


def end_minute(start: int, end: int) -> int:
    """Where a range from `start` ends, counted from its day's midnight: an end before the start is the next day's."""
    return end if end >= start else end + DAY_MINUTES


def overlapping(week: Sequence[Hours]) -> tuple[int, int] | None:
    """The positions of two ranges of a week that share a minute, or None; Sunday night meets Monday. They may touch."""
    return overlapping_spans(
        [
            (range_.weekday * DAY_MINUTES + range_.start_minute, range_.weekday * DAY_MINUTES + range_.end_minute)
            for range_ in week
        ],
        cycle=WEEK_MINUTES,
    )


def overlapping_spans(spans: Sequence[tuple[int, int]], *, cycle: int | None = None) -> tuple[int, int] | None:
    """The positions of two spans of minutes that share one, or None; with `cycle` they come again after so many."""
    again = [(start + cycle, end + cycle, at) for at, (start, end) in enumerate(spans)] if cycle else []
    ordered = sorted([(start, end, at) for at, (start, end) in enumerate(spans)] + again)
    latest: tuple[int, int] | None = None
    for start, end, at in ordered:
        if latest is not None and latest[0] > start and latest[1] != at:
            return min(at, latest[1]), max(at, latest[1])
        if latest is None or end > latest[0]:
            latest = (end, at)
    return None
