"""One's sessions for calendars to follow, and when one is reminded."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar

from marketplace.accounts import queries, service
from marketplace.app import create_app
from marketplace.bookings.cancellations import service as cancellations
from marketplace.bookings.completions import service as completions
from marketplace.db import db, session
from tests.factories import a_booking, a_hold, a_person, an_offering
from tests.pages.reading import read

IN_THREE_DAYS = datetime(2027, 3, 4, 10, tzinfo=UTC)


def a_feed(person, side="mentee"):
    _feed, text = service.create_feed(person, side=side)
    return f"/calendar/{text}.ics"


def events(answer):
    assert answer.status_code == 200, answer.status
    return {str(event["UID"]): str(event["STATUS"]) for event in Calendar.from_ical(answer.text).walk("VEVENT")}


def test_a_feed_holds_what_stands_and_what_is_asked_for(mia, ada, stripe, client):
    offering = an_offering(ada)
    stands = a_booking(mia, offering, IN_THREE_DAYS, stripe)
    asked = a_booking(mia, an_offering(ada, by_approval=True), IN_THREE_DAYS + timedelta(hours=2), stripe)
    gone = a_booking(mia, offering, IN_THREE_DAYS + timedelta(hours=4), stripe)
    cancellations.cancel(mia, booking_id=gone.id, expected_refund_cents=12000)
    a_hold(mia, offering, IN_THREE_DAYS + timedelta(days=1))
    expected = {f"{stands.id}@fairhour": "CONFIRMED", f"{asked.id}@fairhour": "TENTATIVE"}
    for address in (a_feed(mia), a_feed(ada.user, "coach")):
        answer = client.get(address)
        assert answer.content_type == "text/calendar; charset=utf-8"
        assert events(answer) == expected
        assert "METHOD:PUBLISH" in answer.text
    assert events(client.get(a_feed(ada.user))) == {}


def test_a_session_stays_in_the_feed_for_thirty_days(mia, ada, stripe, client, moment):
    booked = a_booking(mia, an_offering(ada), IN_THREE_DAYS, stripe)
    address = a_feed(mia)
    moment.set(booked.ends_at + timedelta(days=1))
    completions.complete_sessions()
    assert events(client.get(address)) == {f"{booked.id}@fairhour": "CONFIRMED"}
    moment.set(booked.ends_at + timedelta(days=30))
    assert events(client.get(address)) == {}


def test_what_has_not_changed_is_not_sent_again(mia, ada, stripe, client, moment):
    booked = a_booking(mia, an_offering(ada), IN_THREE_DAYS, stripe)
    address = a_feed(mia)
    tag = client.get(address).headers["ETag"]
    moment.advance(hours=1)
    again = client.get(address, headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    cancellations.cancel(mia, booking_id=booked.id, expected_refund_cents=12000)
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize("stop", ["revoked", "replaced", "its owner's account closed"])
def test_an_address_that_does_not_work_any_more_is_not_there(mia, client, stop):
    address = a_feed(mia)
    assert client.get(address).status_code == 200
    if stop == "revoked":
        (feed,) = queries.feeds_of(mia)
        service.revoke_feed(mia, feed_id=feed.id)
        service.revoke_feed(mia, feed_id=feed.id)
    elif stop == "replaced":
        assert client.get(a_feed(mia)).status_code == 200
    else:
        mia.active = False
        session().commit()
    assert client.get(address).status_code == 404
    assert client.get("/calendar/nobodys.ics").status_code == 404


def test_an_address_is_made_shown_once_and_revoked_on_the_account_page(mia, browser_of, client):
    hers = browser_of(mia)
    assert "The sessions you give as a coach" not in read(hers.get("/account/calendar-feeds")).text
    made = hers.submit("/account/calendar-feeds", {"side": "mentee"})
    (address,) = re.findall(r"http://localhost(/calendar/[\w-]{40}\.ics)", made.get_data(as_text=True))
    assert made.headers["Cache-Control"] == "no-store"
    assert {"Replace it by a new one", "Revoke"} <= set(read(made).buttons)
    assert client.get(address).status_code == 200
    assert address not in hers.get("/account/calendar-feeds").get_data(as_text=True)
    (feed,) = queries.feeds_of(mia)
    answer = hers.submit(
        f"/account/calendar-feeds/{feed.id}/revoke", seen="/account/calendar-feeds", follow_redirects=True
    )
    assert "The address is revoked." in read(answer).text
    assert client.get(address).status_code == 404


def test_only_a_coach_has_sessions_as_a_coach(mia, ada, browser_of):
    assert browser_of(mia).submit("/account/calendar-feeds", {"side": "coach"}).status_code == 403
    hers = browser_of(ada.user)
    assert "The sessions you give as a coach" in read(hers.submit("/account/calendar-feeds", {"side": "coach"})).text
    assert [feed.side for feed in queries.feeds_of(ada.user)] == ["coach"]
    assert hers.submit("/account/calendar-feeds", {"side": "admin"}).status_code == 422


@pytest.mark.parametrize("choice", ["day", "hour", "none", "both"])
def test_reminders_are_chosen_on_the_account_page(mia, browser_of, choice):
    hers = browser_of(mia)
    answer = hers.submit("/account/reminders", {"reminders": choice}, seen="/account/mails", follow_redirects=True)
    assert "Saved." in read(answer).text
    assert f'value="{choice}" checked' in answer.get_data(as_text=True)
    session().refresh(mia)
    assert mia.reminders == choice


def test_strangers_are_asked_to_sign_in_and_reach_nobody_elses_address(client, mia, browser_of):
    assert client.get("/account/calendar-feeds").headers["Location"].startswith("/login")
    address = a_feed(mia)
    (feed,) = queries.feeds_of(mia)
    noor = browser_of(a_person("Noor"))
    assert noor.submit(f"/account/calendar-feeds/{feed.id}/revoke", seen="/account/calendar-feeds").status_code == 404
    assert client.get(address).status_code == 200


def test_an_address_is_not_asked_for_without_end(app):
    limited = create_app(replace(app.extensions["settings"], ratelimit_enabled=True))
    asked = [limited.test_client().get("/calendar/nobodys.ics").status_code for _ in range(31)]
    assert asked == [404] * 30 + [429]
    with limited.app_context():
        db.engine.dispose()


def test_the_log_does_not_know_the_secret(mia, client):
    from structlog.contextvars import get_contextvars

    from marketplace.http import _begin

    with client.application.test_request_context(a_feed(mia)):
        _begin()
        assert get_contextvars()["path"] == "/calendar/…"
    for place in ("reset", "confirm", "change-email"):
        with client.application.test_request_context(f"/{place}/let-me-in"):
            _begin()
            assert get_contextvars()["path"] == f"/{place}/…"
    with client.application.test_request_context("/account"):
        _begin()
        assert get_contextvars()["path"] == "/account"
