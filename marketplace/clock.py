"""The only now(). A demo or a test may move it through a file; production refuses to be configured so."""

import json
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

_file: Path | None = None
_frozen: datetime | None = None


def follow(path: str | Path | None) -> None:
    """Take the offset from the JSON file `{"offset_seconds": N}` at `path` from now on; None: the real time."""
    global _file  # noqa: PLW0603  one clock a process, set once at start
    _file = Path(path) if path else None


def freeze(instant: datetime | None) -> None:
    """Stand still at `instant` until told otherwise; None: run again. For tests."""
    global _frozen  # noqa: PLW0603  one clock a process
    _frozen = instant


def offset() -> timedelta:
    """How far our clock is ahead of the machine's; nothing without a clock file."""
    if _frozen is not None:
        return _frozen - datetime.now(UTC)
    if _file is None:
        return timedelta()
    try:
        return timedelta(seconds=float(json.loads(_file.read_text())["offset_seconds"]))
    except FileNotFoundError:
        return timedelta()


def now() -> datetime:
    """The present instant, in UTC."""
    return _frozen or datetime.now(UTC) + offset()


def today(zone: str) -> date:
    """The date that clocks in an IANA zone show now."""
    return now().astimezone(ZoneInfo(zone)).date()


def of_the_machine() -> datetime:
    """What the machine's own clock shows, wherever ours stands: for what others sign or stamp by theirs."""
    return datetime.now(UTC)


def on_the_machine(instant: datetime) -> datetime:
    """When the machine's own clock will show what ours shows at `instant` (for the job queue, which reads that)."""
    return instant if _frozen is not None else instant - offset()


@cache
def zones() -> tuple[str, ...]:
    """The IANA zones a person may live in: 'UTC' and every 'Area/City'; no bare offsets, which know no summer."""
    return tuple(sorted(z for z in available_timezones() if z == "UTC" or ("/" in z and not z.startswith("Etc/"))))


def spoken(instant: datetime, zone: str, until: datetime | None = None) -> str:
    """A time as people read it, with its zone: 'Tue 24 Nov, 18:00-19:00 (Berlin)'.

    Without `until` only the start; the year stands there when it is not the present one.
    """
    local, place = instant.astimezone(ZoneInfo(zone)), zone.rsplit("/", 1)[-1].replace("_", " ")
    year = local.year != now().astimezone(ZoneInfo(zone)).year
    text = f"{_day(local, year)}, {local:%H:%M}"
    if until is not None:
        end = until.astimezone(ZoneInfo(zone))
        text += f"-{end:%H:%M}" if end.date() == local.date() else f" - {_day(end, year)}, {end:%H:%M}"
    return f"{text} ({place})"


def _day(local: datetime, year: bool) -> str:
    return f"{local:%a} {local.day} {local:%b}" + (f" {local.year}" if year else "")
