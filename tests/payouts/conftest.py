"""Coaches with earnings and banks."""

from datetime import timedelta

import pytest

from marketplace import clock
from marketplace.bookings.completions import service as completions
from marketplace.bookings.earnings import service as earnings
from marketplace.bookings.payment_outcomes import service as payment_outcomes
from marketplace.payouts.queries import bank_accounts as bank_account_queries
from marketplace.payouts.service import bank_accounts
from marketplace.payouts.service import runs as payout_runs
from tests.factories import a_booking, a_person, an_admin, an_offering


@pytest.fixture
def bert():
    return an_admin("Bert")


@pytest.fixture
def earn(stripe, moment):
    """A paid session that took place, its window over: 90 % of the price is payable."""

    def earn(coach, price_cents=12000, **changes):
        offering = an_offering(coach, price_cents=price_cents, **changes)
        at_ten = (clock.now() + timedelta(days=1)).replace(hour=10, minute=0)
        booking = a_booking(a_person("Mia"), offering, at_ten, stripe)
        moment.advance(days=9)
        payment_outcomes.settle_payment(str(booking.payment_id))
        completions.complete_sessions()
        earnings.release_earnings()
        return booking

    return earn


@pytest.fixture
def bank(stripe):
    """A coach's bank, onboarded to the end unless told otherwise."""

    def bank(coach, outcome="complete"):
        bank_accounts.connect_bank(coach.user, country="DE")
        account = bank_account_queries.account_of(coach.id)
        stripe.onboard(account.stripe_id, outcome)
        bank_accounts.refresh_account(str(account.id))
        return account

    return bank


@pytest.fixture
def approved(alma):
    """Propose a run, approve it; its payouts."""

    def approved():
        run = payout_runs.propose_run(alma)
        return payout_runs.approve_run(alma, run_id=run.id).payouts

    return approved
