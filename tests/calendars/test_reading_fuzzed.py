"""Whatever happens to one event, the others stay busy; rules and zones are read as others read them."""

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from marketplace.calendars.rules import expansion
from marketplace.calendars.rules.recurrence import WorkBudget, local_times
from marketplace.calendars.rules.recurrence_rules import rule_of
from tests.calendars.reading import END, START, whole
from tests.calendars.test_corpus import CORPUS, NAMES

pytestmark = pytest.mark.pure

QUICK = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
LONG = settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))

BEFORE = "BEGIN:VEVENT\r\nUID:before\r\nDTSTART:20270601T090000Z\r\nDTEND:20270601T100000Z\r\nEND:VEVENT\r\n"
AFTER = BEFORE.replace("before", "after").replace("0601", "0602")
TWO = [datetime(2027, 6, day, 9, tzinfo=UTC) for day in (1, 2)]
# Parts of calendars, whole and broken, out of which damaged events are made.
PIECES = [
    line
    for name in NAMES
    for line in (CORPUS / f"{name}.ics").read_bytes().decode("latin-1").splitlines()
    if not line.startswith(("BEGIN:VCALENDAR", "END:VCALENDAR"))
]
ODD = [
    "DTSTART",
    "DTEND:",
    "RRULE:FREQ=",
    ":",
    ";",
    " ",
    '"',
    "BEGIN:",
    "END:",
    "\t;:",
    "DTSTART;TZID=",
    "RDATE:/",
    "X" * 200,
]

pieces = st.lists(st.one_of(st.sampled_from(PIECES), st.sampled_from(ODD), st.text(max_size=30)), max_size=12)


def stays_busy(inside: str, line_end: str) -> None:
    """The events before and after what was damaged are found, however that reads."""
    text = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{BEFORE}{inside}\r\n{AFTER}END:VCALENDAR\r\n".replace("\r\n", line_end)
    found = expansion.busy_times(text.encode("utf-8", "surrogatepass"), "Europe/Berlin", START, END, 20_000)
    for begins in TWO:
        assert any(first <= begins and begins + timedelta(hours=1) <= last for first, last in whole(found.busy)), text
    assert found.doubt_count >= len(found.doubts)
    json.dumps([doubt.sentence for doubt in found.doubts])


ENDS = st.sampled_from(["\r\n", "\n", "\r"])


@QUICK
@given(inside=pieces, end=ENDS)
@example(inside=["BEGIN:VEVENT", "DTSTART:20270601T090000Z"], end="\r\n")
@example(inside=["BEGIN:VALARM"], end="\r\n")
@example(inside=["END:VCALENDAR"], end="\r\n")
@example(inside=["BEGIN:VTIMEZONE", "TZID:x", "BEGIN:STANDARD"], end="\r\n")
def test_whatever_stands_between_two_events_they_are_busy(inside, end):
    stays_busy("\r\n".join(inside), end)


@pytest.mark.slow
@LONG
@given(inside=pieces, end=ENDS)
def test_whatever_stands_between_two_events_they_are_busy_at_length(inside, end):
    stays_busy("\r\n".join(inside), end)


@st.composite
def damaged(draw) -> str:
    """An event of the corpus with a line lost, doubled, cut or put elsewhere."""
    name = draw(st.sampled_from(NAMES))
    lines = (CORPUS / f"{name}.ics").read_bytes().decode("latin-1").splitlines()
    lines = [line for line in lines if "VCALENDAR" not in line.upper()]
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, max(len(lines) - 1, 0)))
        what = draw(st.sampled_from(["lose", "double", "cut", "move", "space"]))
        if not lines:
            break
        line = lines.pop(place)
        if what == "double":
            lines[place:place] = [line, line]
        elif what == "cut":
            lines.insert(place, line[: draw(st.integers(0, len(line)))])
        elif what == "move":
            lines.insert(draw(st.integers(0, len(lines))), line)
        elif what == "space":
            lines.insert(place, f" {line}")
    return "\r\n".join(lines)


@QUICK
@given(inside=damaged(), end=ENDS)
def test_a_damaged_event_hides_no_other(inside, end):
    stays_busy(inside, end)


@pytest.mark.slow
@LONG
@given(inside=damaged(), end=ENDS)
def test_a_damaged_event_hides_no_other_at_length(inside, end):
    stays_busy(inside, end)


@QUICK
@given(text=st.binary(max_size=300))
def test_any_bytes_are_a_calendar_or_said_to_be_none(text):
    for raw in (text, b"BEGIN:VCALENDAR\n" + text):
        with suppress(expansion.NotUnderstood):
            found = expansion.busy_times(raw, "UTC", START, END, 100)
            assert all(begins < ends for begins, ends, _ in found.busy)


# Rules, as dateutil reads them

DAYS = st.lists(st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"]), min_size=1, max_size=3, unique=True)
ORDINALS = st.lists(st.sampled_from(["1MO", "-1FR", "2TU", "-2SU", "5SA"]), min_size=1, max_size=2, unique=True)


def numbers(*choices: int):
    return st.lists(st.sampled_from(choices), min_size=1, max_size=3, unique=True).map(
        lambda found: ",".join(map(str, found))
    )


@st.composite
def rules(draw) -> str:
    """A rule that the standard allows, and that comes at some time: dateutil looks for others until the year 9999."""
    frequency = draw(st.sampled_from(["YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY"]))
    parts = {"FREQ": frequency}
    if draw(st.booleans()):
        parts["INTERVAL"] = str(draw(st.integers(1, 7)))
    if draw(st.booleans()):
        parts["BYMONTH"] = draw(numbers(1, 2, 3, 6, 12))
    if draw(st.booleans()):
        by_ordinal = frequency in {"YEARLY", "MONTHLY"} and draw(st.booleans())
        parts["BYDAY"] = ",".join(draw(ORDINALS if by_ordinal else DAYS))
    elif frequency != "WEEKLY" and draw(st.booleans()):
        parts["BYMONTHDAY"] = draw(numbers(1, 13, 28, -1, -5))
    elif frequency == "YEARLY" and "BYMONTH" not in parts and draw(st.booleans()):
        parts[draw(st.sampled_from(["BYYEARDAY", "BYWEEKNO"]))] = draw(numbers(1, 20, 52, -1))
    if frequency != "HOURLY" and draw(st.booleans()):
        parts["BYHOUR"] = draw(numbers(8, 9, 17))
    if draw(st.booleans()):
        parts["BYMINUTE"] = draw(numbers(0, 15, 45))
    if len(parts) > 2 and draw(st.booleans()):
        parts["BYSETPOS"] = draw(numbers(1, -1))
    if draw(st.booleans()):
        parts["WKST"] = draw(st.sampled_from(["MO", "SU"]))
    if draw(st.booleans()):
        parts["COUNT"] = str(draw(st.integers(1, 40)))
    return ";".join(f"{name}={value}" for name, value in parts.items())


def agree(text: str, start: datetime) -> None:
    """Ours and dateutil's times of a rule are the same between two days."""
    first, last = datetime(2027, 3, 1), datetime(2028, 3, 1)
    if "FREQ=WEEKLY" in text and "BYSETPOS" in text:
        # Of the first week dateutil counts the days from the start on alone; of a whole one it counts all, as we do.
        start -= timedelta(days=(start.weekday() - (6 if "WKST=SU" in text else 0)) % 7)
    rule, understood = rule_of(text)
    assert rule is not None
    assert understood
    ours = list(local_times(rule, start, first, last, WorkBudget(10_000_000, 10_000_000)))
    assert ours == rrulestr(text, dtstart=start).between(first, last, inc=True), (text, start)


STARTS = st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 1)).map(lambda at: at.replace(second=0, microsecond=0))


@QUICK
@given(text=rules(), start=STARTS)
def test_rules_are_read_as_dateutil_reads_them(text, start):
    agree(text, start)


def test_the_first_of_a_week_is_counted_in_the_whole_week_though_the_rule_begins_in_its_middle():
    # RFC 5545, BYSETPOS: of the set in one interval. The Monday before the start is the first of its week.
    rule, _ = rule_of("FREQ=WEEKLY;BYDAY=MO,TU;BYSETPOS=1")
    tuesday = datetime(2027, 3, 16, 9)
    times = local_times(rule, tuesday, datetime(2027, 3, 1), datetime(2027, 4, 1), WorkBudget(1000, 1000))
    assert list(times) == [datetime(2027, 3, 22, 9), datetime(2027, 3, 29, 9)]


@pytest.mark.slow
@LONG
@given(text=rules(), start=STARTS)
def test_rules_are_read_as_dateutil_reads_them_at_length(text, start):
    agree(text, start)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"])
def test_a_zone_that_a_calendar_describes_is_read_as_the_zone_itself(zone):
    """By icalendar's own description of it, under a name that says nothing."""
    from icalendar import Timezone

    described = Timezone.from_tzinfo(ZoneInfo(zone), first_date=datetime(2026, 1, 1), last_date=datetime(2029, 1, 1))
    head = described.to_ical().decode().replace(f"TZID:{zone}", "TZID:Our Office")
    events, expected = "", []
    for day in range(0, 300, 5):
        local = datetime(2027, 3, 3, 12) + timedelta(days=day)
        expected.append(local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC))
        events += f"BEGIN:VEVENT\r\nDTSTART;TZID=Our Office:{local:%Y%m%dT%H%M%S}\r\nDURATION:PT1H\r\nEND:VEVENT\r\n"
    text = f"BEGIN:VCALENDAR\r\n{head}{events}END:VCALENDAR\r\n"
    assert [
        begins for begins, _ in whole(expansion.busy_times(text.encode(), "UTC", START, END, 1000).busy)
    ] == expected
