"""Who has to sign up before a time is held comes back to it, on whatever device the address is confirmed."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from marketplace.bookings.holds import kept_requests
from marketplace.bookings.listings import queries as booking_listings
from tests.authentication.reading import NEW, is_signed_in, link_in, the_person
from tests.factories import BRIEF, a_hold, a_person
from tests.pages.reading import read

TEN = datetime(2027, 3, 3, 10, tzinfo=UTC)


@pytest.fixture
def desktop(app):
    return app.test_client()


@pytest.fixture
def phone(app):
    return app.test_client()


@pytest.fixture
def link(desktop, offering, mailbox, run_jobs):
    """The link in the mail, after a visitor asked to hold a time, was asked to sign in, and signed up."""
    where = f"/book/{offering.id}?starts_at={TEN.isoformat().replace('+', '%2B')}"
    asked = desktop.submit(where, {"starts_at": TEN.isoformat(), "brief": BRIEF})
    login = asked.headers["Location"]
    register = next(each for each in read(desktop.get(login)).links if each.startswith("/register?next="))
    onwards = parse_qs(urlsplit(register).query)["next"][0]
    desktop.submit("/register", NEW | {"next": onwards}, seen=register)
    run_jobs()
    [mail] = mailbox.to(NEW["email"])
    return link_in(mail)


def booked():
    return booking_listings.page_for(the_person(), as_coach=False, past=False).bookings


def test_confirmed_on_a_phone_the_time_is_held_there_with_what_was_typed(phone, link):
    path = urlsplit(link)
    page = read(phone.get(link))
    assert "The time that you chose is held for you if it is still free" in page.text
    assert not booked()
    answer = phone.submit(f"{path.path}?{path.query}")
    assert answer.status_code == 303
    assert is_signed_in(phone)
    (booking,) = booked()
    assert (booking.starts_at, booking.brief) == (TEN, BRIEF)
    assert "Pay 120.00 USD" in read(phone.get(answer.headers["Location"])).buttons


def test_a_time_that_went_meanwhile_leads_to_the_nearest_and_keeps_what_was_typed(phone, link, offering):
    a_hold(a_person("Noor"), offering, TEN)
    answer = phone.submit(link)
    page = read(phone.get(answer.headers["Location"]))
    assert "Nearest free:" in page.text
    assert not booked()
    later = f"/book/{offering.id}?starts_at=2027-03-04T10:00:00%2B00:00&{urlsplit(link).query}"
    assert BRIEF in phone.get(later).get_data(as_text=True)


def test_a_key_holds_once(phone, link):
    phone.submit(link)
    assert "is confirmed" in read(phone.get(link)).text
    assert len(booked()) == 1


@pytest.mark.parametrize("kept", ["", "nonsense", "019547d2-0000-7000-8000-000000000000"])
def test_a_link_without_a_key_or_with_another_confirms_and_goes_on(phone, link, kept):
    answer = phone.submit(f"{urlsplit(link).path}?kept={kept}")
    assert answer.status_code == 303
    assert is_signed_in(phone)
    assert not booked()


def test_what_nobody_comes_back_for_is_forgotten(app, offering, moment):
    key = kept_requests.keep(offering_id=offering.id, starts_at=TEN, brief=BRIEF, policy_version=None)
    kept_requests.forget_kept_requests()
    assert kept_requests.kept(key).brief == BRIEF
    moment.set(moment.now + timedelta(days=2, seconds=1))
    kept_requests.forget_kept_requests()
    with pytest.raises(kept_requests.NotFound):
        kept_requests.kept(key)
