"""Busy times of iCalendar text. Also a program: text on standard input, JSON out.

A rule of recurrence may describe millions of events, so strangers' calendars are worked out in a process that may die.
When in doubt, a time is busy: an event too many is harmless, one too few is a double booking.
"""

import gc
import hashlib
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from marketplace import child_process
from marketplace.calendars.rules.components import CalendarComponent, Splitter
from marketplace.calendars.rules.content_lines import Doubt, Doubts, content_lines, text_of
from marketplace.calendars.rules.events import CalendarReading, OutsideEvent, events_of
from marketplace.calendars.rules.moments import NONE, Interval, Moment, duration, instant, later, moment
from marketplace.calendars.rules.recurrence import WorkBudget
from marketplace.calendars.rules.series import FURTHEST, SeriesReader
from marketplace.calendars.rules.written_zones import ZoneBook, floating_zone
from marketplace.languages import lazy_gettext as _l

OURS = "@fairhour"

CPU_SECONDS = 8
MEMORY_BYTES = 1_000_000_000
# Steps for all of a calendar, and for one series of it: some hundreds of daily meetings.
MOST_STEPS, MOST_STEPS_OF_A_SERIES = 250_000, 60_000

UNREADABLE = _l("What came back is not a calendar (iCalendar).").message
PERIOD_UNKNOWN = _l("Not a time from and until. It does not count.").message


class NotUnderstood(ValueError):
    """The text cannot be used; the message is for its coach."""


class BusyPart(NamedTuple):
    """A time (UTC) that is busy. `event` is a digest of the UID by which alone it is so; '' of several, or of none."""

    begins: datetime
    ends: datetime
    event: str


@dataclass(frozen=True)
class FoundTimes:
    """What a calendar says: busy times without overlaps, what was doubtful, and whether it came to its end.

    `ours` are the times of sessions of this kind of site, by UID: who reads them knows whose they are.
    """

    busy: list[BusyPart]
    ours: dict[str, list[BusyPart]] = field(default_factory=dict)
    doubts: list[Doubt] = field(default_factory=list)
    doubt_count: int = 0
    complete: bool = True


def busy_times(text: bytes, zone: str, start: datetime, end: datetime, most: int) -> FoundTimes:
    """The busy times that touch [start, end), at most about `most`: where there are more, short gaps are busy too.

    All-day and floating times are those of `zone`. Cancelled and transparent events do not count.
    Raises NotUnderstood where there is no calendar.
    """
    doubts = Doubts()
    split = Splitter(doubts).read(content_lines(text_of(text)))
    if not split.begun or (split.junk and not any(calendar.parts for calendar in split.calendars)):
        raise NotUnderstood(UNREADABLE)
    found: list[BusyPart] = []
    ours: dict[str, list[BusyPart]] = defaultdict(list)
    work = WorkBudget(MOST_STEPS, MOST_STEPS_OF_A_SERIES)
    for calendar in split.calendars:
        for uid, intervals in _of_calendar(calendar, ZoneInfo(zone), (start, end), work, doubts):
            event = digest(uid)
            (ours[uid] if uid.endswith(OURS) else found).extend(BusyPart(*interval, event) for interval in intervals)
    return FoundTimes(
        busy=merged(found, most),
        ours={uid: merged(parts, most) for uid, parts in ours.items()},
        doubts=sorted(doubts.kept, key=lambda doubt: doubt.line),
        doubt_count=doubts.count,
        complete=split.complete,
    )


def _of_calendar(
    calendar: CalendarComponent, coach: ZoneInfo, window: Interval, work: WorkBudget, doubts: Doubts
) -> Iterator[tuple[str, Iterable[Interval]]]:
    """The busy times of each UID; those without one by themselves."""
    start, end = window
    zones = ZoneBook(
        calendar, later(start.replace(tzinfo=None), -FURTHEST), later(end.replace(tzinfo=None), FURTHEST), work
    )
    reading = CalendarReading(zones, floating_zone(calendar, zones, coach), coach, doubts)
    by_uid: dict[str, list[OutsideEvent]] = defaultdict(list)
    reader = SeriesReader(reading, start, end, work)
    for component in calendar.parts:
        if component.name == "VEVENT":
            events = events_of(component, reading)
            if events and events[0].uid:
                by_uid[events[0].uid] += events
            else:
                yield "", reader.intervals(events)
        elif component.name == "VFREEBUSY":
            yield "", _free_busy(component, reading, window)
    for uid, events in by_uid.items():
        yield uid, reader.intervals(events)


def _free_busy(component: CalendarComponent, reading: CalendarReading, window: Interval) -> Iterator[Interval]:
    """What a calendar that shows no events says of itself (RFC 5545 3.6.4)."""
    for line in component.lines("FREEBUSY"):
        parameters, value = line.likeliest
        for period in value.split(",") if parameters.get("FBTYPE", "").upper() != "FREE" else ():
            first, _, last = period.partition("/")
            begins = _instant(moment(first, None), reading)
            length = duration(last)
            ends = _instant(moment(last, None), reading)
            if begins and length:
                ends = later(begins, length.longest)
            if begins is None or ends is None:
                reading.doubts.add(line, PERIOD_UNKNOWN)
            elif begins < ends and begins < window[1] and ends > window[0]:
                yield begins, ends


def _instant(read: Moment | None, reading: CalendarReading) -> datetime | None:
    return None if read is None else instant(read.local, read.zone or reading.floating)


def digest(uid: str) -> str:
    """By what an event is known again whose UID is kept nowhere; '' of one without."""
    return hashlib.sha256(uid.encode("utf-8", "surrogatepass")).hexdigest()[:32] if uid else ""


def merged(found: Iterable[BusyPart], most: int) -> list[BusyPart]:
    """The same time without overlaps, in order. Of one event what touches is one, too.

    Where that leaves more than `most`, gaps that are too short to matter are closed, until there are about as many.
    """
    joined = _joined(sorted(found), NONE)
    if len(joined) > most:
        joined = _joined(joined, (joined[-1].ends - joined[0].begins) / most)
    return joined


def _joined(found: Iterable[BusyPart], gap: timedelta) -> list[BusyPart]:
    joined: list[BusyPart] = []
    for part in found:
        last = joined[-1] if joined else None
        if last is None or part.begins > later(last.ends, gap) or _only_touches(last, part, gap):
            joined.append(part)
        else:
            event = part.event if part.event == last.event else ""
            joined[-1] = BusyPart(last.begins, max(last.ends, part.ends), event)
    return joined


def _only_touches(last: BusyPart, part: BusyPart, gap: timedelta) -> bool:
    """Does another event begin just when the last ends? It stays by itself, unless gaps are closed."""
    return gap == NONE and part.begins == last.ends and part.event != last.event


def answer(question: bytes) -> dict[str, Any]:
    """A line of JSON (zone, start, end, most) and the text below it: what FoundTimes has, or `error`."""
    line, _, text = question.partition(b"\n")
    asked = json.loads(line)
    start, end = (datetime.fromisoformat(asked[name]) for name in ("start", "end"))
    try:
        found = busy_times(text, asked["zone"], start, end, asked["most"])
    except NotUnderstood as error:
        return {"error": str(error)}
    return {
        "busy": _told(found.busy),
        "ours": {uid: _told(parts) for uid, parts in found.ours.items()},
        "doubts": [asdict(doubt) for doubt in found.doubts],
        "doubt_count": found.doubt_count,
        "complete": found.complete,
    }


def _told(parts: Iterable[BusyPart]) -> list[list[str]]:
    return [[begins.isoformat(), ends.isoformat(), event] for begins, ends, event in parts]


def main() -> None:
    """Answer standard input within limits of processor time and memory."""
    child_process.limit_this(cpu_seconds=CPU_SECONDS, memory_bytes=MEMORY_BYTES)
    # There are no cycles in what is read, and it ends soon: looking for some took half of the time.
    gc.disable()
    sys.stdout.write(json.dumps(answer(sys.stdin.buffer.read())))


if __name__ == "__main__":
    main()
