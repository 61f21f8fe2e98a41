"""What Stripe refuses is said as what it is, at both doors, and told to who can mend it."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from marketplace.bookings.checkout import service as booking_checkout
from marketplace.db import session
from marketplace.ledger.queries.balances import balance
from marketplace.payments import queries
from marketplace.payments.service import checkout_pages, disputes, refunds
from marketplace.payments.stripe_gateway import checkouts as stripe_checkouts
from marketplace.payments.stripe_gateway import client as stripe_client
from tests.factories import a_booking, a_hold, a_person, an_admin
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
        lambda: checkout_pages.adopt(queries.of_subject(held.id).id, "cs_test_1"),
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

    def test_a_page_that_an_earlier_attempt_opened_is_found_among_many(
        self, mia, held, offering, stripe, moment, monkeypatch
    ):
        stripe.fault("/v1/checkout/sessions", "break_after", method="POST")
        with pytest.raises(stripe_client.Unavailable):
            booking_checkout.pay(mia, booking_id=held.id)
        moment.advance(seconds=2)
        another = a_hold(a_person("Noor"), offering, TEN + timedelta(hours=2))
        booking_checkout.pay(another.mentee, booking_id=another.id)
        pages = stripe_checkouts.page_of
        monkeypatch.setattr(stripe_checkouts, "page_of", lambda since, after: pages(since, after) | {"limit": 1})
        payment = queries.of_subject(held.id)
        payment.checkout_attempt, payment.payer_email = 2, None
        session().commit()
        booking_checkout.pay(mia, booking_id=held.id)
        assert len(stripe.read("checkout/sessions")["data"]) == 2

    def test_an_attempt_that_another_has_followed_is_not_followed_again(self, mia, held, stripe):
        booking_checkout.pay(mia, booking_id=held.id)
        checkout_pages._next_attempt(queries.of_subject(held.id).id, 1)
        assert queries.of_subject(held.id).checkout_attempt == 1


NEW = {"status": 400, "code": "of_tomorrow", "message": "Something new"}


class TestRefundsAndEvidence:
    @pytest.fixture
    def refund(self, mia, offering, stripe):
        paid = a_booking(mia, offering, TEN, stripe).payment
        refunds.intend_refund(paid, cents=12000, reason="a test", key="test")
        return queries.refunds_of(paid.id)[0]

    def test_what_is_not_understood_is_tried_again_and_told(self, refund, stripe):
        stripe.refuse("/v1/refunds*", times=2, **NEW)
        with pytest.raises(stripe_client.GatewayRefused) as refused:
            refunds.send_refund(str(refund.id))
        assert refused.value.for_admins.startswith("Something new (of_tomorrow, req_")
        assert queries.refund(refund.id).status == "intended"
        refunds.send_refund(str(refund.id))
        stripe.refuse("/v1/refunds/*", **NEW)
        with pytest.raises(stripe_client.GatewayRefused):
            refunds.sync_refund(queries.refund(refund.id).stripe_id)

    def test_a_500_that_stripe_keeps_is_looked_at_before_an_admin_sends_it_again(self, refund, stripe):
        stripe.fault("/v1/refunds", "break_after", method="POST")
        with pytest.raises(stripe_client.Unavailable):
            refunds.send_refund(str(refund.id))
        refunds.send_refund(str(refund.id))
        assert queries.refund(refund.id).status == "succeeded"
        assert len(stripe.read("refunds")["data"]) == 1

    def test_a_refund_that_failed_and_is_gone_is_told_once(self, refund, stripe):
        refunds.send_refund(str(refund.id))
        stripe_id = queries.refund(refund.id).stripe_id
        stripe.refuse("/v1/refunds/*", times=2, status=404, code="resource_missing", message="No such refund")
        for _ in range(2):
            refunds.sync_refund(stripe_id)
        assert queries.refund(refund.id).status == "failed"
        assert balance("sessions_owed", "usd") == 12000

    def test_a_refund_that_stripe_did_not_know_for_a_while_is_not_paid_twice(self, refund, stripe, alma, run_jobs):
        refunds.send_refund(str(refund.id))
        stripe_id = queries.refund(refund.id).stripe_id
        stripe.refuse("/v1/refunds/*", status=404, code="resource_missing", message="No such refund")
        refunds.sync_refund(stripe_id)
        again = refunds.retry_refund(alma, refund_id=refund.id)
        stripe.refuse("/v1/refunds/*", **NEW)
        with pytest.raises(stripe_client.GatewayRefused):
            refunds.send_refund(str(again.id))
        run_jobs()
        assert [one["id"] for one in stripe.read("refunds")["data"]] == [stripe_id]
        assert [(one.status, one.stripe_id) for one in queries.refunds_of(refund.payment_id)] == [
            ("failed", None),
            ("succeeded", stripe_id),
        ]
        assert balance("sessions_owed", "usd") == 0
        assert balance("stripe", "usd") == stripe.balance_net()

    def test_a_refund_that_stripe_still_does_not_know_is_sent_again(self, refund, stripe, alma):
        refunds.send_refund(str(refund.id))
        gone = {"status": 404, "code": "resource_missing", "message": "No such refund"}
        stripe.refuse("/v1/refunds/*", times=2, **gone)
        refunds.sync_refund(queries.refund(refund.id).stripe_id)
        again = refunds.retry_refund(alma, refund_id=refund.id)
        stripe.refuse("/v1/refunds", method="POST", message="Charge has been refunded.", code="charge_already_refunded")
        refunds.send_refund(str(again.id))
        assert queries.refund(again.id).status == "failed"

    def test_evidence_whose_outcome_cannot_be_read_is_read_again(self, refund, stripe):
        payment = queries.one(refund.payment_id)
        disputes.sync_dispute(stripe.dispute(payment.charge_id)["id"])
        (dispute,) = queries.disputes_of(payment.id)
        dispute.evidence, dispute.evidence_id = {"uncategorized_text": "Here."}, dispute.id
        session().commit()
        stripe.refuse("/v1/disputes/*", method="GET", **NEW)
        with pytest.raises(stripe_client.GatewayRefused):
            disputes.send_evidence(str(dispute.id))
        disputes.send_evidence(str(dispute.id))
        assert queries.dispute(dispute.id).submitted_at is not None


def test_stripe_converts_no_price_for_the_payer(mia, held, stripe):
    booking_checkout.pay(mia, booking_id=held.id)
    (page,) = stripe.read("checkout/sessions")["data"]
    assert page["adaptive_pricing"] == {"enabled": False}
