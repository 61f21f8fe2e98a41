"""What is busy in a calendar's text: the cases of RFC 5545, and those that people's programs really send."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from marketplace import child_process
from marketplace.calendars.rules import expansion
from marketplace.calendars.rules.expansion import digest
from marketplace.calendars.service import imports as calendar_imports
from tests.calendars.reading import found_in, whole
from tests.calendars.servers import MORNING, calendar

START = datetime(2027, 2, 28, tzinfo=UTC)
END = START + timedelta(days=400)

OFFICE = """
BEGIN:VTIMEZONE
TZID:Her Office
BEGIN:STANDARD
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
END:VTIMEZONE
"""


def busy(*events: str, zone: str = "Europe/Berlin", before: str = "", most: int = 20_000) -> list[str]:
    """The busy times as 'MM-DD HH:MM-HH:MM' or with the day of the end, in UTC; nothing was doubtful."""
    found = expansion.busy_times(calendar(*events, before=before), zone, START, END, most)
    assert found.doubts == []
    return [told(*interval) for interval in whole(found.busy)]


def told(begins: datetime, ends: datetime) -> str:
    assert begins.tzinfo == UTC
    return (
        f"{begins:%m-%d %H:%M}-{ends:%H:%M}"
        if begins.date() == ends.date()
        else f"{begins:%m-%d %H:%M}-{ends:%m-%d %H:%M}"
    )


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        pytest.param(MORNING, ["03-02 09:00-10:00"], id="UTC"),
        pytest.param("DTSTART;TZID=America/New_York:20270302T090000\nDURATION:PT90M", ["03-02 14:00-15:30"], id="zone"),
        pytest.param(
            "DTSTART;TZID=W. Europe Standard Time:20270702T090000\nDURATION:PT1H",
            ["07-02 07:00-08:00"],
            id="a zone by Microsoft's name",
        ),
        pytest.param("DTSTART:20270302T090000\nDTEND:20270302T100000", ["03-02 08:00-09:00"], id="floating"),
        pytest.param("DTSTART;VALUE=DATE:20270302", ["03-01 23:00-03-02 23:00"], id="all day"),
        pytest.param(
            "DTSTART;VALUE=DATE:20270328\nDTEND;VALUE=DATE:20270330", ["03-27 23:00-03-29 22:00"], id="days of 23 hours"
        ),
        pytest.param(f"{MORNING}\nSTATUS:CANCELLED", [], id="cancelled"),
        pytest.param(f"{MORNING}\nSTATUS:TENTATIVE", ["03-02 09:00-10:00"], id="tentative"),
        pytest.param(f"{MORNING}\nTRANSP:TRANSPARENT", [], id="transparent"),
        pytest.param(f"{MORNING}\nX-MICROSOFT-CDO-BUSYSTATUS:FREE", [], id="free in Outlook"),
        pytest.param(f"UID:0190@fairhour\n{MORNING}", [], id="our own session"),
        pytest.param("DTSTART:20270302T090000Z", [], id="an instant"),
        pytest.param("DTSTART:20270101T090000Z\nDURATION:PT1H", [], id="past"),
        pytest.param("DTSTART:20290101T090000Z\nDURATION:PT1H", [], id="beyond the horizon"),
        pytest.param(
            "DTSTART:20270227T230000Z\nDTEND:20270228T010000Z", ["02-27 23:00-02-28 01:00"], id="under way at the start"
        ),
        pytest.param(
            "DTSTART;TZID=Europe/Berlin:20270327T090000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=3",
            ["03-27 08:00-09:00", "03-28 07:00-08:00", "03-29 07:00-08:00"],
            id="wall clock across a clock change",
        ),
        pytest.param(
            "DTSTART:20270302T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=3\nEXDATE:20270303T090000Z",
            ["03-02 09:00-10:00", "03-04 09:00-10:00"],
            id="EXDATE",
        ),
        pytest.param(
            "DTSTART:20270302T090000Z\nDURATION:PT1H\nRDATE:20270305T120000Z\nRDATE;VALUE=PERIOD:20270306T120000Z/PT3H",
            ["03-02 09:00-10:00", "03-05 12:00-13:00", "03-06 12:00-15:00"],
            id="RDATE",
        ),
        pytest.param(
            "DTSTART:20270302T090000\nDURATION:PT1H\nRRULE:FREQ=DAILY;UNTIL=20270303T235959Z",
            ["03-02 08:00-09:00", "03-03 08:00-09:00"],
            id="floating with an UNTIL in UTC",
        ),
        pytest.param(
            "DTSTART;VALUE=DATE:19990304\nRRULE:FREQ=YEARLY", ["03-03 23:00-03-04 23:00", "03-03 23:00-03-04 23:00"],
            id="a birthday",
        ),
    ],
)  # fmt: skip
def test_one_event(event: str, expected: list[str]) -> None:
    assert busy(event) == expected


def test_exceptions_replace_what_they_name() -> None:
    series = "UID:s\nDTSTART;TZID=Europe/Berlin:20270701T100000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=4"
    moved = "UID:s\nRECURRENCE-ID;TZID=Europe/Berlin:20270702T100000\nDTSTART:20270702T130000Z\nDURATION:PT2H"
    gone = "UID:s\nRECURRENCE-ID;TZID=Europe/Berlin:20270703T100000\nDTSTART:20270703T080000Z\nSTATUS:CANCELLED"
    assert busy(series, moved, gone) == ["07-01 08:00-09:00", "07-02 13:00-15:00", "07-04 08:00-09:00"]


def test_from_here_on_changes_the_rest() -> None:
    series = "UID:s\nDTSTART:20270701T100000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=3"
    later = "UID:s\nRECURRENCE-ID;RANGE=THISANDFUTURE:20270702T100000Z\nDTSTART:20270702T150000Z\nDURATION:PT1H"
    assert busy(series, later) == ["07-01 10:00-11:00", "07-02 15:00-16:00", "07-03 15:00-16:00"]


def test_a_zone_of_the_calendars_own_making() -> None:
    event = "DTSTART;TZID=Her Office:2027{}T090000\nDURATION:PT1H"
    assert busy(event.format("0302"), event.format("0702"), before=OFFICE) == ["03-02 08:00-09:00", "07-02 07:00-08:00"]


def test_googles_zone_is_that_of_times_that_name_none() -> None:
    floating = "DTSTART:20270702T090000\nDURATION:PT1H"
    assert busy(floating, before="X-WR-TIMEZONE:America/New_York") == ["07-02 13:00-14:00"]


def test_floating_times_are_those_of_the_coach() -> None:
    assert busy("DTSTART:20270302T090000\nDURATION:PT1H", zone="Asia/Kathmandu") == ["03-02 03:15-04:15"]
    assert busy("DTSTART;VALUE=DATE:20270302", zone="Pacific/Kiritimati") == ["03-01 10:00-03-02 10:00"]


def test_what_overlaps_or_touches_is_one_busy_time() -> None:
    assert busy(MORNING, "DTSTART:20270302T093000Z\nDURATION:PT1H", "DTSTART:20270302T103000Z\nDURATION:PT30M") == [
        "03-02 09:00-11:00"
    ]


def test_a_calendar_that_only_says_when() -> None:
    text = (
        b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VFREEBUSY\r\nUID:f\r\n"
        b"FREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20270302T090000Z/PT1H,20270303T090000Z/20270303T100000Z\r\n"
        b"FREEBUSY;FBTYPE=FREE:20270304T090000Z/PT1H\r\nFREEBUSY:20270101T090000Z/PT1H\r\n"
        b"END:VFREEBUSY\r\nBEGIN:VFREEBUSY\r\nUID:g\r\nFREEBUSY:20270305T090000Z/PT1H\r\nEND:VFREEBUSY\r\nEND:VCALENDAR\r\n"
    )
    found = whole(expansion.busy_times(text, "UTC", START, END, 100).busy)
    assert [told(*interval) for interval in found] == ["03-02 09:00-10:00", "03-03 09:00-10:00", "03-05 09:00-10:00"]


def test_several_calendars_in_one_text_are_read_together() -> None:
    text = calendar(MORNING) + calendar("DTSTART:20270303T090000Z\nDURATION:PT1H")
    assert len(expansion.busy_times(text, "UTC", START, END, 100).busy) == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", expansion.UNREADABLE),
        (b"<html><body>Sign in</body></html>", expansion.UNREADABLE),
        (b"BEGIN:VCALENDAR\r\n\x00\xff nonsense\r\nEND:VCALENDAR\r\n", expansion.UNREADABLE),
    ],
)
def test_what_is_no_calendar_is_said_to_be_none(text: bytes, said: str) -> None:
    with pytest.raises(expansion.NotUnderstood, match=said.split("(", maxsplit=1)[0]):
        expansion.busy_times(text, "UTC", START, END, 100)


def test_where_there_are_too_many_events_the_gaps_between_them_are_busy_too() -> None:
    rule = "DTSTART:20270302T000000Z\nDURATION:PT1M\nRRULE:FREQ=MINUTELY;INTERVAL=2;COUNT=2000"
    found = whole(expansion.busy_times(calendar(rule), "UTC", START, END, 100).busy)
    assert 1 <= len(found) <= 101
    assert [told(*found[0])[:11], told(*found[-1])[-11:]] == ["03-02 00:00", "03-04 18:39"]


def question(text: bytes, most: int = 100) -> bytes:
    asked = {"zone": "UTC", "start": START.isoformat(), "end": END.isoformat(), "most": most}
    return json.dumps(asked).encode() + b"\n" + text


def test_as_a_program_it_answers_in_json() -> None:
    line, _, below = question(calendar(MORNING)).partition(b"\n")
    said = child_process.answer(calendar_imports.WORKING_OUT, json.loads(line), below, patience_seconds=60)
    answer = {
        "busy": [["2027-03-02T09:00:00+00:00", "2027-03-02T10:00:00+00:00", digest("0@elsewhere")]],
        "ours": {},
        "doubts": [],
        "doubt_count": 0,
        "complete": True,
    }
    assert json.loads(said) == answer == expansion.answer(question(calendar(MORNING)))
    assert expansion.answer(question(b"nothing")) == {"error": expansion.UNREADABLE}


def parts_of(*events: str) -> list[tuple[str, str]]:
    """When it is busy, and by which of these alone."""
    known = {digest(f"{number}@elsewhere"): str(number) for number in range(len(events))} | {"": "several"}
    return [(told(begins, ends), known[event]) for begins, ends, event in found_in(calendar(*events)).busy]


EIGHT, NINE, HALF_PAST = (f"DTSTART:20270302T{at}Z\nDURATION:PT1H" for at in ("080000", "090000", "093000"))


@pytest.mark.parametrize(
    ("events", "parts"),
    [
        ((NINE,), [("03-02 09:00-10:00", "0")]),
        ((EIGHT, NINE), [("03-02 08:00-09:00", "0"), ("03-02 09:00-10:00", "1")]),
        ((NINE, NINE), [("03-02 09:00-10:00", "several")]),
        ((NINE, HALF_PAST), [("03-02 09:00-10:30", "several")]),
        ((EIGHT, NINE, HALF_PAST), [("03-02 08:00-09:00", "0"), ("03-02 09:00-10:30", "several")]),
        ((f"{EIGHT}\nRRULE:FREQ=HOURLY;COUNT=2",), [("03-02 08:00-10:00", "0")]),
    ],
)
def test_it_is_known_by_which_event_alone_a_time_is_busy(events: tuple[str, ...], parts: list[tuple[str, str]]) -> None:
    assert parts_of(*events) == parts


def test_what_only_says_when_is_of_no_event() -> None:
    text = b"BEGIN:VCALENDAR\r\nBEGIN:VFREEBUSY\r\nUID:f\r\nFREEBUSY:20270305T090000Z/PT1H\r\nEND:VFREEBUSY\r\n"
    assert [part.event for part in found_in(text + b"END:VCALENDAR\r\n").busy] == [""]
