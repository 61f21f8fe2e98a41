"""Zones that a calendar describes itself: VTIMEZONE (RFC 5545 3.6.5). Pure."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from marketplace.calendars.rules.components import OBSERVANCES, CalendarComponent
from marketplace.calendars.rules.moments import DAY, NONE, fixed, later, moment
from marketplace.calendars.rules.recurrence import TooMuchWork, WorkBudget, local_times
from marketplace.calendars.rules.recurrence_rules import rule_of
from marketplace.calendars.rules.zone_names import named_zone, zone_by_offset

OFFSET = re.compile(r"[+-]\d{2}:?\d{2}(:?\d{2})?")
MOST_OBSERVANCES = 200
# An observance that has ended says until its successor's onset which clock runs.
BACK = timedelta(days=800)


@dataclass(frozen=True, order=True)
class Onset:
    """From a local time, by the clock before it, another offset."""

    local: datetime
    before: timedelta
    after: timedelta


class WrittenZone(tzinfo):
    """A zone as its onsets say; times that are skipped or shown twice are told apart by `fold`, as PEP 495 wants it."""

    def __init__(self, name: str, onsets: list[Onset]) -> None:
        self._name = name
        self._onsets = sorted(onsets)
        self._times = [onset.local for onset in self._onsets]

    def utcoffset(self, moment: datetime | None) -> timedelta:
        """What the clock is ahead of UTC."""
        if moment is None:
            return self._onsets[0].before
        local = moment.replace(tzinfo=None)
        place = bisect_right(self._times, local) - 1
        following = self._onsets[place + 1] if place + 1 < len(self._onsets) else None
        if following and local >= later(following.local, following.after - following.before):
            # Behind the onset by the new clock already: it is shown a second time then.
            return following.after if moment.fold else following.before
        if place < 0:
            return self._onsets[0].before
        last = self._onsets[place]
        if local < later(last.local, last.after - last.before):
            return last.after if moment.fold else last.before
        return last.after

    def dst(self, moment: datetime | None) -> timedelta:
        """Nobody asks."""
        return NONE

    def tzname(self, moment: datetime | None) -> str:
        """As the calendar calls it."""
        return self._name


class ZoneBook:
    """The zones that a calendar's times may name. `first` and `last` are the local times of interest."""

    def __init__(self, calendar: CalendarComponent, first: datetime, last: datetime, work: WorkBudget) -> None:
        self._written: dict[str, CalendarComponent] = {}
        for component in calendar.parts:
            if component.name == "VTIMEZONE" and (named := component.lines("TZID")):
                self._written.setdefault(named[0].value.strip('"').lower(), component)
        self._first, self._last, self._work = first, last, work
        self._found: dict[str, tzinfo | None] = {}

    def zone(self, name: str) -> tzinfo | None:
        """The zone of a TZID: a known one, the calendar's own, one that says an offset; None for any other."""
        if name not in self._found:
            self._found[name] = named_zone(name) or self._own(name) or zone_by_offset(name)
        return self._found[name]

    def _own(self, name: str) -> tzinfo | None:
        component = self._written.get(name.strip().strip('"').lower())
        if component is None:
            return None
        for line in component.lines("X-LIC-LOCATION"):
            if known := named_zone(line.value):
                return known
        self._work.next_series()
        try:
            onsets = list(self._onsets(component))
        except TooMuchWork:
            return None
        return WrittenZone(name, onsets) if onsets else None

    def _onsets(self, component: CalendarComponent) -> Iterator[Onset]:
        for part in [part for part in component.parts if part.name in OBSERVANCES][:MOST_OBSERVANCES]:
            before, after = (_offset(part, name) for name in ("TZOFFSETFROM", "TZOFFSETTO"))
            began = next((found for line in part.lines("DTSTART") if (found := moment(line.value, None))), None)
            if after is None or began is None:
                continue
            before = after if before is None else before
            yield Onset(began.local, before, after)
            for line in part.lines("RDATE"):
                for value in line.value.split(","):
                    self._work.spend(1)
                    if found := moment(value, None):
                        yield Onset(found.local, before, after)
            for local in self._recurring(part, began.local, before):
                yield Onset(local, before, after)

    def _recurring(self, part: CalendarComponent, began: datetime, before: timedelta) -> Iterator[datetime]:
        for line in part.lines("RRULE"):
            rule, _ = rule_of(line.value)
            if rule is None:
                continue
            until = moment(rule.until, None) if rule.until else None
            # UNTIL is in UTC here (RFC 5545 3.6.5); what lies a day around it is decided by what follows.
            end = self._last if until is None else min(self._last, later(until.local, before + DAY / 24))
            first = later(min(self._first, end), -BACK)
            yield from local_times(rule, began, first, end, self._work)


def _offset(part: CalendarComponent, name: str) -> timedelta | None:
    for line in part.lines(name):
        if OFFSET.fullmatch(line.value):
            return fixed(line.value).utcoffset(None)
    return None


def floating_zone(calendar: CalendarComponent, zones: ZoneBook, coach: ZoneInfo) -> tzinfo:
    """The zone of times that name none: Google's X-WR-TIMEZONE where it can be understood, else the coach's."""
    named = [line.value for line in calendar.lines("X-WR-TIMEZONE")]
    return next((found for name in named if (found := zones.zone(name))), coach)


def is_utc(zone: tzinfo) -> bool:
    """Is a time of that zone the same with and without a Z?"""
    return zone is UTC or getattr(zone, "key", "") in {"UTC", "Etc/UTC", "GMT", "Etc/GMT"}
