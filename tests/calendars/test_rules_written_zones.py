"""Zones that a calendar describes itself: what their clocks show, also where the description is odd."""

from datetime import datetime, timedelta

import pytest

from marketplace.calendars.rules.components import Splitter
from marketplace.calendars.rules.content_lines import Doubts, content_lines, text_of
from marketplace.calendars.rules.recurrence import WorkBudget
from marketplace.calendars.rules.written_zones import WrittenZone, ZoneBook, floating_zone, is_utc

HOUR = timedelta(hours=1)
WINTER = ["BEGIN:STANDARD", "DTSTART:20001029T030000", "TZOFFSETFROM:+0200", "TZOFFSETTO:+0100"]
SUMMER = ["BEGIN:DAYLIGHT", "DTSTART:20000326T020000", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0200"]
YEARLY = ["RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU"], ["RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU"]


def calendar(*parts, name="Own", more=()):
    zone = ["BEGIN:VTIMEZONE", f"TZID:{name}", *more]
    for part in parts:
        zone += [*part, f"END:{part[0].removeprefix('BEGIN:')}"]
    lines = ["BEGIN:VCALENDAR", *zone, "END:VTIMEZONE", "END:VCALENDAR", ""]
    doubts = Doubts()
    split = Splitter(doubts).read(content_lines(text_of("\r\n".join(lines).encode())))
    return split.calendars[0]


def book(*parts, steps=100_000, **how):
    budget = WorkBudget(steps, steps)
    return ZoneBook(calendar(*parts, **how), datetime(2027, 1, 1), datetime(2028, 12, 31), budget)


def zone(*parts, **how):
    return book(*parts, **how).zone("Own")


@pytest.fixture
def berlin():
    return zone([*WINTER, *YEARLY[0]], [*SUMMER, *YEARLY[1]])


@pytest.mark.parametrize(
    ("local", "fold", "hours"),
    [
        ("2027-01-15T12:00", 0, 1),
        ("2027-07-15T12:00", 0, 2),
        # 02:30 is skipped on 28 March: it is told by the clock before, or with fold by the one after (PEP 495).
        ("2027-03-28T02:30", 0, 1),
        ("2027-03-28T02:30", 1, 2),
        # 02:30 is shown twice on 31 October.
        ("2027-10-31T02:30", 0, 2),
        ("2027-10-31T02:30", 1, 1),
        ("2027-10-31T03:30", 0, 1),
    ],
)
def test_its_clock_goes_by_its_onsets(berlin, local, fold, hours):
    assert berlin.utcoffset(datetime.fromisoformat(local).replace(fold=fold)) == hours * HOUR


def test_a_zone_that_begins_late_had_the_clock_before_it():
    late = zone(["BEGIN:STANDARD", "DTSTART:20270601T000000", "TZOFFSETFROM:+0300", "TZOFFSETTO:+0400"])
    assert late.utcoffset(datetime(2027, 5, 1)) == 3 * HOUR
    assert late.utcoffset(datetime(2027, 7, 1)) == 4 * HOUR
    assert (late.utcoffset(None), late.dst(None), late.tzname(None)) == (3 * HOUR, timedelta(0), "Own")


def test_onsets_may_be_listed_and_what_is_no_time_is_left_out():
    listed = zone([*SUMMER, "RDATE:20270401T020000,never,20280401T020000", "RRULE:FREQ=SOMETIMES"], WINTER)
    assert listed.utcoffset(datetime(2027, 4, 2)) == 2 * HOUR


def test_an_observance_without_offset_or_beginning_says_nothing():
    assert zone(["BEGIN:STANDARD", "DTSTART:20001029T030000"], ["BEGIN:DAYLIGHT", "TZOFFSETTO:+0200"]) is None
    alone = zone(["BEGIN:STANDARD", "DTSTART:20001029T030000", "TZOFFSETTO:+0530", "TZOFFSETFROM:soon"])
    assert alone.utcoffset(datetime(2027, 1, 1)) == timedelta(hours=5, minutes=30)


def test_a_rule_that_ended_leaves_the_last_clock_running():
    ended = zone([*WINTER, "RRULE:FREQ=YEARLY;UNTIL=20101031T010000Z;BYMONTH=10;BYDAY=-1SU"])
    assert ended.utcoffset(datetime(2027, 7, 1)) == HOUR


def test_a_zone_may_say_which_one_it_is_and_one_that_is_too_much_work_is_none():
    known = zone([*WINTER], more=("X-LIC-LOCATION:Nowhere/Atall", "X-LIC-LOCATION:Europe/Berlin"))
    assert str(known) == "Europe/Berlin"
    assert zone([*WINTER, "RDATE:" + ",".join(["20270401T020000"] * 50)], steps=10) is None


def test_names_are_found_whatever_their_case_and_quotes_once(berlin):
    zones = book([*WINTER])
    assert isinstance(zones.zone('"OWN"'), WrittenZone)
    assert zones.zone("Elsewhere") is None
    assert zones.zone("Elsewhere") is None


def test_what_names_no_zone_is_in_the_coachs_or_the_calendars():
    plain = calendar(WINTER)
    zones = book(WINTER)
    assert floating_zone(plain, zones, coach="the coach's") == "the coach's"
    assert is_utc(zones.zone("UTC"))
    assert not is_utc(zones.zone("Own"))
