"""Sessions in a coach's own calendar by CalDAV, on a real Radicale: they come, move and go with the booking."""

from datetime import UTC, datetime

import pytest

from marketplace.bookings import service as bookings
from marketplace.calendars import queries
from marketplace.calendars import service as calendars
from marketplace.db import session
from marketplace.scheduling import queries as scheduling
from tests.factories import a_booking, a_coach, a_person, an_offering, open_all_week

STARTS = datetime(2027, 3, 9, 10, tzinfo=UTC)


@pytest.fixture
def ada():
    return open_all_week(a_coach("ada"))


@pytest.fixture
def work(ada, radicale, run_jobs):
    added = calendars.add(
        ada.user,
        kind="caldav",
        name="Work",
        url=radicale.url,
        username=radicale.name,
        password=radicale.password,
        writes=True,
    )
    run_jobs()
    return added


def listed(ada):
    session().commit()
    return queries.calendars_of(ada.user)[0]


def test_a_confirmed_session_appears_and_goes_when_it_is_cancelled(ada, work, radicale, stripe, run_jobs):
    mia = a_person("Mia")
    booking = a_booking(mia, an_offering(ada), STARTS, stripe)
    run_jobs()
    assert f"UID:{booking.id}@fairhour" in radicale.text()
    bookings.cancel(mia, booking_id=booking.id, expected_refund_cents=12000)
    run_jobs()
    assert "@fairhour" not in radicale.text()


def test_sessions_that_stand_are_written_when_the_calendar_is_added(ada, radicale, stripe, run_jobs, request):
    booking = a_booking(a_person("Mia"), an_offering(ada), STARTS, stripe)
    run_jobs()
    request.getfixturevalue("work")
    assert f"UID:{booking.id}@fairhour" in radicale.text()


def test_her_own_sessions_read_back_are_not_busy_a_second_time(ada, work, radicale, stripe, run_jobs):
    a_booking(a_person("Mia"), an_offering(ada), STARTS, stripe)
    run_jobs()
    calendars.read_now(ada.user, calendar_id=work.id)
    run_jobs()
    assert listed(ada).busy_times == 0


def test_other_events_there_are_busy_here(ada, work, radicale, run_jobs):
    event = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:dentist\r\nDTSTAMP:20270101T000000Z\r\n"
        "DTSTART:20270309T100000Z\r\nDTEND:20270309T110000Z\r\nSUMMARY:Dentist\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    status, _said = radicale.call("PUT", "/ada/work/dentist.ics", event, Content_Type="text/calendar")
    assert status == 201
    calendars.read_now(ada.user, calendar_id=work.id)
    run_jobs()
    assert listed(ada).busy_times == 1
    assert not scheduling.is_free(an_offering(ada), STARTS)


def test_a_wrong_password_is_told(ada, radicale, run_jobs):
    calendars.add(
        ada.user, kind="caldav", name="Work", url=radicale.url, username=radicale.name, password="wrong", writes=True
    )
    run_jobs()
    assert not listed(ada).works
    assert listed(ada).error
