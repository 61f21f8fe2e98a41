"""What the mails about sessions leave in the calendars of the two."""

from datetime import UTC, datetime

import pytest
from icalendar import Calendar

from marketplace.bookings.invites import service as invite_service
from marketplace.bookings.meeting_links import rules as meeting_link_rules
from tests.factories import a_booking, a_coach, an_offering, open_all_week

IN_THREE_DAYS = datetime(2027, 3, 4, 10, tzinfo=UTC)


@pytest.fixture
def ada():
    return open_all_week(a_coach("ada", timezone="America/New_York"), "00:00", "24:00")


def invites(mails):
    return [part.get_content() for mail in mails for part in mail.walk() if part.get_content_type() == "text/calendar"]


def test_an_invite_names_the_two_the_way_in_and_the_time_in_utc(mia, ada, stripe, run_jobs, mailbox):
    booking = a_booking(mia, an_offering(ada), IN_THREE_DAYS, stripe)
    run_jobs()
    (text,) = invites(mailbox.to(mia.email))
    (event,) = Calendar.from_ical(text).walk("VEVENT")
    link = f"https://meet.jit.si/{booking.meeting_room}"
    assert len(booking.meeting_room) == 32
    assert event["LOCATION"] == link
    assert f"Meet here: {link}" in event["DESCRIPTION"]
    assert event["URL"] == f"http://localhost/sessions/{booking.id}"
    assert (str(event["ORGANIZER"]), event["ORGANIZER"].params["CN"]) == ("mailto:hello@fairhour.example", "Ada")
    assert [a.params["CN"] for a in event["ATTENDEE"]] == ["Mia", "Ada"]
    assert event["DTSTART"].to_ical() == b"20270304T100000Z"


def test_a_coachs_own_link_is_the_place_of_her_sessions(mia, stripe, run_jobs, mailbox):
    grace = open_all_week(a_coach("grace", meeting_url="https://video.example/grace"))
    booking = a_booking(mia, an_offering(grace), IN_THREE_DAYS, stripe)
    (event,) = Calendar.from_ical(invite_service.session_file(booking)).walk("VEVENT")
    assert event["LOCATION"] == "https://video.example/grace"
    assert "ATTENDEE" not in event


@pytest.mark.parametrize(
    ("own", "server", "url"),
    [
        (None, "https://meet.jit.si", "https://meet.jit.si/r00m"),
        (None, "https://meet.example/", "https://meet.example/r00m"),
        ("https://video.example/ada", "https://meet.jit.si", "https://video.example/ada"),
    ],
)
def test_the_way_in_is_the_coachs_own_or_a_room_nobody_can_guess(own, server, url):
    assert meeting_link_rules.meeting_url(own, server, "r00m") == url
