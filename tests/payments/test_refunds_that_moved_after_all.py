"""A refund that failed here and has gone its way at Stripe is adopted: nobody sends it a second time."""

from datetime import UTC, datetime

import pytest

from marketplace.audit import queries as audit
from marketplace.ledger.queries.balances import balance
from marketplace.payments import queries
from marketplace.payments.service import refund_adoptions, refunds
from marketplace.payments.stripe_gateway.client import Unavailable
from marketplace.reconciliation.service import reconcile
from marketplace.stripe_inbox import handlers
from tests.factories import a_booking, a_coach, an_offering, open_all_week
from tests.queue import waiting

TEN = datetime(2027, 3, 2, 10, tzinfo=UTC)
GONE = {"status": 404, "type": "invalid_request_error", "code": "resource_missing", "message": "No such refund"}
SUBJECT = "A refund went through after all"


@pytest.fixture
def intended(mia, stripe):
    """All of a payment is to be refunded; nothing is sent yet."""
    paid = a_booking(mia, an_offering(open_all_week(a_coach("ada"))), TEN, stripe).payment
    refunds.intend_refund(paid, cents=12000, reason="a test", key="test")
    return queries.refunds_of(paid.id)[0]


@pytest.fixture
def unknown_for_a_while(intended, stripe):
    """Sent, and then not known to Stripe for a moment, as under another account's key."""
    refunds.send_refund(str(intended.id))
    stripe.refuse("/v1/refunds/*", **GONE)
    refunds.sync_refund(queries.refund(intended.id).stripe_id)
    return queries.refund(intended.id)


@pytest.fixture
def answer_lost(intended, stripe):
    """Made at Stripe, with the answer lost; then Stripe knew neither it nor its payment for a moment."""
    stripe.fault("/v1/refunds", "drop_after", method="POST")
    with pytest.raises(Unavailable):
        refunds.send_refund(str(intended.id))
    stripe.refuse("/v1/refunds", method="POST", **GONE)
    stripe.refuse("/v1/refunds", method="GET", **GONE)
    refunds.send_refund(str(intended.id))
    return queries.refund(intended.id)


@pytest.fixture(params=["unknown_for_a_while", "answer_lost"])
def failed(request, intended):
    found = request.getfixturevalue(request.param)
    assert (found.status, balance("sessions_owed", "usd")) == ("failed", 12000)
    return found


def settled(stripe, failed):
    """It is refunded once, here and at Stripe, and nothing is owed any more."""
    (made,) = stripe.read("refunds")["data"]
    assert [(one.status, one.stripe_id) for one in queries.refunds_of(failed.payment_id)] == [
        ("failed", None),
        ("succeeded", made["id"]),
    ]
    assert queries.owed_refunds() == []
    assert balance("sessions_owed", "usd") == 0
    assert balance("stripe", "usd") == stripe.balance_net()
    assert reconcile().agrees


def test_the_hourly_look_adopts_it_and_tells_admins(failed, stripe, alma, run_jobs, mailbox):
    assert refund_adoptions.adopt_refunds() == 1
    run_jobs()
    settled(stripe, failed)
    assert [mail["Subject"] for mail in mailbox.to(alma.email)].count(SUBJECT) == 1
    assert "refund.adopted" in [entry.action for entry in audit.timeline_of(failed.id)]
    assert refund_adoptions.adopt_refunds() == 0


def test_a_message_of_stripes_about_it_adopts_it(failed, stripe, run_jobs):
    (made,) = stripe.read("refunds")["data"]
    handlers.handle({"type": "refund.updated", "data": {"object": made}})
    run_jobs()
    settled(stripe, failed)


def test_an_admin_who_sends_it_again_does_not_pay_twice(failed, stripe, alma, run_jobs):
    refunds.retry_refund(alma, refund_id=failed.id)
    run_jobs()
    settled(stripe, failed)


def test_one_that_stripe_has_failed_stays_owed(intended, stripe, run_jobs):
    stripe.refuse("/v1/refunds", method="POST", message="Charge has been refunded.", code="charge_already_refunded")
    refunds.send_refund(str(intended.id))
    assert refund_adoptions.adopt_refunds() == 1
    run_jobs()
    assert [one.id for one in queries.owed_refunds()] == [intended.id]


def test_an_outage_adds_one_job_for_each_and_old_ones_are_let_be(failed, moment):
    for _ in range(3):
        refund_adoptions.adopt_refunds()
    assert waiting().count("adopt_refund") == 1
    moment.advance(days=31)
    assert refund_adoptions.adopt_refunds() == 0


def test_what_is_no_longer_failed_is_not_asked_about(intended, stripe):
    refund_adoptions.adopt_refund(str(intended.id))
    assert [one.status for one in queries.refunds_of(intended.payment_id)] == ["intended"]
