"""What a waitlist entry asks for, its states, and how long an offer stands. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from marketplace.states import StateMachine

WAITING, OFFERED, BOOKED, LEFT, OVER = "waiting", "offered", "booked", "left", "over"

# A hold that is paid for after it has lapsed books the time for an entry that waits again.
STATES = StateMachine(
    "waitlist entry",
    frozenset({WAITING}),
    {
        WAITING: frozenset({OFFERED, BOOKED, LEFT, OVER}),
        OFFERED: frozenset({WAITING, BOOKED, LEFT, OVER}),
        BOOKED: frozenset(),
        LEFT: frozenset(),
        OVER: frozenset(),
    },
)
OPEN = frozenset(STATES.states) - STATES.final

OFFER_MINUTES = 20
# One missed offer may be a night's sleep: to the end of the waitlist. After the second it is over.
MISSES = 2
MOST_AT_ONCE = 10
LONGEST_DAYS = 62

EVERY_DAY = tuple(range(7))
DAY_MINUTES = 24 * 60


@dataclass(frozen=True)
class WaitlistCriteria:
    """Times between two dates, both included, on some weekdays (Monday is 0) and within some minutes of the day.

    All of it by the clock of `timezone`; `until_minute` 1440 is midnight.
    """

    starts_on: date
    ends_on: date
    timezone: str
    weekdays: Sequence[int] = EVERY_DAY
    from_minute: int = 0
    until_minute: int = DAY_MINUTES

    def window(self) -> tuple[datetime, datetime]:
        """The instants from which and before which a session may start, in UTC."""
        zone = ZoneInfo(self.timezone)
        end = self.ends_on + timedelta(days=1)
        return (
            datetime.combine(self.starts_on, time(), zone).astimezone(UTC),
            datetime.combine(end, time(), zone).astimezone(UTC),
        )

    def fits(self, starts_at: datetime, minutes: int) -> bool:
        """Does a session of so many minutes that starts then meet these criteria?"""
        zone = ZoneInfo(self.timezone)
        begins = starts_at.astimezone(zone)
        if not self.starts_on <= begins.date() <= self.ends_on or begins.weekday() not in self.weekdays:
            return False
        if (self.from_minute, self.until_minute) == (0, DAY_MINUTES):
            return True
        ends = (starts_at + timedelta(minutes=minutes)).astimezone(zone)
        end_minute = (ends.date() - begins.date()).days * DAY_MINUTES + _minute(ends)
        return self.from_minute <= _minute(begins) and end_minute <= self.until_minute

    def is_past(self, now: datetime) -> bool:
        """Can no time fit any more?"""
        return self.window()[1] <= now


def _minute(local: datetime) -> int:
    return local.hour * 60 + local.minute


def after_a_miss(missed: int) -> str:
    """The state of an entry whose mentee has let `missed` offers go: waiting again, or over."""
    return WAITING if missed < MISSES else OVER
