"""A VEVENT as it is understood. Pure.

What is doubtful is told, and read so that rather too much is busy than too little."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from marketplace.calendars.rules.components import CalendarComponent
from marketplace.calendars.rules.content_lines import ContentLine, Doubts
from marketplace.calendars.rules.moments import (
    DAY,
    NONE,
    EventLength,
    Moment,
    dates_within,
    duration,
    instant,
    midnight,
    moment,
)
from marketplace.calendars.rules.recurrence_rules import RecurrenceRule, rule_of
from marketplace.calendars.rules.written_zones import ZoneBook, is_utc
from marketplace.languages import lazy_gettext as _l

HOUR = DAY / 24
# Nobody means more by an end that comes before its beginning: it crosses midnight, or the two were exchanged.
NEAR = DAY / 2

NO_START = _l("It cannot be told when this event begins. It does not count.").message
START_ASSUMED = _l(
    "It cannot be told when this event begins. The time that it had, or the day of its end, counts."
).message
START_IS_A_DAY = _l("Not a time. The whole day counts.").message
SECOND_START = _l("An event that begins twice. Both count.").message
END_UNKNOWN = _l("Not an end. An hour, or the day, counts.").message
END_FIRST = _l("Ends before it begins. About an hour from its beginning counts.").message
MIXED = _l("From a date to a time. The whole days count.").message
ZONE_UNKNOWN = _l("A time zone that nobody knows. It counts in your own.").message
TWO_READINGS = _l("A time zone beside a time in UTC. Both readings count.").message
RULE_UNKNOWN = _l("Not a rule of recurrence. Only its first time counts.").message
RULE_PARTLY = _l("Not all of this rule is understood. What is not limits nothing.").message
EXDATE_UNKNOWN = _l("Not a time that could be left out. It counts.").message
RDATE_UNKNOWN = _l("Not a time. If it says a date, that day counts.").message
EXRULE = _l("A rule of exceptions is no longer in use. What it leaves out counts.").message
MOVED_UNKNOWN = _l("It cannot be told which one of the series was changed. The old and the new time count.").message

# A change of these makes two events of one UID different ones.
TELLING = {"DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "STATUS", "TRANSP"}


@dataclass(frozen=True)
class CalendarReading:
    """What is known while a calendar is read: its zones, that of times without one, the coach's own."""

    zones: ZoneBook
    floating: tzinfo
    coach: ZoneInfo
    doubts: Doubts


@dataclass(frozen=True)
class OutsideEvent:
    """An event of a calendar elsewhere. `replaces` is the instance of its series whose place it takes."""

    uid: str
    is_busy: bool
    start: Moment
    length: EventLength
    rules: list[tuple[RecurrenceRule, ContentLine]] = field(default_factory=list)
    more: list[tuple[Moment, EventLength]] = field(default_factory=list)
    without: list[Moment] = field(default_factory=list)
    replaces: Moment | None = None
    and_later: bool = False
    source: frozenset[str] = frozenset()


def events_of(component: CalendarComponent, reading: CalendarReading) -> list[OutsideEvent]:
    """The event, twice where it can be read in two ways; none if nothing says when it is."""
    both = [
        line
        for name in ("DTSTART", "DTEND", "RECURRENCE-ID")
        for line in component.lines(name)
        if _is_doubly_zoned(line, reading)
    ]
    for line in both:
        reading.doubts.add(line, TWO_READINGS)
    found = [EventReader(component, reading, trust_z).event() for trust_z in ([True, False] if both else [True])]
    return [event for event in found if event is not None]


def _is_doubly_zoned(line: ContentLine, reading: CalendarReading) -> bool:
    parameters, value = line.likeliest
    zone = reading.zones.zone(parameters["TZID"]) if "TZID" in parameters and value.upper().endswith("Z") else None
    return zone is not None and not is_utc(zone)


class EventReader:
    """Reads one component. Without `trust_z` a zone beside a Z is what was meant."""

    def __init__(self, component: CalendarComponent, reading: CalendarReading, trust_z: bool) -> None:
        self._component, self._reading, self._trust_z = component, reading, trust_z
        self._doubts = reading.doubts
        self._assumed = False

    def event(self) -> OutsideEvent | None:
        """The event, or None if nothing says when it is."""
        busy = is_busy(self._component)
        replaced = self._component.lines("RECURRENCE-ID")
        starts = self._starts() or self._in_place_of_a_start()
        if not starts:
            if busy or not replaced:
                self._doubts.add((self._component.lines("DTSTART") or [self._component.begun])[0], NO_START)
            return None
        start, *others = starts
        length = self._length(start)
        return OutsideEvent(
            uid=next((line.value for line in self._component.lines("UID")), ""),
            is_busy=busy,
            start=start,
            length=length,
            rules=list(self._rules()),
            more=[*((other, length) for other in others), *self._more(start, length)],
            without=list(self._all("EXDATE", EXDATE_UNKNOWN)),
            # What does not say when it is now takes nothing from where it was.
            replaces=None if busy and self._assumed else self._replaced(replaced),
            and_later=any("THISANDFUTURE" in line.likeliest[0].get("RANGE", "").upper() for line in replaced),
            source=frozenset(
                line.text for name, lines in self._component.properties.items() if name in TELLING for line in lines
            ),
        )

    def _starts(self) -> list[Moment]:
        found: dict[Moment, None] = {}
        lines = self._component.lines("DTSTART")
        for line in lines:
            if found and line.text != lines[0].text:
                self._doubts.add(line, SECOND_START)
            read = self._moment(line)
            if read is not None:
                found[read] = None
                continue
            days = dates_within(line.value)
            if days:
                self._doubts.add(line, START_IS_A_DAY)
            found |= dict.fromkeys(Moment(midnight(day), is_date=True) for day in days)
        return list(found)

    def _in_place_of_a_start(self) -> list[Moment]:
        """Without a beginning: the instance whose place it takes, or the day of its end."""
        for line in [*self._component.lines("RECURRENCE-ID"), *self._component.lines("DTEND")]:
            if (read := self._moment(line)) is not None:
                self._doubts.add((self._component.lines("DTSTART") or [line])[0], START_ASSUMED)
                self._assumed = True
                return [read if line.name == "RECURRENCE-ID" else Moment(midnight(read.local.date()), is_date=True)]
        return []

    def _moment(self, line: ContentLine) -> Moment | None:
        for parameters, value in line.readings():
            if (read := self._value(line, parameters, value)) is not None:
                return read
        return None

    def _value(self, line: ContentLine, parameters: Mapping[str, str], value: str) -> Moment | None:
        zone = None
        if name := parameters.get("TZID", ""):
            zone = self._reading.zones.zone(name)
        read = moment(value, zone, trust_z=self._trust_z or zone is None)
        if read is None:
            return None
        if name and zone is None and read.zone is None and not read.is_date:
            self._doubts.add(line, ZONE_UNKNOWN)
            return Moment(read.local, self._reading.coach)
        if parameters.get("VALUE", "").upper() == "DATE" and read.local == midnight(read.local.date()):
            return Moment(read.local, is_date=True)
        return read

    def _all(self, name: str, doubt: str) -> Iterator[Moment]:
        """Every value of the lists of that name."""
        for line in self._component.lines(name):
            parameters, values = self._list(line)
            for value in values:
                read = self._value(line, parameters, value)
                if read is not None:
                    yield read
                elif value.strip():
                    self._doubts.add(line, doubt)

    def _list(self, line: ContentLine) -> tuple[Mapping[str, str], list[str]]:
        """Parameters and values of a list, by the reading in which the first value is a time."""
        readings = [(parameters, value.split(",")) for parameters, value in line.readings()]
        for parameters, values in readings:
            if self._value(line, parameters, values[0].partition("/")[0]) is not None:
                return parameters, values
        return readings[0]

    def _more(self, start: Moment, length: EventLength) -> Iterator[tuple[Moment, EventLength]]:
        for line in self._component.lines("RDATE"):
            parameters, values = self._list(line)
            for value in values:
                begins, slash, ends = value.partition("/")
                read = self._value(line, parameters, begins)
                if read is None:
                    if value.strip():
                        self._doubts.add(line, RDATE_UNKNOWN)
                    for day in dates_within(value):
                        yield Moment(midnight(day), is_date=True), EventLength(wall=DAY)
                elif not slash:
                    yield read, length
                else:
                    until = duration(ends) or self._between(read, self._value(line, parameters, ends))
                    yield read, until if until is not None and until.longest > NONE else EventLength(exact=HOUR)

    def _between(self, start: Moment, end: Moment | None) -> EventLength | None:
        if end is None:
            return None
        return EventLength(exact=self._instant(end) - self._instant(start))

    def _instant(self, read: Moment) -> datetime:
        return instant(read.local, read.zone or (self._reading.coach if read.is_date else self._reading.floating))

    def _rules(self) -> Iterator[tuple[RecurrenceRule, ContentLine]]:
        for line in self._component.lines("RRULE"):
            rule, understood = rule_of(line.value)
            if rule is None:
                self._doubts.add(line, RULE_UNKNOWN)
                continue
            if not understood or (rule.until is not None and moment(rule.until, None) is None):
                self._doubts.add(line, RULE_PARTLY)
            yield rule, line
        for line in self._component.lines("EXRULE"):
            self._doubts.add(line, EXRULE)

    def _replaced(self, lines: list[ContentLine]) -> Moment | None:
        for line in lines:
            if (read := self._moment(line)) is not None:
                return read
            self._doubts.add(line, MOVED_UNKNOWN)
        return None

    def _length(self, start: Moment) -> EventLength:
        """How long it lasts; the longest of what it says of that."""
        lengths = [self._until_end(start, line) for line in self._component.properties.get("DTEND", ())]
        for line in self._component.properties.get("DURATION", ()):
            read = duration(line.value)
            if read is None:
                self._doubts.add(line, END_UNKNOWN)
            elif (read.wall or read.exact or NONE) < NONE:
                self._doubts.add(line, END_FIRST)
                read = None
            lengths.append(read or EventLength(exact=HOUR))
        if start.is_date:
            days = [-(-length.longest // DAY) for length in lengths]
            return EventLength(wall=max([1, *days]) * DAY)
        return max(lengths, key=lambda length: length.longest, default=EventLength(exact=NONE))

    def _until_end(self, start: Moment, line: ContentLine) -> EventLength:
        end = self._moment(line)
        if end is None:
            self._doubts.add(line, END_UNKNOWN)
            days = dates_within(line.value)
            last = max(((midnight(day) + DAY - start.local) for day in days), default=NONE)
            return EventLength(wall=last) if NONE < last <= 31 * DAY else EventLength(exact=HOUR)
        if start.is_date:
            return self._whole_days(start, end, line)
        if end.is_date:
            self._doubts.add(line, MIXED)
            end = Moment(end.local + (DAY if end.local.date() <= start.local.date() else NONE), start.zone)
        exact = self._instant(end) - self._instant(start)
        wall = end.local - start.local if end.zone == start.zone else None
        if (exact if wall is None else wall) < NONE:
            return self._end_first(-exact, line)
        return EventLength(wall=wall, exact=exact if exact > NONE or not wall else wall)

    def _end_first(self, early: timedelta, line: ContentLine) -> EventLength:
        self._doubts.add(line, END_FIRST)
        if early >= DAY:
            return EventLength(exact=HOUR)
        return EventLength(exact=HOUR, lead=early) if early <= NEAR else EventLength(exact=DAY - early)

    def _whole_days(self, start: Moment, end: Moment, line: ContentLine) -> EventLength:
        if not end.is_date:
            if not self._assumed:
                self._doubts.add(line, MIXED)
        elif end.local < start.local:
            self._doubts.add(line, END_FIRST)
        return EventLength(wall=max(end.local - start.local, NONE))


def is_busy(component: CalendarComponent) -> bool:
    """Does the event take its owner's time? Only what says that it is free, or off, is free."""

    def says(name: str, free: str) -> bool:
        return name in component.properties and {line.value.upper() for line in component.lines(name)} == {free}

    return not (
        says("STATUS", "CANCELLED") or says("TRANSP", "TRANSPARENT") or says("X-MICROSOFT-CDO-BUSYSTATUS", "FREE")
    )
