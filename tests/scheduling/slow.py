"""A slow reading of the wall clock, minute by minute, to check fast rules against."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from zoneinfo import TZPATH, ZoneInfo, available_timezones

from marketplace import clock
from marketplace.scheduling.rules.hours import Hours
from marketplace.scheduling.rules.openings import Plan

MINUTE = timedelta(minutes=1)
DAY = 1440
AROUND = timedelta(days=2)


def shown_open(hours: list[Hours], zone: ZoneInfo, instant: datetime) -> bool:
    """Does the coach's clock show an open minute? Ranges over midnight reach into the next day."""
    shown = instant.astimezone(zone)
    minute, weekday = shown.hour * 60 + shown.minute, shown.weekday()
    return any(
        (h.weekday == weekday and h.start_minute <= minute < h.end_minute)
        or ((h.weekday + 1) % 7 == weekday and minute + DAY < h.end_minute)
        for h in hours
    )


def transitions(zone: str, first: int, last: int) -> list[datetime]:
    """Every instant from the year `first` through `last` at which the zone's offset changes, by looking each day,
    then each minute."""
    info, found = ZoneInfo(zone), []
    at, end = datetime(first, 1, 1, tzinfo=UTC), datetime(last + 1, 1, 1, tzinfo=UTC)
    offset = at.astimezone(info).utcoffset()
    while at < end:
        following = at + timedelta(days=1)
        offset_then = following.astimezone(info).utcoffset()
        if offset != offset_then:
            low, high = at, following
            while high - low > MINUTE:
                middle = low + (high - low) // 2
                middle = middle.replace(second=0, microsecond=0)
                if middle.astimezone(info).utcoffset() == offset:
                    low = middle
                else:
                    high = middle
            found.append(high)
        at, offset = following, offset_then
    return found


@dataclass(frozen=True)
class Change:
    """A change of clocks, and the zones whose clocks are the same for two days on either side of it."""

    at: datetime
    zones: tuple[str, ...]

    @property
    def zone(self) -> str:
        """One of them: whatever holds for it around this instant holds for all."""
        return self.zones[0]

    @property
    def shape(self) -> tuple[int, str]:
        """By how many minutes clocks jump, and what they showed when they did: (60, '02:00')."""
        before, after = (self.at - MINUTE).astimezone(ZoneInfo(self.zone)), self.at.astimezone(ZoneInfo(self.zone))
        jump = (after.utcoffset() or timedelta()) - (before.utcoffset() or timedelta())
        return jump // MINUTE, f"{before + MINUTE:%H:%M}"


@cache
def changes_of_all() -> dict[str, list[datetime]]:
    """Every change of every zone there is from 2024 to 2034, found slowly; once for all names of the same rules."""
    zones = {zone: _rules_of(zone) for zone in sorted(available_timezones() - {"localtime"})}
    found = {rules: transitions(zone, 2024, 2034) for rules, zone in {zones[zone]: zone for zone in zones}.items()}
    return {zone: found[rules] for zone, rules in zones.items()}


def _rules_of(zone: str) -> bytes:
    """The file that `zoneinfo` reads."""
    for folder in TZPATH:
        if (file := Path(folder, zone)).is_file():
            return file.read_bytes()
    return files("tzdata").joinpath("zoneinfo", *zone.split("/")).read_bytes()


def changes_of_people() -> dict[str, list[datetime]]:
    """Those of the zones that somebody may live in."""
    return {zone: changes_of_all()[zone] for zone in clock.zones()}


def distinct(changes: dict[str, list[datetime]]) -> list[Change]:
    """Each change once for all zones that show the same around it: the offset before, and each offset from when on."""
    alike: dict[tuple[object, ...], list[str]] = defaultdict(list)
    for zone, instants in changes.items():
        info = ZoneInfo(zone)
        for at in instants:
            begins, ends = at - AROUND, at + AROUND
            near = [other for other in instants if begins < other < ends]
            offsets = [(instant, instant.astimezone(info).utcoffset()) for instant in (begins, *near)]
            alike[at, *offsets].append(zone)
    return [Change(key[0], tuple(zones)) for key, zones in alike.items() if isinstance(key[0], datetime)]


def open_by(plan: Plan, instant: datetime) -> bool:
    """The same with date overrides: what is written for a date holds from its midnight on, over the next if need be."""
    shown = instant.astimezone(ZoneInfo(plan.zone))
    minute, day = shown.hour * 60 + shown.minute, shown.date()
    return any(start <= minute < end for start, end in _written(plan, day)) or any(
        start <= minute + DAY < end for start, end in _written(plan, day - timedelta(days=1))
    )


def _written(plan: Plan, day: date) -> list[tuple[int, int]]:
    said = [one for one in plan.overrides if one.date == day]
    week = [(h.start_minute, h.end_minute) for h in plan.week if h.weekday == day.weekday()]
    usual = [] if any(one.kind in {"closed", "hours"} for one in said) else week
    return usual + [(one.start_minute, one.end_minute or 0) for one in said if one.start_minute is not None]
