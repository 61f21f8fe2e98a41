"""Stripe settles in dollars alone: what is sold in euros is converted, and its coach is owed the euros."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from marketplace.bookings.cancellations.service import cancel
from marketplace.bookings.earnings.service import release_earnings
from marketplace.bookings.payment_outcomes import service as payment_outcomes
from marketplace.db import session
from marketplace.invariants.queries import evaluate
from marketplace.ledger.queries.balances import balance
from marketplace.payments import queries
from marketplace.payments.service import refund_adoptions, refunds
from marketplace.payments.service.disputes import sync_dispute
from marketplace.reconciliation.service import reconcile
from tests.factories import a_booking, a_coach, a_hold, a_payment, an_offering, open_all_week
from tests.scenes import TEN
from tests.settings import change


@pytest.fixture(autouse=True)
def dollars_alone(stripe):
    stripe.settle_in("usd")


@pytest.fixture
def cara():
    return open_all_week(a_coach("cara", currency="eur"))


@pytest.fixture
def line(cara):
    return an_offering(cara, price_cents=10_000)


@pytest.fixture
def booked(mia, line, stripe):
    return a_booking(mia, line, TEN, stripe)


@pytest.fixture
def all_well():
    """At the end both sides agree, and everything that must be true is."""
    yield
    report = reconcile()
    assert (report.spoken(), broken()) == ("ledger == stripe, difference 0", {})


def broken():
    return {f.invariant.name: f.violations for f in evaluate(settled=False) if not f.well}


def of(account, currency="eur"):
    return balance(account, currency)


def charge_line(stripe, payment):
    return next(each for each in stripe.read("balance_transactions")["data"] if each["source"] == payment.charge_id)


def test_a_converted_payment_is_booked_with_its_fee_and_its_day_and_the_rest_in_exchange(booked, stripe, all_well):
    payment = queries.of_subject(booked.id)
    told = charge_line(stripe, payment)
    assert (payment.settled_cents, payment.settled_currency, payment.fee_cents) == (told["amount"], "usd", told["fee"])
    assert (payment.fee_currency, payment.is_converted, payment.is_booked) == ("usd", True, True)
    assert (of("sessions_owed"), of("stripe"), of("exchange")) == (10_000, 0, -10_000)
    assert (of("stripe", "usd"), of("exchange", "usd")) == (told["net"], told["amount"])
    assert (of("stripe_fees", "usd"), of("stripe_fees")) == (told["fee"], 0)


def test_it_is_not_asked_about_again_and_its_coach_is_owed_the_price_in_euros(booked, cara, moment, run_jobs, all_well):
    assert payment_outcomes.settle_payments() == 0
    moment.set(TEN + timedelta(days=10))
    booked.status, booked.outcome = "completed", "took_place"
    session().commit()
    release_earnings()
    run_jobs()
    assert (of(f"coach:{cara.id}"), of("revenue"), of("sessions_owed")) == (9_000, 1_000, 0)


def test_a_payment_that_was_stranded_before_is_booked_when_it_is_asked_about_next(booked, stripe, run_jobs, moment):
    payment = queries.of_subject(booked.id)
    told = (payment.fee_cents, payment.settled_cents)
    unknown = "update payments set fee_cents = null, available_on = null, settled_cents = null, settled_currency = null"
    session().execute(text(unknown))
    session().commit()
    assert payment_outcomes.settle_payments() == 1
    run_jobs()
    payment = queries.one(payment.id)
    assert (payment.fee_cents, payment.settled_cents, payment.is_booked) == (*told, True)


def test_what_stripe_never_settles_is_asked_about_once_an_hour_and_shown(booked, stripe, run_jobs, moment):
    """An hour after it was paid it is no news any more; a day after, an admin reads of it."""
    session().execute(text("update payments set fee_cents = null, available_on = null"))
    session().execute(text("update payments set looked_at = paid_at"))
    session().execute(text("delete from procrastinate_jobs"))
    session().commit()
    moment.advance(minutes=59)
    assert queries.without_fee() == [booked.payment_id]
    session().execute(text("update payments set looked_at = paid_at + interval '59 minutes'"))
    session().commit()
    moment.advance(minutes=31)
    assert queries.without_fee() == []
    moment.advance(minutes=30)
    assert queries.without_fee() == [booked.payment_id]
    assert "paid_is_settled" not in broken()
    moment.advance(hours=24)
    assert "paid_is_settled" in broken()


def test_a_refund_is_converted_at_its_own_rate_and_the_difference_is_in_exchange(
    mia, booked, stripe, run_jobs, all_well
):
    came = queries.of_subject(booked.id).settled_cents
    cancel(mia, booking_id=booked.id, expected_refund_cents=10_000)
    run_jobs()
    (refund,) = queries.refunds_of(booked.payment_id)
    assert (refund.status, refund.settled_currency) == ("succeeded", "usd")
    assert refund.settled_cents > came
    assert (of("sessions_owed"), of("exchange"), of("stripe")) == (0, 0, 0)
    assert of("exchange", "usd") == came - refund.settled_cents


def test_a_refund_that_fails_brings_its_dollars_back(mia, line, stripe, run_jobs, all_well):
    paid = a_payment(mia, a_hold(mia, line, TEN), stripe, card="4000000000005126")
    came = queries.of_subject(paid.id).settled_cents
    cancel(mia, booking_id=paid.id, expected_refund_cents=10_000)
    run_jobs()
    (refund,) = queries.refunds_of(paid.payment_id)
    stripe.advance(60)
    refunds.sync_refund(refund.stripe_id)
    refund = queries.refund(refund.id)
    returned = stripe.read("balance_transactions", type="refund_failure")["data"][0]["amount"]
    assert refund.status == "failed"
    assert (of("sessions_owed"), of("exchange"), of("stripe")) == (10_000, -10_000, 0)
    assert of("exchange", "usd") == came - refund.settled_cents + returned


def test_a_refund_that_stripe_has_lost_is_taken_back_as_it_left(mia, booked, stripe, run_jobs):
    came = queries.of_subject(booked.id).settled_cents
    cancel(mia, booking_id=booked.id, expected_refund_cents=10_000)
    run_jobs()
    (refund,) = queries.refunds_of(booked.payment_id)
    stripe.refuse("/v1/refunds/*", status=404, code="resource_missing", message="No such refund", param="refund")
    refunds.sync_refund(refund.stripe_id)
    assert queries.refund(refund.id).status == "failed"
    assert (of("exchange"), of("exchange", "usd")) == (-10_000, came)


@pytest.mark.parametrize("told_by", ["Stripe", "our look"])
def test_one_that_was_lost_and_comes_back_at_another_rate_brings_what_stripe_says(
    mia, line, stripe, run_jobs, told_by, all_well
):
    paid = a_payment(mia, a_hold(mia, line, TEN), stripe, card="4000000000005126")
    came = queries.of_subject(paid.id).settled_cents
    cancel(mia, booking_id=paid.id, expected_refund_cents=10_000)
    run_jobs()
    (refund,) = queries.refunds_of(paid.payment_id)
    stripe.refuse("/v1/refunds/*", status=404, code="resource_missing", message="No such refund", param="refund")
    refunds.sync_refund(refund.stripe_id)
    assert queries.refund(refund.id).status == "failed"
    stripe.advance(60)
    for _twice in range(2):
        if told_by == "Stripe":
            refunds.sync_refund(refund.stripe_id)
        else:
            refund_adoptions.adopt_refund(str(refund.id))
    returned = stripe.read("balance_transactions", type="refund_failure")["data"][0]["amount"]
    assert returned != refund.settled_cents
    assert (of("sessions_owed"), of("exchange"), of("stripe")) == (10_000, -10_000, 0)
    assert of("exchange", "usd") == came - queries.refund(refund.id).settled_cents + returned


@pytest.mark.parametrize("outcome", ["won", "lost"])
def test_a_dispute_takes_dollars_for_euros_and_its_reversal_returns_others(booked, stripe, run_jobs, outcome, all_well):
    payment = queries.of_subject(booked.id)
    opened = stripe.dispute(payment.charge_id)
    sync_dispute(opened["id"])
    run_jobs()
    lines = stripe.read("balance_transactions", type="adjustment")["data"]
    assert (of("disputes"), of("disputes", "usd"), of("exchange")) == (10_000, 1_500, 0)
    assert of("exchange", "usd") == payment.settled_cents + lines[0]["amount"]
    stripe.decide(opened["id"], outcome)
    sync_dispute(opened["id"])
    payment_outcomes.payment_changed(str(payment.id))
    run_jobs()
    (dispute,) = queries.disputes_of(payment.id)
    assert (dispute.status, dispute.payment.fee_currency, dispute.fee_cents) == (outcome, "usd", 1_500)
    if outcome == "won":
        assert (of("disputes"), of("disputes", "usd"), of("exchange")) == (0, 0, -10_000)


def test_tax_on_top_is_converted_with_the_price(mia, line, stripe, all_well):
    change(stripe_tax=True)
    held = a_hold(mia, line, TEN)
    booked = a_payment(mia, held, stripe)
    payment = queries.of_subject(booked.id)
    assert of("exchange") == -(payment.amount_cents + payment.tax_cents)


def test_a_refund_that_never_left_brings_nothing_back(booked, stripe, moment, run_jobs):
    payment = queries.of_subject(booked.id)
    stripe.control("POST", "refunds/policy", {"overdraft_units": 0})
    moment.advance(days=3)
    refunds.intend_refund(payment, cents=9_900, reason="a test", key="test:1")
    run_jobs()
    (refund,) = queries.refunds_of(payment.id)
    assert (refund.status, refund.settled_cents) == ("pending", None)
    stripe.dispute(payment.charge_id)
    refunds.sync_refund(refund.stripe_id)
    assert queries.refund(refund.id).status == "failed"
    assert (of("exchange"), of("exchange", "usd")) == (-10_000, payment.settled_cents)
