"""What Stripe refuses is said as what it is, at both doors, and told to who can mend it."""

import pytest
from sqlalchemy import text

from marketplace.bookings.checkout import service as booking_checkout
from marketplace.db import session
from marketplace.payments import queries
from marketplace.payments.service import checkouts
from marketplace.payments.stripe_gateway import client as stripe_client
from tests.factories import a_hold, an_admin
from tests.scenes import TEN

REFUSALS = [
    ({"status": 401, "message": "Invalid API Key provided"}, 503, "does not let us in", True),
    ({"status": 403, "message": "This key may not do that"}, 503, "not set up for this", True),
    ({"status": 400, "code": "stripe_tax_inactive", "message": "Tax is not active"}, 503, "not set up for this", True),
    ({"status": 400, "code": "amount_too_small", "message": "Too small"}, 409, "amount of this size", False),
    ({"status": 400, "code": "email_invalid", "message": "Invalid email"}, 409, "your email address", False),
    ({"status": 400, "code": "of_tomorrow", "message": "Something new"}, 409, "admins have been told", True),
    ({"status": 400, "code": "parameter_unknown", "message": "Unknown"}, 409, "admins have been told", True),
    ({"status": 503, "type": "api_error", "message": "Away"}, 503, "does not answer", False),
]


@pytest.fixture
def held(mia, offering):
    return a_hold(mia, offering, TEN)


@pytest.mark.parametrize(("error", "status", "says", "told"), REFUSALS)
def test_who_pays_reads_what_is_true_and_admins_what_to_do(api, mia, held, stripe, error, status, says, told):
    admin = an_admin()
    stripe.refuse("/v1/checkout/sessions", method="POST", **error)
    answer = api(mia).post(f"/bookings/{held.id}/pay")
    assert answer.status_code == status
    assert says in answer.json["detail"]
    mails = (
        session()
        .execute(text("select recipient, text as body_text from messages where subject like 'Stripe refused%'"))
        .all()
    )
    assert [mail.recipient for mail in mails] == ([admin.email] if told else [])
    if told:
        assert error["message"] in mails[0].body_text
        assert "req_" in mails[0].body_text


def test_the_page_says_the_same(browser_of, mia, held, stripe):
    stripe.refuse("/v1/checkout/sessions", method="POST", status=400, code="amount_too_small", message="Too small")
    page = browser_of(mia)
    answer = page.submit(f"/sessions/{held.id}/pay", seen=f"/sessions/{held.id}", follow_redirects=True)
    assert answer.status_code == 200
    assert "does not take an amount of this size" in answer.text


def test_the_same_refusal_is_told_once_a_day(mia, held, stripe, moment):
    an_admin()
    asks = (
        lambda: booking_checkout.pay(mia, booking_id=held.id),
        lambda: checkouts.adopt(queries.of_subject(held.id).id, "cs_test_1"),
    )
    for hours in (0, 0, 24):
        moment.advance(hours=hours)
        stripe.refuse("/v1/checkout/sessions*", status=400, code="of_tomorrow", message="Something new")
        with pytest.raises(stripe_client.GatewayRefused):
            asks[bool(hours)]()
    assert session().scalar(text("select count(*) from messages where subject like 'Stripe refused%'")) == 2


class TestWhatIsAskedForIsCommitted:
    def test_a_lost_answer_and_a_changed_address_still_find_the_open_page(self, mia, held, stripe):
        stripe.fault("/v1/checkout/sessions", "drop_after", method="POST")
        with pytest.raises(stripe_client.Unavailable):
            booking_checkout.pay(mia, booking_id=held.id)
        mia.email = "another@example.com"
        session().commit()
        booking_checkout.pay(mia, booking_id=held.id)
        (page,) = stripe.read("checkout/sessions")["data"]
        assert queries.of_subject(held.id).checkout_id == page["id"]
        assert page["customer_email"] != "another@example.com"

    def test_an_address_that_is_refused_is_asked_with_the_next_one(self, mia, held, stripe):
        stripe.refuse(
            "/v1/checkout/sessions", method="POST", status=400, code="email_invalid", message="Invalid", stored=True
        )
        with pytest.raises(stripe_client.GatewayRefused):
            booking_checkout.pay(mia, booking_id=held.id)
        mia.email = "another@example.com"
        session().commit()
        assert booking_checkout.pay(mia, booking_id=held.id).startswith("http")
        (page,) = stripe.read("checkout/sessions")["data"]
        assert page["customer_email"] == "another@example.com"

    @pytest.mark.parametrize("misfortune", ["break_before", "break_after"])
    def test_a_500_that_stripe_keeps_opens_one_page_all_the_same(self, mia, held, stripe, misfortune):
        stripe.fault("/v1/checkout/sessions", misfortune, method="POST")
        with pytest.raises(stripe_client.Unavailable):
            booking_checkout.pay(mia, booking_id=held.id)
        if misfortune == "break_before":
            with pytest.raises(stripe_client.GatewayRefused):
                booking_checkout.pay(mia, booking_id=held.id)
        url = booking_checkout.pay(mia, booking_id=held.id)
        (page,) = stripe.read("checkout/sessions")["data"]
        assert (page["id"], page["url"]) == (queries.of_subject(held.id).checkout_id, url)

    def test_a_page_that_an_earlier_attempt_opened_is_found_among_many(self, mia, held, stripe):
        stripe.fault("/v1/checkout/sessions", "break_after", method="POST")
        with pytest.raises(stripe_client.Unavailable):
            booking_checkout.pay(mia, booking_id=held.id)
        payment = queries.of_subject(held.id)
        payment.checkout_attempt, payment.payer_email = 2, None
        session().commit()
        booking_checkout.pay(mia, booking_id=held.id)
        assert len(stripe.read("checkout/sessions")["data"]) == 1


def test_stripe_converts_no_price_for_the_payer(mia, held, stripe):
    booking_checkout.pay(mia, booking_id=held.id)
    (page,) = stripe.read("checkout/sessions")["data"]
    assert page["adaptive_pricing"] == {"enabled": False}
