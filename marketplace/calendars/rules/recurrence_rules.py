"""Rules of recurrence (RFC 5545 3.3.10) as they are written. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

DAYS = {"MO": 0, "TU": 1, "WE": 2, "TH": 3, "FR": 4, "SA": 5, "SU": 6}
ORDINAL_DAY = re.compile(r"([+-]?\d{1,2})?\s*(MO|TU|WE|TH|FR|SA|SU)")
AT_LEAST_ONE = re.compile(r"0{0,9}[1-9]\d{0,8}")
# Least and most of the numbers of each part; with a minus they count from the end.
NUMBERS = {
    "BYSECOND": (0, 60),
    "BYMINUTE": (0, 59),
    "BYHOUR": (0, 23),
    "BYMONTHDAY": (-31, 31),
    "BYYEARDAY": (-366, 366),
    "BYWEEKNO": (-53, 53),
    "BYMONTH": (1, 12),
    "BYSETPOS": (-366, 366),
}
YEARLY, MONTHLY, WEEKLY, DAILY = "YEARLY", "MONTHLY", "WEEKLY", "DAILY"
# How many units of these there are in a day.
WITHIN_A_DAY = {"HOURLY": 24, "MINUTELY": 24 * 60, "SECONDLY": 24 * 60 * 60}
FREQUENCIES = {YEARLY, MONTHLY, WEEKLY, DAILY, *WITHIN_A_DAY}


@dataclass(frozen=True)
class RecurrenceRule:
    """A rule as it was understood; `until` as it was written."""

    frequency: str
    interval: int = 1
    count: int | None = None
    until: str | None = None
    week_start: int = 0
    by_day: tuple[tuple[int, int], ...] = ()
    numbers: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    @cached_property
    def sets(self) -> Mapping[str, frozenset[int]]:
        """The numbers of each BY part that says anything, to be looked into."""
        return {part: frozenset(numbers) for part, numbers in self.numbers.items()}

    @cached_property
    def weekdays(self) -> Mapping[int, frozenset[int]]:
        """The places at which each weekday (Monday is 0) is meant, 0 for every one."""
        return {day: frozenset(place for place, each in self.by_day if each == day) for _, day in self.by_day}

    def by(self, part: str) -> tuple[int, ...]:
        """The numbers of a BY part; none where it says nothing."""
        return self.numbers.get(part, ())


@lru_cache(maxsize=512)
def rule_of(text: str) -> tuple[RecurrenceRule | None, bool]:
    """The rule, without the parts that are none, and whether all of it was understood; no rule without a frequency.

    A part that is left out limits nothing: the rule then comes to more times rather than fewer.
    """
    parts = [part.partition("=") for part in re.sub(r"\s", "", text).upper().split(";") if part]
    given = {name: value for name, _, value in parts}
    if given.pop("FREQ", "") not in FREQUENCIES or given.pop("RSCALE", "GREGORIAN") != "GREGORIAN":
        return None, False
    rule = RecurrenceRule(next(value for name, _, value in parts if name == "FREQ"), until=given.pop("UNTIL", None))
    understood = given.pop("SKIP", "OMIT") == "OMIT"
    numbers: dict[str, tuple[int, ...]] = {}
    for name, value in given.items():
        if name == "INTERVAL" and AT_LEAST_ONE.fullmatch(value):
            rule = replace(rule, interval=int(value))
        elif name == "COUNT" and AT_LEAST_ONE.fullmatch(value):
            rule = replace(rule, count=int(value))
        elif name == "WKST" and value in DAYS:
            rule = replace(rule, week_start=DAYS[value])
        elif name == "BYDAY" and value:
            found = [ORDINAL_DAY.fullmatch(day) for day in dict.fromkeys(value.split(","))]
            days = tuple((int(day[1] or 0), DAYS[day[2]]) for day in found if day)
            rule = replace(rule, by_day=days)
            understood = understood and all(found)
        elif name in NUMBERS and value:
            numbers[name], all_of_it = _numbers(value, *NUMBERS[name])
            understood = understood and all_of_it
        else:
            understood = False
    return replace(rule, numbers={name: kept for name, kept in numbers.items() if kept}), understood


def _numbers(value: str, least: int, most: int) -> tuple[tuple[int, ...], bool]:
    """The numbers of a list that may stand there, each once, and whether these are all."""
    texts = dict.fromkeys(value.split(","))
    found = [int(number) for number in texts if re.fullmatch(r"[+-]?\d{1,3}", number)]
    kept = [number for number in found if least <= number <= most and (number or least == 0)]
    return tuple(dict.fromkeys(kept)), len(kept) == len(texts)
