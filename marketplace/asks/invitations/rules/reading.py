"""What an iCalendar text invites to: who, how long, when, how often (RFC 5546). Pure.

The forgiving reader of outside calendars reads it. When in doubt that one counts rather too much as busy; but nobody is
sold a time that is doubtful, so here a doubt about the time itself is a refusal with its reason.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from marketplace.asks.invitations.rules import people, reasons
from marketplace.asks.invitations.rules.people import Invitee
from marketplace.asks.rules.pricing import LEAST_MINUTES, MOST_MINUTES
from marketplace.calendars.rules.components import EVENT, CalendarComponent, Splitter
from marketplace.calendars.rules.content_lines import ContentLine, Doubts, content_lines, text_of
from marketplace.calendars.rules.events import CalendarReading, OutsideEvent, events_of
from marketplace.calendars.rules.expansion import OURS
from marketplace.calendars.rules.moments import Interval, Moment, instant, later, moment
from marketplace.calendars.rules.recurrence import WorkBudget
from marketplace.calendars.rules.series import FURTHEST, SeriesReader
from marketplace.calendars.rules.written_zones import ZoneBook, floating_zone
from marketplace.languages import LazyText

REQUEST, PUBLISH, CANCEL = "REQUEST", "PUBLISH", "CANCEL"
MOST_BYTES = 512 * 1024
MOST_STEPS = 60_000
MOST_COMPONENTS = 500
LONGEST_UID, LONGEST_SUMMARY = 500, 200
MOST_ATTENDEES = 200
MOST_SEQUENCE = 2**31 - 1
# So many sessions of a series are counted, within so long.
MOST_SESSIONS, LOOKS_AHEAD = 52, timedelta(days=730)


class NotAnInvitation(ValueError):
    """The text cannot be quoted for; `reason` says why, in the reader's language when it is shown."""

    def __init__(self, reason: LazyText) -> None:
        super().__init__(reason.message)
        self.reason = reason


@dataclass(frozen=True)
class ReadInvitation:
    """A meeting as an invitation has it: its next time, and how many there are where it recurs.

    `method` is REQUEST, PUBLISH or CANCEL; what a cancellation does not say is None or ''. `attendees` are the others,
    without the organiser. `sessions` are those to come, at most MOST_SESSIONS; `endless` says that no end is given.
    `instance` is the beginning of the one meeting of a series that this is about, None where it is about all of it.
    """

    method: str
    uid: str
    sequence: int
    stamp: datetime | None
    organiser: Invitee | None
    attendees: tuple[Invitee, ...]
    summary: str
    starts_at: datetime | None
    minutes: int
    zone: str
    sessions: int
    endless: bool
    recurs: bool
    instance: datetime | None
    doubts: tuple[str, ...] = ()


def read(raw: bytes, *, zone: str, now: datetime) -> ReadInvitation:
    """What the text invites to, times without a zone read by `zone`'s clock; raises NotAnInvitation."""
    if len(raw) > MOST_BYTES:
        raise NotAnInvitation(reasons.TOO_LARGE)
    if not raw.strip():
        raise NotAnInvitation(reasons.EMPTY)
    doubts = AllDoubts()
    split = Splitter(doubts).read(content_lines(text_of(raw)))
    if not split.begun or not split.calendars:
        raise NotAnInvitation(reasons.NO_CALENDAR)
    return _Reader(split, doubts, ZoneInfo(zone), now).invitation()


class AllDoubts(Doubts):
    """Doubts of which every sentence is known, however many lines have one."""

    def __init__(self) -> None:
        super().__init__()
        self.sentences: dict[str, None] = {}

    def add(self, line: ContentLine, sentence: str) -> None:
        """Count what is doubtful about a line."""
        super().add(line, sentence)
        self.sentences[sentence] = None


class _Reader:
    """Reads the one meeting of a text."""

    def __init__(self, split: Splitter, doubts: AllDoubts, zone: ZoneInfo, now: datetime) -> None:
        self._split, self._doubts, self._coach, self._now = split, doubts, zone, now
        self._work = WorkBudget(MOST_STEPS, MOST_STEPS)
        self._calendar, self._events = self._one_meeting()

    def _one_meeting(self) -> tuple[CalendarComponent, list[CalendarComponent]]:
        """The components of the one UID there is."""
        found = [(calendar, part) for calendar in self._split.calendars for part in calendar.parts]
        events = [(calendar, part) for calendar, part in found if part.name == EVENT]
        if not events:
            raise NotAnInvitation(
                reasons.BUSY_ONLY if any(part.name == "VFREEBUSY" for _, part in found) else reasons.NO_EVENT
            )
        if not self._split.complete:
            raise NotAnInvitation(reasons.CUT_OFF)
        if len(events) > MOST_COMPONENTS or len({_first(part, "UID") for _, part in events}) > 1:
            raise NotAnInvitation(reasons.SEVERAL)
        return events[0][0], [part for _, part in events]

    def invitation(self) -> ReadInvitation:
        """What it is, or why it is none."""
        method = self._method()
        uid = _first(self._events[0], "UID")
        if not uid:
            raise NotAnInvitation(reasons.NO_UID)
        if len(uid) > LONGEST_UID or not uid.isprintable():
            raise NotAnInvitation(reasons.UID_TOO_LONG)
        if uid.endswith(OURS):
            raise NotAnInvitation(reasons.OWN_SESSION)
        main = next((each for each in self._events if not each.lines("RECURRENCE-ID")), self._events[0])
        reading, events = self._read_events()
        instance = events[0].replaces if len(self._events) == 1 and events else None
        said = ReadInvitation(
            method=method,
            uid=uid,
            sequence=max(_sequence(each) for each in self._events),
            stamp=max((found for each in self._events if (found := _stamp(each))), default=None),
            organiser=self._organiser(main, method),
            attendees=(),
            summary=people.shown(people.unescaped(_first(main, "SUMMARY")), LONGEST_SUMMARY),
            starts_at=None,
            minutes=0,
            zone="",
            sessions=0,
            endless=False,
            recurs=False,
            instance=None if instance is None else self._at(instance, reading),
        )
        return said if method == CANCEL else self._with_times(said, main, events, reading)

    def _method(self) -> str:
        method = _first(self._calendar, "METHOD").upper()
        if method in reasons.REFUSED_METHODS:
            raise NotAnInvitation(reasons.REFUSED_METHODS[method])
        # An event that was saved by itself is one that somebody published.
        if method not in {REQUEST, PUBLISH, CANCEL, ""}:
            raise NotAnInvitation(reasons.UNKNOWN_METHOD)
        masters = [each for each in self._events if not each.lines("RECURRENCE-ID")] or self._events
        cancelled = all(_first(each, "STATUS").upper() == "CANCELLED" for each in masters)
        return CANCEL if cancelled else method or PUBLISH

    def _organiser(self, main: CalendarComponent, method: str) -> Invitee | None:
        found = {people.invitee(line) for line in main.lines("ORGANIZER")}
        if not found:
            if method == CANCEL:
                return None
            raise NotAnInvitation(reasons.NO_ORGANISER)
        if len({each.email for each in found}) > 1:
            raise NotAnInvitation(reasons.SEVERAL_ORGANISERS)
        organiser = found.pop()
        if not organiser.email and method != CANCEL:
            raise NotAnInvitation(reasons.ORGANISER_UNREACHABLE)
        return organiser

    def _read_events(self) -> tuple[CalendarReading, list[OutsideEvent]]:
        local = self._now.replace(tzinfo=None)
        zones = ZoneBook(self._calendar, later(local, -FURTHEST), later(local, LOOKS_AHEAD + FURTHEST), self._work)
        reading = CalendarReading(zones, floating_zone(self._calendar, zones, self._coach), self._coach, self._doubts)
        events: list[OutsideEvent] = []
        for component in self._events:
            # Where it can be read in two ways, the first is by the Z; that it is doubtful is told.
            for event in events_of(component, reading)[:1]:
                # Whether it makes its organiser busy does not matter here.
                events.append(replace(event, is_busy=_first(component, "STATUS").upper() != "CANCELLED"))
        return reading, events

    def _with_times(
        self, said: ReadInvitation, main: CalendarComponent, events: list[OutsideEvent], reading: CalendarReading
    ) -> ReadInvitation:
        self._refuse_doubts()
        if not events:
            raise NotAnInvitation(reasons.NO_START)
        first = next((each for each in events if each.replaces is None), events[0])
        if first.start.is_date:
            raise NotAnInvitation(reasons.ALL_DAY)
        times = self._times(events, reading)
        self._refuse_doubts()
        if not times:
            begins = self._at(first.start, reading)
            if not first.length.longest:
                raise NotAnInvitation(reasons.NO_LENGTH)
            raise NotAnInvitation(reasons.TOO_FAR if begins > self._now + LOOKS_AHEAD else reasons.OVER)
        begins, ends = times[0]
        minutes = -(-int((ends - begins).total_seconds()) // 60)
        if minutes < LEAST_MINUTES:
            raise NotAnInvitation(reasons.TOO_SHORT)
        if minutes > MOST_MINUTES:
            raise NotAnInvitation(reasons.TOO_LONG)
        rules = [rule for each in events for rule, _ in each.rules]
        recurs = said.instance is None and bool(rules or first.more or len(times) > 1)
        floats = first.start.zone is None and reading.floating is reading.coach
        attendees = people.invitees(main.lines("ATTENDEE"), most=MOST_ATTENDEES)
        return replace(
            said,
            attendees=tuple(each for each in attendees if said.organiser is None or each.email != said.organiser.email),
            starts_at=begins,
            minutes=minutes,
            zone=_named(reading.floating if first.start.zone is None else first.start.zone, main),
            sessions=min(len(times), MOST_SESSIONS) if recurs else 1,
            endless=recurs and any(rule.count is None and rule.until is None for rule in rules),
            recurs=recurs,
            doubts=(*self._doubts.sentences, *([reasons.FLOATING.message] if floats else [])),
        )

    def _times(self, events: list[OutsideEvent], reading: CalendarReading) -> Sequence[Interval]:
        """When it takes place from now on, in order."""
        reader = SeriesReader(reading, self._now, later(self._now, LOOKS_AHEAD), self._work)
        found: dict[datetime, datetime] = {}
        for begins, ends in reader.intervals(events):
            found[begins] = max(found.get(begins, ends), ends)
        return sorted((begins, ends) for begins, ends in found.items() if begins >= self._now)

    def _refuse_doubts(self) -> None:
        for sentence in self._doubts.sentences:
            if sentence in reasons.REFUSED_DOUBTS:
                raise NotAnInvitation(reasons.REFUSED_DOUBTS[sentence])

    def _at(self, read: Moment, reading: CalendarReading) -> datetime:
        return instant(read.local, read.zone or (self._coach if read.is_date else reading.floating))


def _first(component: CalendarComponent, name: str) -> str:
    return next((line.value for line in component.lines(name)), "")


def _sequence(component: CalendarComponent) -> int:
    text = _first(component, "SEQUENCE")
    return min(int(text), MOST_SEQUENCE) if text.isascii() and text.isdecimal() and len(text) < 12 else 0


def _stamp(component: CalendarComponent) -> datetime | None:
    """When this version was made: DTSTAMP, else LAST-MODIFIED."""
    lines: list[ContentLine] = [*component.lines("DTSTAMP"), *component.lines("LAST-MODIFIED")]
    for line in lines:
        if (found := moment(line.value, UTC)) is not None and not found.is_date:
            return instant(found.local, found.zone or UTC)
    return None


def _named(zone: tzinfo, main: CalendarComponent) -> str:
    """The zone of the meeting as people know it: its IANA name, else what the calendar calls it."""
    key = getattr(zone, "key", None)
    if isinstance(key, str):
        return key
    if zone is UTC:
        return "UTC"
    lines = main.lines("DTSTART")
    return people.shown(lines[0].likeliest[0].get("TZID", ""), people.LONGEST_NAME) if lines else ""
