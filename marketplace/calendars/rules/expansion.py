"""Busy times of iCalendar text. Also a program: text on standard input, JSON out.

A rule of recurrence may describe millions of events, so strangers' calendars are worked out in a process that may die.
"""

import json
import resource
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar

Interval = tuple[datetime, datetime]

OURS = "@fairhour"
# No zone is further from UTC: floating and all-day times are looked for so much earlier and later.
FURTHEST = timedelta(hours=26)

CPU_SECONDS = 8
MEMORY_BYTES = 1_000_000_000

UNREADABLE = "What came back is not a calendar (iCalendar)."
CUT_OFF = "The calendar ends in the middle."


class NotUnderstood(ValueError):
    """The text cannot be used; the message is for its coach."""


def busy_times(text: bytes, zone: str, start: datetime, end: datetime, most: int) -> tuple[list[Interval], int]:
    """The merged busy intervals (UTC) that touch [start, end), and how many events could not be understood.

    All-day and floating times are those of `zone`. Cancelled and transparent events and our own sessions do not
    count. Raises NotUnderstood where there is no calendar, or where there are more than `most` occurrences.
    """
    found: list[Interval] = []
    skipped = 0
    for calendar in _calendars(text):
        for series in _series(calendar):
            try:
                found += _occurrences(series, ZoneInfo(zone), start, end)
            except MemoryError:
                raise
            except Exception:  # whatever the libraries stumble over in one event, the others count
                skipped += 1
            _check_number(found, most)
        found += _free_busy(calendar, start, end)
        _check_number(found, most)
    return merged(found), skipped


def _calendars(text: bytes) -> list[Any]:
    begun, ended = (text.upper().count(word) for word in (b"BEGIN:VCALENDAR", b"END:VCALENDAR"))
    if not begun:
        raise NotUnderstood(UNREADABLE)
    if ended < begun:
        raise NotUnderstood(CUT_OFF)
    try:
        return list(Calendar.from_ical(text, multiple=True))
    except (ValueError, LookupError) as error:
        raise NotUnderstood(UNREADABLE) from error


def _series(calendar: Any) -> Iterable[Calendar]:
    """Events of one UID together, a recurring one and its exceptions, each as a calendar of its own."""
    by_uid: dict[str, Calendar] = defaultdict(lambda: _like(calendar))
    for number, event in enumerate(calendar.walk("VEVENT")):
        uid = str(event.get("UID", f"without uid {number}"))
        if not uid.endswith(OURS):
            by_uid[uid].add_component(event)
    return by_uid.values()


def _like(calendar: Any) -> Calendar:
    empty = Calendar()
    # Not of the standard, but Google means it: the zone of times that name none.
    if "X-WR-TIMEZONE" in calendar:
        empty.add("X-WR-TIMEZONE", calendar["X-WR-TIMEZONE"])
    return empty


def _check_kinds(event: Any) -> None:
    """RFC 5545 3.8.2.2: beginning and end are both dates or both times; what mixes them is not understood."""
    if "DTEND" in event and isinstance(event["DTSTART"].dt, datetime) != isinstance(event["DTEND"].dt, datetime):
        raise ValueError("an event from a date to a time")


def _occurrences(series: Calendar, zone: ZoneInfo, start: datetime, end: datetime) -> Iterator[Interval]:
    for event in series.walk("VEVENT"):
        _check_kinds(event)
    for event in recurring_ical_events.of(series).between(start - FURTHEST, end + FURTHEST):
        if _is_busy(event):
            begins, ends = _instant(event["DTSTART"].dt, zone), _instant(event["DTEND"].dt, zone)
            if begins < ends and begins < end and ends > start:
                yield begins, ends


def _is_busy(event: Any) -> bool:
    return (
        str(event.get("STATUS", "")).upper() != "CANCELLED"
        and str(event.get("TRANSP", "")).upper() != "TRANSPARENT"
        and str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper() != "FREE"
    )


def _instant(value: date | datetime, zone: ZoneInfo) -> datetime:
    if not isinstance(value, datetime):
        value = datetime.combine(value, time())
    return (value if value.tzinfo is not None else value.replace(tzinfo=zone)).astimezone(UTC)


def _free_busy(calendar: Any, start: datetime, end: datetime) -> Iterator[Interval]:
    """What a calendar that shows no events says of itself (RFC 5545 3.6.4)."""
    for component in calendar.walk("VFREEBUSY"):
        given = component.get("FREEBUSY", [])
        for period in given if isinstance(given, list) else [given]:
            begins, ends = (moment.astimezone(UTC) for moment in (period.start, period.end))
            if str(period.params.get("FBTYPE", "BUSY")).upper() != "FREE" and begins < end and ends > start:
                yield begins, ends


def _check_number(found: list[Interval], most: int) -> None:
    if len(found) > most:
        raise NotUnderstood(f"It has more than {most:,} events in the next 400 days.")


def merged(intervals: Iterable[Interval]) -> list[Interval]:
    """The same time without overlaps, in order; what touches is one."""
    joined: list[Interval] = []
    for begins, ends in sorted(intervals):
        if joined and begins <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], ends))
        else:
            joined.append((begins, ends))
    return joined


def answer(question: bytes) -> dict[str, Any]:
    """A line of JSON (zone, start, end, most) and the text below it: `busy` and `skipped`, or `error`."""
    line, _, text = question.partition(b"\n")
    asked = json.loads(line)
    start, end = (datetime.fromisoformat(asked[name]) for name in ("start", "end"))
    try:
        busy, skipped = busy_times(text, asked["zone"], start, end, asked["most"])
    except NotUnderstood as error:
        return {"error": str(error)}
    return {"busy": [[begins.isoformat(), ends.isoformat()] for begins, ends in busy], "skipped": skipped}


def main() -> None:
    """Answer standard input within limits of processor time and memory."""
    for kind, most in ((resource.RLIMIT_CPU, CPU_SECONDS), (resource.RLIMIT_AS, MEMORY_BYTES)):
        with suppress(ValueError, OSError):
            resource.setrlimit(kind, (most, most))
    sys.stdout.write(json.dumps(answer(sys.stdin.buffer.read())))


if __name__ == "__main__":
    main()
