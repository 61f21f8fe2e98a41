"""With tax on top everybody who is to pay reads so beforehand, and who has paid reads how much it was."""

from datetime import UTC, date, datetime, timedelta

import pytest

from marketplace.bookings.cancellations import service as cancellations
from marketplace.waitlist import service as waitlist
from tests.factories import BRIEF, a_booking, a_hold, a_payment, a_person, an_offering
from tests.settings import change

TEN = datetime(2027, 3, 3, 10, tzinfo=UTC)
SOON = "Plus tax where it is due; the page you pay on shows it before you pay."
PROMISES = ("othing is added", "in total", "In total", "is all you pay")


@pytest.fixture(autouse=True)
def stripe_tax(isolated):
    change(stripe_tax=True)


def told(mailbox, person):
    texts = [mail.get_body(("plain",)).get_content() for mail in mailbox.to(person.email)]
    return " ".join(" ".join(texts).split())


def test_no_page_before_paying_promises_that_nothing_is_added(mia, offering, browser_of):
    browser, held = browser_of(mia), a_hold(mia, offering, TEN)
    later = (TEN + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M:%SZ")
    for path in (f"/@ada/{offering.id}", f"/book/{offering.id}?starts_at={later}", f"/sessions/{held.id}"):
        page = browser.get(path)
        assert page.status_code == 200, path
        assert SOON in page.text, path
        assert not any(promise in page.text for promise in PROMISES), path
    card = browser.get("/@ada").text
    assert "Tax is added where it is due; you see it before you pay." in card
    assert not any(promise in card for promise in PROMISES)


def test_the_mails_say_what_was_paid_and_what_goes_back(mia, ada, offering, stripe, run_jobs, mailbox):
    booked = a_booking(mia, offering, TEN, stripe)
    run_jobs()
    assert "Your session is booked and 142.80 USD (22.80 USD of it tax) is paid" in told(mailbox, mia)
    assert "has booked and paid 120.00 USD:" in told(mailbox, ada.user)
    cancellations.cancel(mia, booking_id=booked.id, expected_refund_cents=12000)
    run_jobs()
    assert "120.00 USD and the tax on it is refunded to the card" in told(mailbox, mia)


def test_a_request_says_what_is_authorised(mia, ada, stripe, run_jobs, mailbox):
    a_payment(mia, a_hold(mia, an_offering(ada, by_approval=True), TEN), stripe)
    run_jobs()
    assert "142.80 USD (22.80 USD of it tax) is authorised on your card" in told(mailbox, mia)


def test_an_offer_to_who_waited_says_that_tax_comes_on_top(mia, offering, stripe, run_jobs, mailbox):
    booked = a_booking(a_person("Otto"), offering, TEN, stripe)
    day = {"starts_on": date(2027, 3, 3), "ends_on": date(2027, 3, 3), "from_minute": 660, "until_minute": 720}
    waitlist.join(mia, offering_id=offering.id, brief=BRIEF, **day)
    cancellations.cancel(booked.mentee, booking_id=booked.id, expected_refund_cents=12000)
    run_jobs()
    assert "120.00 USD Tax comes on top where it is due; the page you pay on shows it" in told(mailbox, mia)


def test_the_api_tells_it(mia, offering, stripe, api):
    (sold,) = api(mia).get("/coaches/ada").json["offerings"]
    assert (sold["price"], sold["tax_on_top"]) == ({"amount": 12000, "currency": "usd"}, True)
    booked = a_booking(mia, offering, TEN, stripe)
    payment = api(mia).get(f"/bookings/{booked.id}").json["payment"]
    assert (payment["tax_on_top"], payment["tax"]) == (True, 2280)
