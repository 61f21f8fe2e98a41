"""Many workers, one payout: for real, with commits."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from marketplace import clock
from marketplace.db import begin_transaction, session, uuid7
from marketplace.errors import Unavailable
from marketplace.ledger.queries.balances import balance
from marketplace.ledger.rules import IN_TRANSIT, coach
from marketplace.ledger.service.postings import post
from marketplace.payments.stripe_gateway import checkouts as stripe_checkouts
from marketplace.payouts.queries import bank_accounts as bank_account_queries
from marketplace.payouts.queries import payout_lines as payout_line_queries
from marketplace.payouts.queries import runs as run_queries
from marketplace.payouts.rules import states as payout_states
from marketplace.payouts.service import bank_accounts
from marketplace.payouts.service import runs as payout_runs
from marketplace.payouts.service import transfers as payout_transfers
from tests.factories import a_coach, an_admin

pytestmark = pytest.mark.real

STRAIGHT_TO_AVAILABLE = "4000000000000077"


def a_charge(stripe, cents):
    """Money in our Stripe balance, available at once."""
    page = stripe_checkouts.create_checkout(
        payment_id=uuid7(),
        attempt=1,
        amount_cents=cents,
        currency="usd",
        description="A session",
        email="mia@example.com",
        manual_capture=False,
        expires_at=clock.now() + timedelta(minutes=45),
        group="test",
        success_url="http://localhost/ok",
        cancel_url="http://localhost/no",
    )
    stripe.pay(page.id, STRAIGHT_TO_AVAILABLE)


@pytest.fixture
def payout(real_app, stripe):
    """An approved payout of 100.00 USD that Stripe's balance covers."""
    with real_app.app_context():
        a_charge(stripe, 50000)
        ada, alma = a_coach("ada"), an_admin()
        bank_accounts.connect_bank(ada.user, country="DE")
        account = bank_account_queries.account_of(ada.id)
        stripe.onboard(account.stripe_id)
        bank_accounts.refresh_account(account.stripe_id)
        begin_transaction()
        post(
            "earned",
            debit="sessions_owed",
            credit=coach(ada.id),
            cents=10000,
            currency="usd",
            subject_id=uuid7(),
        )
        session().commit()
        run = payout_runs.propose_run(alma)
        return payout_runs.approve_run(alma, run_id=run.id).payouts[0]


def test_ten_workers_send_one_payout_once(real_app, stripe, payout):
    def work(_):
        with real_app.app_context():
            try:
                payout_transfers.send_payout(str(payout.id))
            except Unavailable:
                # Stripe is busy with the same key for another worker: the queue would ask again.
                payout_transfers.send_payout(str(payout.id))

    with ThreadPoolExecutor(10) as workers:
        list(workers.map(work, range(10)))
    with real_app.app_context():
        sent = run_queries.find(str(payout.id))
        assert (sent.status, sent.attempt) == (payout_states.PAID, 1)
        assert balance(IN_TRANSIT, "usd") == balance(coach(payout.coach_id), "usd") == 0
    (transfer,) = stripe.read("transfers", limit=100)["data"]
    assert transfer["id"] == sent.stripe_id


def test_two_admins_propose_at_once_and_nobody_is_paid_twice(real_app, stripe, payout):
    with real_app.app_context():
        payout_runs.cancel_run(an_admin("Bert"), run_id=payout.run_id)
        admins = [an_admin(f"Admin{number}") for number in range(6)]

    def propose(admin):
        with real_app.app_context():
            try:
                return payout_runs.propose_run(admin).id
            except payout_runs.NothingPayable:
                return None

    with ThreadPoolExecutor(6) as workers:
        runs = [run for run in workers.map(propose, admins) if run]
    assert len(runs) == 1
    with real_app.app_context():
        (again,) = run_queries.run(admins[0], runs[0]).payouts
        assert [line.cents for line in payout_line_queries.statement_lines(again)] == [again.amount_cents] == [10000]
