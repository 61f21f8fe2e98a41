"""The only now(); each application has a clock, which a demo or a test may move.

Production refuses a clock that moves.
"""

import json
from contextvars import ContextVar, Token
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

from marketplace.languages import formats


class Clock:
    """One application's clock: the machine's, ahead of it by what a file says, or standing still (in tests)."""

    def __init__(self, file: str | Path | None = None) -> None:
        """Take the offset from the JSON file `{"offset_seconds": N}`; None: the machine's time."""
        self._file = Path(file) if file else None
        self._frozen: datetime | None = None

    def freeze(self, instant: datetime | None) -> None:
        """Stand still at `instant` until told otherwise; None: run again."""
        self._frozen = instant

    def now(self) -> datetime:
        """The present instant, in UTC."""
        return self._frozen or datetime.now(UTC) + self.offset()

    def offset(self) -> timedelta:
        """How far this clock is ahead of the machine's."""
        if self._frozen is not None:
            return self._frozen - datetime.now(UTC)
        if self._file is None:
            return timedelta()
        try:
            return timedelta(seconds=float(json.loads(self._file.read_text())["offset_seconds"]))
        except FileNotFoundError:
            return timedelta()

    def on_the_machine(self, instant: datetime) -> datetime:
        """When the machine's own clock will show what this one shows at `instant`."""
        return instant if self._frozen is not None else instant - self.offset()


_current: ContextVar[Clock] = ContextVar("clock")


def use(clock: Clock) -> Token[Clock]:
    """Make this the clock of this thread until `leave`: an application's contexts do so with its own."""
    return _current.set(clock)


def leave(token: Token[Clock]) -> None:
    """Go back to the clock that was there before `use` gave this token."""
    _current.reset(token)


def current() -> Clock:
    """The clock of the application in whose context we are; raises RuntimeError outside of any."""
    found = _current.get(None)
    if found is None:
        raise RuntimeError("no clock here: each application has its own (`with app.app_context():`)")
    return found


def now() -> datetime:
    """The present instant, in UTC."""
    return current().now()


def today(zone: str) -> date:
    """The date that clocks in an IANA zone show now."""
    return now().astimezone(ZoneInfo(zone)).date()


def midnight(day: date, *, days_later: int = 0) -> datetime:
    """The instant at which a day begins in UTC, or one so many days later."""
    return datetime.combine(day, time(), UTC) + timedelta(days=days_later)


def of_the_machine() -> datetime:
    """What the machine's own clock shows, wherever ours stands: for what others sign or stamp by theirs."""
    return datetime.now(UTC)


def on_the_machine(instant: datetime) -> datetime:
    """When the machine's own clock will show what ours shows at `instant` (for the job queue, which reads that)."""
    return current().on_the_machine(instant)


@cache
def zones() -> tuple[str, ...]:
    """The IANA zones a person may live in: 'UTC' and every 'Area/City'; no bare offsets, which know no summer."""
    return tuple(sorted(z for z in available_timezones() if z == "UTC" or ("/" in z and not z.startswith("Etc/"))))


def spoken(instant: datetime, zone: str, until: datetime | None = None, *, dated: bool = False) -> str:
    """A time as its reader writes it, with its zone: 'Tue 24 Nov, 18:00-19:00 (Berlin)'.

    Without `until` only the start; the year stands there when it is not the present one, or on papers that are `dated`.
    """
    local = instant.astimezone(ZoneInfo(zone))
    year = dated or local.year != now().astimezone(ZoneInfo(zone)).year
    text = f"{formats.day(local, year=year)}, {formats.clock_time(local)}"
    if until is not None:
        end = until.astimezone(ZoneInfo(zone))
        same_day = end.date() == local.date()
        shown = formats.clock_time(end)
        text += f"-{shown}" if same_day else f" - {formats.day(end, year=year)}, {shown}"
    return f"{text} ({formats.place(zone)})"
