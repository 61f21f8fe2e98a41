"""Components of iCalendar text; one that is broken ends where the next begins. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from marketplace.calendars.rules.content_lines import ContentLine, Doubts
from marketplace.languages import lazy_gettext as _l

CALENDAR, EVENT = "VCALENDAR", "VEVENT"
# None of these stands inside another, so each ends whatever was not ended.
OUTERMOST = {EVENT, "VTODO", "VJOURNAL", "VFREEBUSY", "VTIMEZONE", "VAVAILABILITY"}
OBSERVANCES = {"STANDARD", "DAYLIGHT"}
# What an alarm never says: it belongs to the event whose alarm was not ended.
OF_EVENTS = {"UID", "DTSTART", "DTEND", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "STATUS", "TRANSP"}
ENDS = {"DTEND", "DURATION"}
# All that is ever asked of an event.
SAID_OF_EVENTS = OF_EVENTS | ENDS | {"EXRULE", "X-MICROSOFT-CDO-BUSYSTATUS"}
# No calendar needs more inside one another.
DEEPEST = 10

NO_COLON = _l("Not a line of a calendar. The rest of its event counts.").message
NOT_ENDED = _l("Not ended before the next one begins. Both count.").message
NOT_BEGUN = _l("Ends without having begun. What stands before it counts as an event.").message
TWO_IN_ONE = _l("A second event begins without the first one's end. Both count.").message


@dataclass(frozen=True)
class CalendarComponent:
    """A component with its own properties and those inside it, as far as they could be told apart."""

    name: str
    begun: ContentLine
    properties: dict[str, list[ContentLine]] = field(default_factory=dict)
    parts: list["CalendarComponent"] = field(default_factory=list)

    def add(self, line: ContentLine) -> None:
        """Take a property in."""
        self.properties.setdefault(line.name, []).append(line)

    def lines(self, name: str) -> list[ContentLine]:
        """The properties of that name that say anything."""
        found = self.properties.get(name)
        return [line for line in found if line.value] if found else []

    def has(self, names: Iterable[str]) -> bool:
        """Is there a property of one of these names?"""
        return not self.properties.keys().isdisjoint(names)


class Splitter:
    """Puts lines into components. `calendars` holds what was found, `complete` whether the last one was ended."""

    def __init__(self, doubts: Doubts) -> None:
        self.calendars: list[CalendarComponent] = []
        self.junk = 0
        self.begun = False
        self._doubts = doubts
        self._open: list[CalendarComponent] = []

    def read(self, lines: Iterable[ContentLine]) -> "Splitter":
        """Take all lines in."""
        for line in lines:
            kind = line.value.upper() if line.name in {"BEGIN", "END"} else ""
            if line.name == "BEGIN":
                self._begin(kind, line)
            elif line.name == "END":
                self._end(kind, line)
            elif not line.name:
                self.junk += 1
                self._doubts.add(line, NO_COLON)
            else:
                self._property(line)
        return self

    @property
    def complete(self) -> bool:
        """Was everything ended that was begun?"""
        return not self._open

    def _begin(self, kind: str, line: ContentLine) -> None:
        self.begun = True
        if kind == CALENDAR:
            self._close_to(0, line)
        elif kind in OUTERMOST:
            self._close_to(1, line)
        elif kind in OBSERVANCES and self._open and self._open[-1].name in OBSERVANCES:
            self._close_to(len(self._open) - 1, line)
        if kind != CALENDAR and not self._open:
            self._open.append(self._calendar(line))
        if len(self._open) >= DEEPEST:
            return
        component = CalendarComponent(kind, line)
        if kind == CALENDAR:
            self.calendars.append(component)
        else:
            self._open[-1].parts.append(component)
        self._open.append(component)

    def _calendar(self, line: ContentLine) -> CalendarComponent:
        """The calendar that components belong to which stand outside of one."""
        if not self.calendars:
            self.calendars.append(CalendarComponent(CALENDAR, line))
        return self.calendars[-1]

    def _end(self, kind: str, line: ContentLine) -> None:
        for depth in range(len(self._open) - 1, -1, -1):
            if self._open[depth].name == kind:
                self._close_to(depth + 1, line)
                self._open.pop()
                return
        loose = self._open[-1] if self._open else self._calendar(line)
        if kind == EVENT and loose.name == CALENDAR and loose.has({"DTSTART"}):
            self._doubts.add(line, NOT_BEGUN)
            # What else is loose stays the calendar's: taken along each time, it would be read over and over.
            its = {name: loose.properties.pop(name) for name in SAID_OF_EVENTS if name in loose.properties}
            loose.parts.append(CalendarComponent(EVENT, line, its))

    def _close_to(self, depth: int, line: ContentLine) -> None:
        """End what is open below `depth`; a calendar without its own END is not told where another begins."""
        while len(self._open) > depth:
            component = self._open.pop()
            if component.name == CALENDAR:
                continue
            self._doubts.add(line if component.name != EVENT else component.begun, NOT_ENDED)
            parent = self._open[-1] if self._open else None
            if parent is not None and parent.name == EVENT:
                for name in OF_EVENTS & component.properties.keys():
                    parent.properties.setdefault(name, []).extend(component.properties[name])

    def _property(self, line: ContentLine) -> None:
        component = self._open[-1] if self._open else self._calendar(line)
        if component.name == EVENT and self._is_anothers(component, line):
            self._doubts.add(line, TWO_IN_ONE)
            self._open.pop()
            component = CalendarComponent(EVENT, line)
            self._open[-1].parts.append(component)
            self._open.append(component)
        component.add(line)

    @staticmethod
    def _is_anothers(event: CalendarComponent, line: ContentLine) -> bool:
        if line.name == "UID":
            return event.has({"UID"}) and event.has({"DTSTART"})
        return line.name == "DTSTART" and event.has({"DTSTART"}) and event.has(ENDS)
