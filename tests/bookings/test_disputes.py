"""Disputes: every cent of them in the ledger, the coach's share aside, all told."""

from datetime import UTC, datetime

import pytest

from marketplace.bookings import queries
from marketplace.bookings.cancellations import service as cancellations
from marketplace.bookings.completions import service as completions
from marketplace.bookings.disputes import service as booking_disputes
from marketplace.bookings.earnings import queries as earning_queries
from marketplace.bookings.earnings import service as earnings
from marketplace.bookings.payment_outcomes import service as payment_outcomes
from marketplace.db import session
from marketplace.errors import NotFound
from marketplace.ledger.queries.balances import balance, balances
from marketplace.payments import queries as payment_queries
from marketplace.payments import rules
from marketplace.payments.service import disputes, refunds
from marketplace.payments.service import disputes as payment_disputes
from marketplace.payments.stripe_gateway import disputes as stripe_disputes
from marketplace.payouts.queries.bank_accounts import account_of
from marketplace.payouts.queries.payables import all_payables
from marketplace.payouts.rules.reasons import DEBT, of_money
from marketplace.payouts.service import bank_accounts
from marketplace.payouts.service import runs as payout_runs
from marketplace.reconciliation.service import reconcile
from tests.factories import a_booking, a_hold, a_payment, an_admin, an_offering

TOMORROW_AT_TEN = datetime(2027, 3, 2, 10, tzinfo=UTC)
NEXT_WEEK = datetime(2027, 3, 15, 10, tzinfo=UTC)


@pytest.fixture
def booked(mia, offering, stripe):
    return a_booking(mia, offering, TOMORROW_AT_TEN, stripe)


@pytest.fixture
def held(booked, ada, moment):
    moment.set(booked.ends_at)
    return completions.complete(ada.user, booking_id=booked.id, outcome="took_place")


@pytest.fixture
def released(held, moment):
    moment.advance(days=8)
    earnings.release_earnings()
    assert balance(f"coach:{held.coach_id}", "usd") == 10800
    return queries.locked(held.id)


def disputed(stripe, booking, **more):
    return told(stripe.dispute(booking.payment.charge_id, **({"reason": "fraudulent"} | more))["id"])


def told(stripe_id):
    payment_disputes.sync_dispute(stripe_id)
    booking_disputes.dispute_changed(stripe_id)
    return stripe_id


def decided(stripe, stripe_id, outcome):
    stripe.decide(stripe_id, outcome)
    told(stripe_id)
    told(stripe_id)


def agrees(stripe):
    return balance("stripe", "usd") == stripe.balance_net() and reconcile().agrees


def of_coach(booking):
    return balance(f"coach:{booking.coach_id}", "usd"), balance(f"coach_reserve:{booking.coach_id}", "usd")


def test_an_open_dispute_takes_amount_and_fee_and_freezes_what_was_earned(held, stripe, moment):
    disputed(stripe, held)
    assert (balance("disputes", "usd"), balance("sessions_owed", "usd")) == (13500, 12000)
    assert agrees(stripe)
    moment.advance(days=8)
    earnings.release_earnings()
    assert earnings.release(held.id) is False
    (dispute,) = payment_queries.disputes_of(held.payment_id)
    assert (dispute.amount_cents, dispute.fee_cents, dispute.reason) == (12000, 1500, "fraudulent")
    assert dispute.due_by > moment.now


def test_winning_gives_everything_back_and_thaws(held, stripe, moment):
    decided(stripe, disputed(stripe, held), "won")
    assert balance("disputes", "usd") == 0
    assert agrees(stripe)
    moment.advance(days=8)
    earnings.release_earnings()
    assert of_coach(held) == (10800, 0)


@pytest.mark.parametrize("sent_before_the_verdict", [True, False])
def test_what_the_bank_took_back_is_not_owed_by_us_as_well(booked, mia, stripe, run_jobs, sent_before_the_verdict):
    dispute = disputed(stripe, booked)
    cancellations.cancel(mia, booking_id=booked.id, expected_refund_cents=12000)
    if sent_before_the_verdict:
        run_jobs()
        assert [refund.status for refund in payment_queries.refunds_of(booked.payment_id)] == ["held"]
    decided(stripe, dispute, "lost")
    run_jobs()
    (refund,) = payment_queries.refunds_of(booked.payment_id)
    assert (refund.status, list(payment_queries.owed_refunds())) == (
        "covered" if sent_before_the_verdict else "failed",
        [],
    )
    with pytest.raises(refunds.NotOwed):
        refunds.retry_refund(an_admin(), refund_id=refund.id)
    assert (balance("sessions_owed", "usd"), balance("disputes", "usd")) == (0, 1500)
    assert agrees(stripe)


def test_a_session_whose_money_the_bank_took_back_gives_nothing_back_when_it_is_cancelled(booked, mia, stripe):
    decided(stripe, disputed(stripe, booked), "lost")
    quote = cancellations.quote_cancellation(mia, booking_id=booked.id)
    assert (quote.refund_cents, quote.kept_cents) == (0, 0)
    assert "bank" in quote.why
    cancelled = cancellations.cancel(mia, booking_id=booked.id, expected_refund_cents=0)
    assert cancelled.refunded_cents == 12000
    assert list(payment_queries.refunds_of(booked.payment_id)) == []


def test_losing_before_the_release_is_paid_by_what_was_owed_for_the_session(held, stripe, moment):
    decided(stripe, disputed(stripe, held), "lost")
    assert (balance("disputes", "usd"), balance("sessions_owed", "usd")) == (1500, 0)
    moment.advance(days=8)
    earnings.release_earnings()
    assert of_coach(held) == (0, 0)
    assert earning_queries.earned_but_not_released(held.coach_id).cents == {}
    assert agrees(stripe)


def test_what_was_released_stands_aside_and_comes_back_when_won(released, stripe):
    opened = disputed(stripe, released)
    assert of_coach(released) == (0, 10800)
    decided(stripe, opened, "won")
    assert of_coach(released) == (10800, 0)
    assert balance("disputes", "usd") == 0
    assert agrees(stripe)


def test_half_a_payment_disputed_takes_half_the_share(released, stripe):
    decided(stripe, disputed(stripe, released, amount=6000), "lost")
    assert of_coach(released) == (5400, 0)
    # Our fee on the lost half and Stripe's fee are our cost.
    assert balance("disputes", "usd") == 600 + 1500
    assert agrees(stripe)


def test_an_end_heard_of_first_is_booked_whole(released, stripe):
    opened = stripe.dispute(released.payment.charge_id, reason="fraudulent")["id"]
    decided(stripe, opened, "lost")
    assert of_coach(released) == (0, 0)
    assert balance("disputes", "usd") == 1200 + 1500
    assert agrees(stripe)


def test_a_session_paid_out_and_lost_is_her_debt_and_the_next_payout_nets_it(
    released, ada, mia, offering, stripe, moment, run_jobs, mailbox
):
    admin = an_admin()
    bank_accounts.connect_bank(ada.user, country="DE")
    bank = account_of(ada.id)
    stripe.onboard(account_of(ada.id).stripe_id)
    bank_accounts.refresh_account(str(bank.id))
    run = payout_runs.propose_run(admin)
    payout_runs.approve_run(admin, run_id=run.id)
    run_jobs()
    assert of_coach(released) == (0, 0)
    mailbox.clear()
    opened = disputed(stripe, released)
    assert of_coach(released) == (-10800, 10800)
    decided(stripe, opened, "lost")
    run_jobs()
    assert of_coach(released) == (-10800, 0)
    (payable,) = all_payables()
    assert payable.reason == of_money(DEBT, 10800, "usd")
    for person in (mia, ada.user, admin):
        assert [mail["Subject"] for mail in mailbox.besides_invoices(person.email)][
            -1
        ] == "The dispute over 120.00 USD was lost"
    dear = an_offering(ada, price_cents=30000)
    second = a_booking(mia, dear, NEXT_WEEK, stripe)
    moment.set(second.ends_at)
    completions.complete(ada.user, booking_id=second.id, outcome="took_place")
    moment.advance(days=8)
    earnings.release_earnings()
    netted = payout_runs.propose_run(admin)
    assert [line.amount_cents for line in netted.payouts] == [27000 - 10800]
    payment_outcomes.settle_payment(str(second.payment_id))
    payout_runs.approve_run(admin, run_id=netted.id)
    run_jobs()
    assert of_coach(released) == (0, 0)
    assert balance("in_transit", "usd") == 0
    assert reconcile().agrees


def test_an_inquiry_moves_and_freezes_nothing_until_it_is_escalated(held, stripe, run_jobs, mailbox, mia):
    admin = an_admin()
    before = balances()
    opened = disputed(stripe, held, reason="general", inquiry=True)
    run_jobs()
    assert balances() == before
    assert payment_queries.one(held.payment_id).disputed_at is None
    assert [mail["Subject"] for mail in mailbox.to(admin.email)] == ["A bank asks about 120.00 USD"]
    decided(stripe, opened, "escalated")
    assert balance("disputes", "usd") == 13500
    assert payment_queries.one(held.payment_id).disputed_at is not None
    run_jobs()
    assert "Your bank disputes a payment of 120.00 USD" in [mail["Subject"] for mail in mailbox.to(mia.email)]


def test_an_inquiry_that_is_closed_moves_nothing(held, stripe):
    before = balances()
    decided(stripe, disputed(stripe, held, reason="general", inquiry=True), "won")
    (dispute,) = payment_queries.disputes_of(held.payment_id)
    assert (dispute.status, dispute.closed_at is not None) == ("warning_closed", True)
    assert balances() == before


def test_the_card_that_disputes_itself_does(mia, offering, stripe, moment):
    booking = a_payment(mia, a_hold(mia, offering, TOMORROW_AT_TEN), stripe, "4000000000000259")
    moment.advance(hours=1)
    (event,) = stripe.events("charge.dispute.created")
    told(event["data"]["object"]["id"])
    assert payment_queries.one(booking.payment_id).disputed_at == moment.now
    assert agrees(stripe)


def test_what_is_heard_late_does_not_move_a_dispute_back():
    assert rules.is_news("needs_response", "under_review")
    assert not rules.is_news("won", "under_review")
    assert not rules.is_news("needs_response", "warning_under_review")


def test_a_stale_answer_changes_nothing(held, stripe):
    opened = disputed(stripe, held)
    stale = stripe_disputes.dispute(opened)
    decided(stripe, opened, "lost")
    disputes._record(held.payment_id, stale)
    assert payment_queries.disputes_of(held.payment_id)[0].status == "lost"


def test_a_payment_for_nothing_of_ours_has_no_sessions_to_settle(booked, stripe):
    opened = stripe.dispute(booked.payment.charge_id, reason="fraudulent")["id"]
    payment_disputes.sync_dispute(opened)
    booked.payment_id = None
    session().commit()
    booking_disputes.dispute_changed(opened)
    assert balance("sessions_owed", "usd") == 12000


def test_a_dispute_of_money_that_went_back_already_is_all_our_cost(held, stripe):
    held.refunded_cents = held.price_cents
    session().commit()
    decided(stripe, disputed(stripe, held), "lost")
    assert balance("disputes", "usd") == 13500


def test_a_dispute_that_is_not_there_is_not_found(mia):
    with pytest.raises(NotFound):
        payment_queries.dispute(mia.id)
