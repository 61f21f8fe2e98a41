"""A marketplace in which everything has happened once, and all is well."""

from datetime import UTC, datetime, timedelta

import pytest

from marketplace import clock
from marketplace.bookings.completions import service as completions
from marketplace.bookings.earnings import service as earnings
from marketplace.bookings.payment_outcomes import service as payment_outcomes
from marketplace.invariants import queries as invariant_queries
from marketplace.payouts.queries import bank_accounts as bank_account_queries
from marketplace.payouts.queries import runs as run_queries
from marketplace.payouts.service import bank_accounts
from marketplace.payouts.service import runs as payout_runs
from tests.factories import a_booking, a_hold

DAY = datetime(2027, 3, 2, tzinfo=UTC)


def broken(**how):
    """The names of what a look finds broken now."""
    return {finding.invariant.name for finding in invariant_queries.evaluate(**how) if not finding.well}


@pytest.fixture
def paid(mia, offering, stripe, run_jobs):
    """A session that is paid and lies ahead; both were told."""
    booked = a_booking(mia, offering, DAY + timedelta(hours=10), stripe)
    run_jobs()
    return booked


@pytest.fixture
def held(mia, offering):
    """A time held and not paid."""
    return a_hold(mia, offering, DAY + timedelta(hours=14))


@pytest.fixture
def released(paid, moment, run_jobs):
    """A session that took place, its window over: 108.00 are the coach's."""
    moment.advance(days=9)
    payment_outcomes.settle_payment(str(paid.payment_id))
    completions.complete_sessions()
    earnings.release_earnings()
    run_jobs()
    return paid


@pytest.fixture
def payout(released, ada, alma, stripe, run_jobs):
    """What was released, sent to her bank."""
    bank_accounts.connect_bank(ada.user, country="DE")
    account = bank_account_queries.account_of(ada.id)
    stripe.onboard(account.stripe_id, "complete")
    bank_accounts.refresh_account(str(account.id))
    run = payout_runs.propose_run(alma)
    (sent,) = payout_runs.approve_run(alma, run_id=run.id).payouts
    run_jobs()
    assert run_queries.find(str(sent.id)).status == "paid"
    assert clock.now() > released.ends_at
    return sent
