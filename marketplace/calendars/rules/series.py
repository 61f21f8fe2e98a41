"""Events of one UID together: what recurs, what was moved, what was left out. Pure."""

from bisect import bisect_right
from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta, tzinfo

from marketplace.calendars.rules.events import CalendarReading, OutsideEvent
from marketplace.calendars.rules.moments import (
    DAY,
    LATEST,
    NONE,
    EventLength,
    Interval,
    Moment,
    covered,
    instant,
    later,
    midnight,
    moment,
)
from marketplace.calendars.rules.recurrence import TooMuchWork, WorkBudget, local_times
from marketplace.calendars.rules.recurrence_rules import RecurrenceRule
from marketplace.languages import lazy_gettext as _l

# No zone is further from UTC: local times are looked for so much earlier and later.
FURTHEST = timedelta(hours=26)

TOO_OFTEN = _l("Recurs too often to be worked out. All the time from its beginning to its end counts.").message


@dataclass(frozen=True)
class OutsideOccurrence:
    """One time of a series: by which clock, how long, and at what instant it begins."""

    local: datetime
    zone: tzinfo
    length: EventLength
    at: datetime


@dataclass(frozen=True)
class Replacements:
    """The changed instances of a series by the instant or the day whose place they take, each used once."""

    by_instant: dict[datetime, deque[OutsideEvent]] = field(default_factory=lambda: defaultdict(deque))
    by_day: dict[date, deque[OutsideEvent]] = field(default_factory=lambda: defaultdict(deque))
    # From an instant on, this one and all later ones; `since` are their instants, in order.
    onwards: list[OutsideEvent] = field(default_factory=list)
    since: list[datetime] = field(default_factory=list)
    # How far from its place such a change may put an occurrence.
    reach: timedelta = NONE

    def taken(self, occurrence: OutsideOccurrence, used: set[int]) -> bool:
        """Is there one for this occurrence that is not among the `used`? It is from then on."""
        for waiting in (self.by_day.get(occurrence.local.date()), self.by_instant.get(occurrence.at)):
            while waiting:
                event = waiting.popleft()
                if id(event) not in used:
                    used.add(id(event))
                    return True
        return False

    def in_force(self, at: datetime) -> OutsideEvent | None:
        """The last change that holds for all that comes after it."""
        place = bisect_right(self.since, at)
        return self.onwards[place - 1] if place else None


NO_REPLACEMENTS = Replacements()
# Those of one UID, by what tells which occurrence a change means: is it a series of days, and by which clock?
Known = dict[tuple[bool, tzinfo], Replacements]


class SeriesReader:
    """Works out the events of a calendar between two instants, within a budget of work."""

    def __init__(self, reading: CalendarReading, start: datetime, end: datetime, work: WorkBudget) -> None:
        self._reading, self._start, self._end, self._work = reading, start, end, work

    def intervals(self, events: list[OutsideEvent]) -> Iterator[Interval]:
        """When the events of one UID are busy, in any order and with overlaps."""
        # A copy of an event is not a second one; another event under its UID is.
        masters = {(event.source, event.start): event for event in events if event.replaces is None}.values()
        changed = [event for event in events if event.replaces is not None]
        used: set[int] = set()
        known: Known = {}
        for event in masters:
            yield from self._of(event, changed, used, known)
        for event in changed:
            yield from self._of(event, [], used, known)

    def _zone(self, read: Moment) -> tzinfo:
        return read.zone or (self._reading.coach if read.is_date else self._reading.floating)

    def _at(self, read: Moment, zone: tzinfo | None = None) -> datetime:
        """The instant of a time; one that names no zone is by the clock of `zone`."""
        return instant(read.local, read.zone or zone or self._zone(read))

    def _day(self, read: Moment) -> date:
        """The day that a time means in a series of days: the one whose midnight it is, if any."""
        if not read.is_date and read.zone is not None:
            there = self._at(read).astimezone(self._reading.coach).replace(tzinfo=None)
            if there == midnight(there.date()):
                return there.date()
        return read.local.date()

    def _replacements(self, master: OutsideEvent, changed: list[OutsideEvent], known: Known) -> Replacements:
        if not changed:
            return NO_REPLACEMENTS
        zone = self._zone(master.start)
        found = known.get((master.start.is_date, zone))
        if found is None:
            self._work.spend(len(changed))
            found = known[master.start.is_date, zone] = self._by_place(master, zone, changed)
        return found

    def _by_place(self, master: OutsideEvent, zone: tzinfo, changed: list[OutsideEvent]) -> Replacements:
        found = Replacements()
        onwards: list[tuple[datetime, OutsideEvent]] = []
        for event in changed:
            assert event.replaces is not None
            if master.start.is_date or event.replaces.is_date:
                day = self._day(event.replaces) if master.start.is_date else event.replaces.local.date()
                found.by_day[day].append(event)
            else:
                found.by_instant[self._at(event.replaces, zone)].append(event)
            if event.and_later:
                onwards.append((self._at(event.replaces, zone), event))
        onwards.sort(key=lambda pair: pair[0])
        found.since.extend(since for since, _ in onwards)
        found.onwards.extend(event for _, event in onwards)
        return replace(found, reach=max((self._shift(one) for one in found.onwards), default=NONE))

    def _of(self, event: OutsideEvent, changed: list[OutsideEvent], used: set[int], known: Known) -> Iterator[Interval]:
        self._work.next_series()
        try:
            replacements = self._replacements(event, changed, known)
            if not event.is_busy and not replacements.onwards:
                return
            if event.rules and self._work.is_spent:
                raise TooMuchWork
            for occurrence in self._occurrences(event, replacements.reach):
                if not replacements.taken(occurrence, used):
                    yield from self._shown(event, occurrence, replacements.in_force(occurrence.at))
        except TooMuchWork:
            for _, line in event.rules[:1]:
                self._reading.doubts.add(line, TOO_OFTEN)
            yield from self._whole(event)

    def _shift(self, changed: OutsideEvent) -> timedelta:
        assert changed.replaces is not None
        return abs(self._at(changed.start) - self._at(changed.replaces)) + changed.length.longest

    def _shown(
        self, event: OutsideEvent, occurrence: OutsideOccurrence, changed: OutsideEvent | None
    ) -> Iterator[Interval]:
        """The busy time of an occurrence, as a change of it and all later ones says where there is one."""
        if changed is None:
            if event.is_busy:
                yield from self._within(covered(occurrence.local, occurrence.zone, occurrence.length, occurrence.at))
            return
        if not changed.is_busy:
            return
        assert changed.replaces is not None
        if changed.replaces.zone == changed.start.zone or changed.start.is_date:
            local = later(occurrence.local, changed.start.local - changed.replaces.local)
            yield from self._within(covered(local, occurrence.zone, changed.length))
        else:
            at = later(occurrence.at, self._at(changed.start) - self._at(changed.replaces))
            yield from self._within(covered(at.replace(tzinfo=None), UTC, changed.length))

    def _within(self, interval: Interval) -> Iterator[Interval]:
        """The interval if it touches the time of interest, without what lies far outside of it."""
        begins, ends = interval
        if begins < ends and begins < self._end and ends > self._start:
            yield max(begins, self._start - DAY), min(ends, self._end + DAY)

    def _occurrences(self, event: OutsideEvent, reach: timedelta) -> Iterator[OutsideOccurrence]:
        zone = self._zone(event.start)
        without, days_without = self._without(event)
        seen: set[datetime] = set()
        for read, length in [
            (event.start, event.length),
            *self._listed(event),
            *self._recurring(event, zone, reach),
        ]:
            there = self._zone(read)
            occurrence = OutsideOccurrence(read.local, there, length, instant(read.local, there))
            if (
                occurrence.at in without
                or read.local.date() in days_without
                or (occurrence.at in seen and length == event.length)
            ):
                continue
            seen.add(occurrence.at)
            yield occurrence

    def _listed(self, event: OutsideEvent) -> Iterator[tuple[Moment, EventLength]]:
        """RDATEs: a date beside a series of times is that day at the series' own hour."""
        for read, length in event.more:
            if read.is_date and not event.start.is_date and length == event.length:
                hour = event.start.local - midnight(event.start.local.date())
                yield Moment(later(read.local, hour), event.start.zone), length
            elif event.start.is_date and not read.is_date and length == event.length:
                yield Moment(midnight(self._day(read)), is_date=True), length
            elif read.zone is None and not read.is_date:
                yield Moment(read.local, event.start.zone), length
            else:
                yield read, length

    def _without(self, event: OutsideEvent) -> tuple[set[datetime], set[date]]:
        instants: set[datetime] = set()
        days: set[date] = set()
        for read in event.without:
            if event.start.is_date:
                days.add(self._day(read))
            elif read.is_date:
                days.add(read.local.date())
            else:
                instants.add(instant(read.local, read.zone or self._zone(event.start)))
        return instants, days

    def _recurring(self, event: OutsideEvent, zone: tzinfo, reach: timedelta) -> Iterator[tuple[Moment, EventLength]]:
        if not event.rules or event.length.longest == NONE:
            return
        first = later(self._start.replace(tzinfo=None), -(event.length.longest + reach + FURTHEST))
        last = later(self._end.replace(tzinfo=None), reach + event.length.lead + FURTHEST)
        for rule, _ in event.rules:
            end, until = self._end_of(rule, event, zone)
            shared = rule if until is None else replace(rule, count=None)
            for local in local_times(shared, event.start.local, first, min(last, end), self._work):
                self._work.spend(1)
                if until is None or instant(local, zone) <= until:
                    yield Moment(local, event.start.zone, event.start.is_date), event.length

    def _end_of(self, rule: RecurrenceRule, event: OutsideEvent, zone: tzinfo) -> tuple[datetime, datetime | None]:
        """Until when a rule recurs: about, by the clock of the event, and exactly. Without a Z it is that clock's."""
        until = moment(rule.until, None) if rule.until else None
        if until is None:
            return LATEST.replace(tzinfo=None), None
        if event.start.is_date:
            day = max(self._day(until), until.local.date())
            return midnight(day), instant(midnight(day), zone)
        if until.is_date:
            return later(until.local, DAY), instant(later(until.local, DAY), zone) - timedelta(seconds=1)
        at = instant(until.local, until.zone or zone)
        return later(at.replace(tzinfo=None), FURTHEST), at

    def _whole(self, event: OutsideEvent) -> Iterator[Interval]:
        """All that a series may cover, where it is too much to be worked out."""
        zone = self._zone(event.start)
        ends = [self._end_of(rule, event, zone)[1] or self._end for rule, _ in event.rules]
        begins = [self._at(read) for read in (event.start, *(read for read, _ in event.more))]
        latest = later(max([*ends, *begins]), event.length.longest + DAY)
        if event.is_busy:
            yield from self._within((later(min(begins), -event.length.lead), min(latest, self._end)))
