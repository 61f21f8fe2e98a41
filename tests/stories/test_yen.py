"""A currency without decimals, from the price to the bank: no yen becomes a hundred, none is lost."""

from datetime import UTC, datetime, timedelta

import pytest

from marketplace.bookings import rules
from marketplace.bookings.cancellations.service import cancel
from marketplace.bookings.earnings import rules as earning_rules
from marketplace.bookings.earnings.service import release
from marketplace.currencies import KNOWN
from marketplace.db import session
from marketplace.ledger.queries import balances as balance_queries
from marketplace.payments import queries as payments
from marketplace.payouts.queries import bank_accounts as bank_account_queries
from marketplace.payouts.queries import runs as run_queries
from marketplace.payouts.rules.states import PAID
from marketplace.payouts.service.bank_accounts import connect_bank, refresh_account
from marketplace.payouts.service.runs import approve_run, propose_run
from tests.factories import a_booking, a_coach, an_admin, an_offering, open_all_week

TEN = datetime(2027, 3, 3, 10, tzinfo=UTC)


@pytest.fixture
def yuki():
    return open_all_week(a_coach("yuki", currency="jpy"))


def of(account):
    return balance_queries.balance(account, "jpy")


def test_yen_are_paid_split_and_paid_out_whole(yuki, mia, stripe, moment, browser_of, run_jobs):
    booking = a_booking(mia, an_offering(yuki, price_cents=12345), TEN, stripe)
    payment = payments.of_subject(booking.id)
    assert (payment.amount_cents, payment.currency) == (12345, "jpy")
    assert of("stripe") == 12345 - payment.fee_cents
    page = browser_of(mia).get(f"/sessions/{booking.id}").get_data(as_text=True)
    assert ("12,345 JPY" in page, "123.45" in page) == (True, False)

    booking.status, booking.outcome = "completed", rules.TOOK_PLACE
    session().commit()
    moment.set(TEN + timedelta(days=10))
    assert release(booking.id)
    hers, ours = earning_rules.shares(12345, booking.fee_basis_points)
    assert (of(f"coach:{yuki.id}"), of("revenue"), of("sessions_owed")) == (hers, ours, 0)
    assert hers + ours == 12345
    assert f"{hers:,} JPY" in browser_of(yuki.user).get("/dashboard/earnings").get_data(as_text=True)

    connect_bank(yuki.user, country="JP")
    bank = bank_account_queries.account_of(yuki.id)
    stripe.onboard(bank.stripe_id, "complete")
    refresh_account(str(bank.id))
    alma = an_admin("Alma")
    approve_run(alma, run_id=propose_run(an_admin("Bert")).id)
    run_jobs()
    (payout,) = run_queries.payouts_of(yuki.id)
    assert (payout.status, payout.amount_cents, of(f"coach:{yuki.id}")) == (PAID, hers, 0)
    assert f"{hers:,} JPY" in browser_of(alma).get(f"/admin/ledger/timelines/{payout.id}").get_data(as_text=True)


def test_half_of_an_odd_sum_of_yen_goes_back_to_the_last_one(yuki, mia, stripe, moment, run_jobs):
    booking = a_booking(mia, an_offering(yuki, price_cents=12345), TEN, stripe)
    moment.set(TEN - timedelta(hours=10))
    cancel(mia, booking_id=booking.id, expected_refund_cents=6173)
    run_jobs()
    (refund,) = payments.refunds_of(payments.of_subject(booking.id).id)
    assert (refund.amount_cents, refund.status) == (6173, "succeeded")
    assert of("sessions_owed") == 12345 - 6173


@pytest.mark.parametrize("currency", ["kwd", "bhd", "tnd", "isk", "huf"])
def test_currencies_that_stripe_rounds_its_own_way_are_not_offered(currency):
    assert currency not in KNOWN
