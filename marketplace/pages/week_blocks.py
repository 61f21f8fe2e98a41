"""A coach's week as blocks: sessions, free time, and what is busy elsewhere. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from marketplace.bookings.models import Booking
from marketplace.languages import formats
from marketplace.pages.weeks import midnight

FREE, BUSY, SESSION = "free", "busy", "session"
HALF_HOUR = timedelta(minutes=30)
TALLEST = 12


@dataclass(frozen=True)
class Block:
    """A part of one day, on the coach's clock: free, busy elsewhere, or a session."""

    kind: str
    starts_at: datetime
    ends_at: datetime
    booking: Booking | None = None

    @property
    def hours(self) -> str:
        """'09:00-17:00', as its reader writes it; until midnight it ends at 00:00."""
        return f"{formats.clock_time(self.starts_at)}-{formats.clock_time(self.ends_at)}"

    @property
    def height(self) -> int:
        """Its length in half hours, from 1 to 12."""
        return max(1, min(TALLEST, round((self.ends_at - self.starts_at) / HALF_HOUR)))


@dataclass(frozen=True)
class DayOfBlocks:
    """A day with its blocks, in order of time."""

    date: date
    blocks: Sequence[Block]


def free_spans(starts: Iterable[datetime], minutes: int) -> list[tuple[datetime, datetime]]:
    """The time in which sessions of so many minutes fit that begin at `starts` (in order), merged."""
    spans: list[tuple[datetime, datetime]] = []
    for begins in starts:
        ends = begins + timedelta(minutes=minutes)
        if spans and begins <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(ends, spans[-1][1]))
        else:
            spans.append((begins, ends))
    return spans


def days_of_blocks(
    begins: date,
    zone: str,
    *,
    free: Iterable[tuple[datetime, datetime]],
    busy: Iterable[tuple[datetime, datetime]],
    sessions: Iterable[Booking],
    days: int = 7,
) -> list[DayOfBlocks]:
    """So many days from `begins` on, each with its part of what there is."""
    every = [Block(FREE, *span) for span in free] + [Block(BUSY, *span) for span in busy]
    every += [Block(SESSION, one.starts_at, one.ends_at, one) for one in sessions]
    return [_day(begins + timedelta(days=number), zone, every) for number in range(days)]


def _day(day: date, zone: str, every: Sequence[Block]) -> DayOfBlocks:
    first, last = midnight(day, zone), midnight(day + timedelta(days=1), zone)
    place = ZoneInfo(zone)
    within = [
        Block(
            each.kind,
            max(each.starts_at, first).astimezone(place),
            min(each.ends_at, last).astimezone(place),
            each.booking,
        )
        for each in every
        if each.starts_at < last and each.ends_at > first
    ]
    return DayOfBlocks(day, sorted(within, key=lambda block: (block.starts_at, block.kind)))
