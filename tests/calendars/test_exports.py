"""Sessions in a coach's own calendar by CalDAV, on a real Radicale: they come, move and go with the booking."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from marketplace.bookings.cancellations import service as cancellations
from marketplace.calendars import queries
from marketplace.calendars.service import exports as calendar_exports
from marketplace.calendars.service import imports as calendar_imports
from marketplace.calendars.service import subscriptions as calendar_subscriptions
from marketplace.db import session
from marketplace.scheduling.queries import free_times
from tests.calendars.servers import says
from tests.factories import a_booking, a_person, an_offering

STARTS = datetime(2027, 3, 9, 10, tzinfo=UTC)


@pytest.fixture
def work(ada, radicale, run_jobs):
    added = calendar_subscriptions.add(
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
    cancellations.cancel(mia, booking_id=booking.id, expected_refund_cents=12000)
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
    calendar_subscriptions.read_now(ada.user, calendar_id=work.id)
    run_jobs()
    assert listed(ada).busy_times == 0


def test_other_events_there_are_busy_here(ada, work, radicale, run_jobs):
    event = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:dentist\r\nDTSTAMP:20270101T000000Z\r\n"
        "DTSTART:20270309T100000Z\r\nDTEND:20270309T110000Z\r\nSUMMARY:Dentist\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    status, _said = radicale.call("PUT", "/ada/work/dentist.ics", event, Content_Type="text/calendar")
    assert status == 201
    calendar_subscriptions.read_now(ada.user, calendar_id=work.id)
    run_jobs()
    assert listed(ada).busy_times == 1
    assert not free_times.is_free(an_offering(ada), STARTS)


def test_a_wrong_password_is_told(ada, radicale, run_jobs):
    calendar_subscriptions.add(
        ada.user, kind="caldav", name="Work", url=radicale.url, username=radicale.name, password="wrong", writes=True
    )
    run_jobs()
    assert not listed(ada).works
    assert listed(ada).error


def test_a_session_whose_calendar_is_away_is_written_when_it_is_back(
    ada, work, radicale, allow, stripe, run_jobs, moment
):
    allow("127.0.0.1:1")
    booking = a_booking(a_person("Mia"), an_offering(ada), STARTS, stripe)
    run_jobs()
    assert "Sessions cannot be written there" in listed(ada).state
    allow(radicale.place)
    moment.advance(hours=1)
    calendar_imports.fetch_calendars()
    run_jobs()
    assert f"UID:{booking.id}@fairhour" in radicale.text()
    assert listed(ada).works


def test_an_event_that_she_took_out_herself_is_no_fault(ada, work, radicale, stripe, run_jobs):
    mia = a_person("Mia")
    booking = a_booking(mia, an_offering(ada), STARTS, stripe)
    run_jobs()
    radicale.empty()
    cancellations.cancel(mia, booking_id=booking.id, expected_refund_cents=12000)
    run_jobs()
    assert listed(ada).works
    assert "@fairhour" not in radicale.text()


def test_an_invite_that_her_mail_program_put_there_is_replaced(ada, radicale, stripe, run_jobs, request):
    mia = a_person("Mia")
    booking = a_booking(mia, an_offering(ada), STARTS, stripe)
    event = (
        f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:{booking.id}@fairhour\r\n"
        "DTSTAMP:20270101T000000Z\r\nDTSTART:20270309T100000Z\r\nDTEND:20270309T110000Z\r\nSUMMARY:By mail\r\n"
        "END:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    status, _said = radicale.call("PUT", "/ada/work/by-mail.ics", event, Content_Type="text/calendar")
    assert status == 201
    request.getfixturevalue("work")
    assert radicale.text().count(f"UID:{booking.id}@fairhour") == 1
    assert "By mail" not in radicale.text()
    cancellations.cancel(mia, booking_id=booking.id, expected_refund_cents=12000)
    run_jobs()
    assert "@fairhour" not in radicale.text()


def add_at(ada, radicale, url, run_jobs):
    calendar_subscriptions.add(
        ada.user, kind="caldav", name="Mine", url=url, username=radicale.name, password=radicale.password, writes=False
    )
    run_jobs()
    return listed(ada)


def test_the_servers_own_address_is_enough_where_there_is_one_calendar(ada, radicale, run_jobs):
    assert add_at(ada, radicale, radicale.root, run_jobs).works


def test_where_there_are_several_their_addresses_are_named(ada, radicale, run_jobs):
    radicale.make("home")
    told = add_at(ada, radicale, radicale.root, run_jobs)
    assert "There are 2 calendars." in told.error
    assert "/ada/home/" in told.error


def test_an_address_that_is_not_there_is_told(ada, radicale, run_jobs):
    assert not add_at(ada, radicale, f"{radicale.root}ada/nothing/", run_jobs).works


def test_a_page_instead_of_a_calendar_server_is_told(ada, radicale, web, run_jobs):
    web.answer = says(b"<html><body>Hello</body></html>", Content_Type="text/html")
    told = add_at(ada, radicale, f"http://{web.place}/", run_jobs)
    assert told.error
    assert not told.works


def test_a_calendar_whose_key_is_gone_says_so(ada, work, radicale, stripe, run_jobs, moment):
    session().execute(text("update calendars set sealed = 'nothing'"))
    session().commit()
    a_booking(a_person("Mia"), an_offering(ada), STARTS, stripe)
    moment.advance(minutes=20)
    calendar_imports.fetch_calendars()
    run_jobs()
    told = listed(ada)
    assert "can no longer be decrypted" in told.error
    assert "can no longer be decrypted" in told.state


def test_events_are_written_nowhere_once_the_calendar_is_gone(ada, work, radicale, stripe, run_jobs):
    mia = a_person("Mia")
    booking = a_booking(mia, an_offering(ada), STARTS, stripe)
    calendar_subscriptions.remove(ada.user, calendar_id=work.id)
    run_jobs()
    assert f"UID:{booking.id}" not in radicale.text()
    calendar_imports.fetch_calendar(str(work.id))
    calendar_exports.export_event(str(work.id))
    assert queries.calendars_of(ada.user) == []
