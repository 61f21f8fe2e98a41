"""Invites as calendars read them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import vobject
from icalendar import Calendar

from marketplace.notifications.rules.calendar_events import CalendarEvent, CalendarUser, calendar_file

GOLDEN = Path(__file__).parent / "golden"
BOOKED = datetime(2027, 3, 1, 9, tzinfo=UTC)
START = datetime(2027, 3, 2, 17, tzinfo=UTC)
HOUR = timedelta(hours=1)

MEETING = CalendarEvent(
    uid="019547d2-0000-7000-8000-000000000001@fairhour",
    sequence=0,
    status="CONFIRMED",
    starts_at=START,
    ends_at=START + HOUR,
    summary="One hour of mentoring: Mia Müller and Ada, Countess",
    description='About leadership; bring, one question.\nIt has been on my mind for long: "how do I stop doing '
    'their work"? Ich weiß es noch nicht, aber ich möchte es wissen. C:\\notes',
    organiser=CalendarUser('Ada "Countess", Lovelace', "hello@fairhour.example"),
    attendees=(CalendarUser("Mia Müller", "mia@example.com"), CalendarUser("Ada, Countess", "ada@example.com")),
    location="https://meet.jit.si/00112233445566778899aabbccddeeff",
    url="http://localhost/sessions/019547d2-0000-7000-8000-000000000001",
    created_at=BOOKED,
    changed_at=BOOKED,
)
MOVED = replace(
    MEETING,
    sequence=1,
    starts_at=START + timedelta(days=30),
    ends_at=START + timedelta(days=30) + HOUR,
    changed_at=BOOKED + HOUR,
)
CANCELLED = replace(MOVED, sequence=2, status="CANCELLED", changed_at=BOOKED + 2 * HOUR)
ANOTHER = replace(MEETING, uid="019547d2-0000-7000-8000-000000000002@fairhour", status="TENTATIVE")

MESSAGES = {
    "request": calendar_file([MEETING], method="REQUEST", stamp=BOOKED),
    "update": calendar_file([MOVED], method="REQUEST", stamp=BOOKED + HOUR),
    "cancel": calendar_file([CANCELLED], method="CANCEL", stamp=BOOKED + 2 * HOUR),
    "feed": calendar_file([MEETING, ANOTHER], method="PUBLISH", name="Fairhour: Mia's sessions"),
}


def the_event(text):
    (event,) = Calendar.from_ical(text).walk("VEVENT")
    return event


@pytest.mark.parametrize("name", MESSAGES)
def test_every_message_is_byte_for_byte_the_golden_one(name):
    assert MESSAGES[name].encode() == (GOLDEN / f"{name}.ics").read_bytes()


@pytest.mark.parametrize("name", MESSAGES)
def test_every_message_is_folded_and_ends_its_lines_as_calendars_want_it(name):
    lines = MESSAGES[name].encode().split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert not any(b"\n" in line or b"\r" in line for line in lines)


@pytest.mark.parametrize(
    ("name", "method", "status", "sequence", "start"),
    [
        ("request", "REQUEST", "CONFIRMED", 0, MEETING.starts_at),
        ("update", "REQUEST", "CONFIRMED", 1, MOVED.starts_at),
        ("cancel", "CANCEL", "CANCELLED", 2, MOVED.starts_at),
    ],
)
def test_two_readers_understand_every_message_alike(name, method, status, sequence, start):
    text = MESSAGES[name]
    calendar, event = Calendar.from_ical(text), the_event(text)
    read = vobject.readOne(text)
    assert (calendar["METHOD"], read.method.value) == (method, method)
    assert (event["STATUS"], read.vevent.status.value) == (status, status)
    assert (event["SEQUENCE"], int(read.vevent.sequence.value)) == (sequence, sequence)
    assert event["UID"] == read.vevent.uid.value == MEETING.uid
    assert event.start == read.vevent.dtstart.value == start
    assert event.end == read.vevent.dtend.value == start + HOUR
    assert event["DESCRIPTION"] == read.vevent.description.value == MEETING.description
    assert event["SUMMARY"] == read.vevent.summary.value == MEETING.summary
    assert event["LOCATION"] == read.vevent.location.value == MEETING.location
    people = [(str(a), a.params["CN"]) for a in event["ATTENDEE"]]
    assert people == [("mailto:mia@example.com", "Mia Müller"), ("mailto:ada@example.com", "Ada, Countess")]
    assert [a.params["CN"] for a in read.vevent.attendee_list] == [["Mia Müller"], ["Ada, Countess"]]
    assert (str(event["ORGANIZER"]), event["ORGANIZER"].params["CN"]) == (
        "mailto:hello@fairhour.example",
        "Ada 'Countess', Lovelace",
    )


def test_a_calendar_that_is_published_names_its_sessions_and_no_attendees():
    calendar = Calendar.from_ical(MESSAGES["feed"])
    assert (calendar["METHOD"], calendar["NAME"]) == ("PUBLISH", "Fairhour: Mia's sessions")
    assert [event["STATUS"] for event in calendar.walk("VEVENT")] == ["CONFIRMED", "TENTATIVE"]
    assert "ATTENDEE" not in MESSAGES["feed"]


def test_times_are_written_in_utc_so_that_no_zone_is_read_wrong():
    for text in MESSAGES.values():
        assert "TZID" not in text
        assert "VTIMEZONE" not in text
        assert "\r\nDTSTART:202" in text


def test_without_a_link_there_is_no_conference():
    text = calendar_file([replace(MEETING, location="Room 7")], method="PUBLISH")
    assert "CONFERENCE" not in text
    assert the_event(text)["DTSTART"].to_ical() == b"20270302T170000Z"


def test_a_summary_cannot_smuggle_properties_into_the_event():
    text = calendar_file([replace(MEETING, summary="Hello\r\nATTENDEE:mailto:spy@example.com")], method="PUBLISH")
    assert the_event(text)["SUMMARY"] == "Hello ATTENDEE:mailto:spy@example.com"
    assert "ATTENDEE" not in the_event(text)


# Changes of clocks


@pytest.mark.parametrize("minute", range(0, 240, 30))
def test_a_session_in_the_night_of_a_clock_change_keeps_its_instant(minute):
    for night in (datetime(2027, 3, 28, tzinfo=UTC), datetime(2027, 10, 31, tzinfo=UTC)):
        start = night + timedelta(minutes=minute) - HOUR
        text = calendar_file([replace(MEETING, starts_at=start, ends_at=start + HOUR)], method="REQUEST", stamp=BOOKED)
        assert [at.astimezone(UTC) for at in (the_event(text).start, the_event(text).end)] == [start, start + HOUR]
        read = vobject.readOne(text).vevent
        assert [at.value.astimezone(UTC) for at in (read.dtstart, read.dtend)] == [start, start + HOUR]
