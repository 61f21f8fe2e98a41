"""Disputes that are lost in part, won on appeal, or stand in the way of a refund."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from marketplace.bookings import queries
from marketplace.bookings.cancellations import service as cancellations
from marketplace.bookings.checkout import service as booking_checkout
from marketplace.bookings.completions import service as completions
from marketplace.bookings.disputes import service as booking_disputes
from marketplace.bookings.earnings import service as earnings
from marketplace.bookings.payment_outcomes import service as payment_outcomes
from marketplace.db import session
from marketplace.invariants import queries as invariant_queries
from marketplace.invariants.rules import ledger
from marketplace.invariants.rules import payments as payment_invariants
from marketplace.ledger.queries.balances import balance
from marketplace.payments import queries as payment_queries
from marketplace.payments.service import checkout_pages
from marketplace.payments.service import disputes as payment_disputes
from marketplace.payments.service import refunds as refund_service
from marketplace.reconciliation.service import reconcile
from tests.factories import a_booking, a_hold, a_person, an_admin, an_offering

INVARIANTS = (*ledger.INVARIANTS, *payment_invariants.INVARIANTS)
TOMORROW_AT_TEN = datetime(2027, 3, 3, 10, tzinfo=UTC)


@pytest.fixture
def booked(mia, ada, stripe):
    return a_booking(mia, an_offering(ada), TOMORROW_AT_TEN, stripe)


@pytest.fixture
def held(booked, ada, moment):
    moment.set(booked.ends_at)
    return completions.complete(ada.user, booking_id=booked.id, outcome="took_place")


def told(stripe_id):
    payment_disputes.sync_dispute(stripe_id)
    booking_disputes.dispute_changed(stripe_id)
    return stripe_id


def disputed(stripe, booking, **more):
    return told(stripe.dispute(booking.payment.charge_id, **({"reason": "fraudulent"} | more))["id"])


def decided(stripe, stripe_id, outcome):
    stripe.decide(stripe_id, outcome)
    told(stripe_id)
    told(stripe_id)


def a_week_later(moment):
    moment.advance(days=8)
    earnings.release_earnings()


def cancelled(mia, booking):
    quote = cancellations.quote_cancellation(mia, booking_id=booking.id)
    return cancellations.cancel(mia, booking_id=booking.id, expected_refund_cents=quote.refund_cents)


def of_coach(booking):
    return balance(f"coach:{booking.coach_id}", "usd"), balance(f"coach_reserve:{booking.coach_id}", "usd")


def agrees(stripe):
    assert [
        (found.invariant.name, found.offenders)
        for found in invariant_queries.evaluate(INVARIANTS, settled=True)
        if not found.well
    ] == []
    return balance("stripe", "usd") == stripe.balance_net() and reconcile().agrees


def refunds(booking):
    return [(refund.status, refund.amount_cents) for refund in payment_queries.refunds_of(booking.payment_id)]


def at_stripe(stripe):
    return sorted(refund["amount"] for refund in stripe.read("refunds")["data"])


@pytest.mark.parametrize(("lost", "coach"), [(6000, 5400), (1, 10799), (11999, 1), (12000, 0)])
def test_what_a_lost_dispute_left_of_unreleased_money_goes_to_the_coach(held, stripe, moment, lost, coach):
    opened = disputed(stripe, held, amount=lost)
    decided(stripe, opened, "lost")
    a_week_later(moment)
    told(opened)
    assert of_coach(held) == (coach, 0)
    assert balance("sessions_owed", "usd") == 0
    assert balance("disputes", "usd") == 1500
    assert agrees(stripe)


def test_until_the_loss_is_booked_nothing_is_released(held, stripe, moment):
    opened = disputed(stripe, held, amount=6000)
    stripe.decide(opened, "lost")
    payment_disputes.sync_dispute(opened)
    a_week_later(moment)
    assert of_coach(held) == (0, 0)
    told(opened)
    earnings.release_earnings()
    assert of_coach(held) == (5400, 0)


@pytest.mark.parametrize("release", ["before", "between", "after"])
@pytest.mark.parametrize(("lost", "left"), [(12000, 0), (6000, 5400)])
def test_an_appeal_that_is_won_gives_everything_back(held, stripe, moment, release, lost, left):
    if release == "before":
        a_week_later(moment)
    opened = disputed(stripe, held, amount=lost)
    decided(stripe, opened, "lost")
    if release == "between":
        a_week_later(moment)
    assert sum(of_coach(held)) == (left if release != "after" else 0)
    decided(stripe, opened, "won")
    if release != "before":
        a_week_later(moment)
    assert of_coach(held) == (10800, 0)
    assert (balance("disputes", "usd"), balance("sessions_owed", "usd"), balance("revenue", "usd")) == (0, 0, 1200)
    assert queries.locked(held.id).refunded_cents == 0
    assert agrees(stripe)


def test_a_refund_waits_while_the_payment_is_disputed_and_nobody_is_told_it_failed(
    booked, mia, stripe, run_jobs, mailbox
):
    admin = an_admin()
    stripe.dispute(booked.payment.charge_id, reason="fraudulent")
    cancelled(mia, booked)
    run_jobs()
    assert refunds(booked) == [("held", 12000)]
    assert [mail["Subject"] for mail in mailbox.to(admin.email)] == []
    assert payment_queries.owed_refunds() == []
    refund_service.resume_refunds()
    run_jobs()
    assert refunds(booked) == [("held", 12000)]


def test_a_dispute_that_is_won_sends_the_refund_that_waited(booked, mia, stripe, run_jobs):
    opened = disputed(stripe, booked)
    cancelled(mia, booked)
    run_jobs()
    decided(stripe, opened, "won")
    run_jobs()
    assert refunds(booked) == [("succeeded", 12000)]
    assert (balance("sessions_owed", "usd"), balance("disputes", "usd")) == (0, 0)
    assert at_stripe(stripe) == [12000]
    assert agrees(stripe)


def test_a_dispute_that_is_lost_for_the_whole_was_the_refund(booked, mia, stripe, run_jobs):
    opened = disputed(stripe, booked)
    cancelled(mia, booked)
    run_jobs()
    decided(stripe, opened, "lost")
    refund_service.resume_refunds()
    run_jobs()
    assert refunds(booked) == [("covered", 12000)]
    assert (balance("sessions_owed", "usd"), balance("disputes", "usd")) == (0, 1500)
    assert at_stripe(stripe) == []
    assert agrees(stripe)


def test_a_dispute_that_is_lost_in_part_leaves_the_rest_of_the_refund_to_us(booked, mia, stripe, run_jobs):
    opened = disputed(stripe, booked, amount=5000)
    cancelled(mia, booked)
    run_jobs()
    decided(stripe, opened, "lost")
    run_jobs()
    assert refunds(booked) == [("covered", 5000), ("succeeded", 7000)]
    assert (balance("sessions_owed", "usd"), balance("disputes", "usd")) == (0, 1500)
    assert agrees(stripe)


def test_a_refund_that_the_bank_paid_is_owed_by_us_when_the_appeal_is_won(booked, mia, stripe, run_jobs):
    opened = disputed(stripe, booked)
    cancelled(mia, booked)
    run_jobs()
    decided(stripe, opened, "lost")
    decided(stripe, opened, "won")
    run_jobs()
    assert refunds(booked) == [("succeeded", 12000)]
    assert (balance("sessions_owed", "usd"), balance("disputes", "usd")) == (0, 0)
    assert agrees(stripe)


def test_a_refusal_that_crosses_the_end_of_its_dispute_is_taken_up_by_the_sweep(booked, mia, stripe, run_jobs, moment):
    opened = stripe.dispute(booked.payment.charge_id, reason="fraudulent")["id"]
    cancelled(mia, booked)
    run_jobs()
    stripe.decide(opened, "won")
    payment_disputes.sync_dispute(opened)
    refund_service.resume_refunds()
    run_jobs()
    assert refunds(booked) == [("succeeded", 12000)]


def test_what_the_bank_took_cannot_come_back_once_more(booked, mia, ada, stripe, run_jobs):
    decided(stripe, disputed(stripe, booked, amount=5000), "lost")
    quote = cancellations.quote_cancellation(ada.user, booking_id=booked.id)
    assert quote.refund_cents == 7000
    with pytest.raises(refund_service.RefundTooLarge):
        refund_service.intend_refund(booked.payment, cents=7001, reason="a test", key="too much")
    cancellations.cancel(ada.user, booking_id=booked.id, expected_refund_cents=7000)
    run_jobs()
    assert refunds(booked) == [("succeeded", 7000)]
    assert balance("sessions_owed", "usd") == 0
    assert agrees(stripe)


class TestDisputesThatAreLostBeforeWeHearOfThePayment:
    @pytest.fixture
    def lost(self, mia, ada, stripe, moment):
        """Paid when the time was somebody else's already, and taken back by the bank before anybody told us."""
        offering = an_offering(ada)
        booking = a_hold(mia, offering, TOMORROW_AT_TEN)
        booking_checkout.pay(mia, booking_id=booking.id)
        moment.advance(minutes=16)
        a_hold(a_person("Noor"), offering, TOMORROW_AT_TEN)
        stripe.pay(payment_queries.of_subject(booking.id).checkout_id)
        (charge,) = stripe.read("charges")["data"]
        dispute = stripe.dispute(charge["id"], reason="fraudulent")
        stripe.decide(dispute["id"], "lost")
        payment_disputes.sync_dispute(dispute["id"])
        return booking, dispute["id"]

    def test_the_bank_has_paid_what_came_too_late(self, lost, stripe, run_jobs):
        booking, dispute_id = lost
        payment_outcomes.settle_payment(str(payment_queries.of_subject(booking.id).id))
        booking_disputes.dispute_changed(dispute_id)
        run_jobs()
        assert queries.locked(booking.id).status == "expired"
        assert refunds(booking) == [("covered", 12000)]
        assert balance("sessions_owed", "usd") == 0
        assert stripe.read("refunds")["data"] == []
        assert agrees(stripe)

    def test_what_the_bank_returns_goes_to_the_mentee_after_all(self, lost, stripe, run_jobs):
        booking, dispute_id = lost
        payment_outcomes.settle_payment(str(payment_queries.of_subject(booking.id).id))
        booking_disputes.dispute_changed(dispute_id)
        decided(stripe, dispute_id, "won")
        run_jobs()
        assert refunds(booking) == [("succeeded", 12000)]
        assert balance("sessions_owed", "usd") == 0
        assert agrees(stripe)

    def test_a_dispute_that_is_over_before_we_know_the_page_waits_for_the_payment(self, lost, stripe, run_jobs):
        booking, dispute_id = lost
        payment = payment_queries.of_subject(booking.id)
        payment_id, page = payment.id, payment.checkout_id
        session().execute(text("update payments set checkout_id = null, checkout_url = null"))
        session().commit()
        booking_disputes.dispute_changed(dispute_id)
        checkout_pages.adopt(payment_id, page)
        payment_outcomes.settle_payment(str(payment_id))
        run_jobs()
        assert refunds(queries.locked(booking.id)) == [("covered", 12000)]
        assert balance("sessions_owed", "usd") == 0
        assert agrees(stripe)
