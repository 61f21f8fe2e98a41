"""Each of Stripe's messages twice, in reverse order, or never: the end is the same as in order and once."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from marketplace.bookings import queries, rules
from marketplace.bookings.cancellations import service as cancellations
from marketplace.bookings.checkout import service as booking_checkout
from marketplace.bookings.completions import service as completions
from marketplace.bookings.earnings import service as earnings
from marketplace.bookings.payment_outcomes import service as payment_outcomes
from marketplace.db import session
from marketplace.ledger.queries.balances import balances
from marketplace.notifications.models import Message
from marketplace.payments import queries as payments
from marketplace.payments.service import refunds
from marketplace.payouts.models import ConnectedAccount, Payout
from marketplace.payouts.service import bank_accounts
from marketplace.payouts.service import runs as payout_runs
from marketplace.payouts.service import transfers as payout_transfers
from marketplace.reconciliation.service import reconcile
from marketplace.stripe_inbox import service as stripe_inbox
from stripe_sandbox.box import Endpoint
from tests.factories import a_coach, a_hold, a_person, an_admin, an_offering, open_all_week

STARTS = datetime(2027, 3, 9, 10, tzinfo=UTC)
KINDS = ("platform", "connect", "thin")


class Post:
    """Carries what the sandbox sent to our door, in the way a test wants it."""

    def __init__(self, stripe, client, order="sent", copies=1, lost=False):
        self.stripe, self.client, self.order, self.copies, self.lost = stripe, client, order, copies, lost
        stripe.reset(
            [Endpoint(kind, f"http://localhost/webhooks/stripe/{kind}", f"whsec_{kind}_of_the_tests") for kind in KINDS]
        )
        stripe.deliver("drop" if lost else "hold")

    def deliver(self):
        for event in [] if self.lost else self.stripe.take(self.order):
            for _ in range(self.copies):
                answer = self.client.post(
                    urlsplit(event["url"]).path,
                    data=event["payload"],
                    headers={"Stripe-Signature": event["signature"]},
                )
                assert answer.status_code == 204


WAYS = {
    "in order and once": {},
    "each twice": {"copies": 2},
    "in reverse order": {"order": "reverse"},
    "twice and in reverse order": {"order": "reverse", "copies": 2},
    "shuffled": {"order": "shuffle", "copies": 3},
    "never": {"lost": True},
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_the_end_is_the_same(way, stripe, client, moment, run_jobs):
    post = Post(stripe, client, **way)
    moment.follow(stripe)
    ada = open_all_week(a_coach("ada"))
    offering, mia, alma = an_offering(ada), a_person("Mia"), an_admin()
    coach_account = f"coach:{ada.id}"

    def everything_arrives():
        """The messages, and the sweeps that run each minute."""
        post.deliver()
        run_jobs()
        moment.advance(minutes=3)
        payment_outcomes.settle_payments()
        refunds.resume_refunds()
        stripe_inbox.sweep_events()
        bank_accounts.refresh_accounts()
        payout_transfers.resume_payouts()
        run_jobs()

    kept, cancelled = (a_hold(mia, offering, STARTS + timedelta(hours=n)) for n in (0, 2))
    for booking in (kept, cancelled):
        booking_checkout.pay(mia, booking_id=booking.id)
        stripe.pay(payments.of_subject(booking.id).checkout_id)
    everything_arrives()
    assert [queries.locked(b.id).status for b in (kept, cancelled)] == [rules.CONFIRMED] * 2

    moment.set(cancelled.starts_at - timedelta(hours=10))
    cancellations.cancel(mia, booking_id=cancelled.id, expected_refund_cents=6000)
    bank_accounts.connect_bank(ada.user, country="DE")
    stripe.onboard(session().scalars(select(ConnectedAccount)).one().stripe_id)
    everything_arrives()
    moment.advance(hours=2)
    bank_accounts.refresh_accounts()
    run_jobs()

    moment.set(kept.ends_at + timedelta(days=4))
    completions.complete_sessions()
    earnings.release_earnings()
    run = payout_runs.propose_run(alma)
    payout_runs.approve_run(alma, run_id=run.id)
    everything_arrives()

    assert session().scalars(select(Payout)).one().status == "paid"
    assert balances() == {
        ("stripe", "usd"): 24000 - 2 * 378 - 6000 - 16200,
        ("stripe_fees", "usd"): 756,
        ("sessions_owed", "usd"): 0,
        (coach_account, "usd"): 0,
        ("revenue", "usd"): 1800,
        ("in_transit", "usd"): 0,
    }
    assert reconcile().agrees
    subjects = sorted(session().scalars(select(Message.subject).where(Message.recipient == mia.email)))
    assert subjects == [
        "120.00 USD paid: invoice ADA-00001",
        "120.00 USD paid: invoice ADA-00002",
        "60.00 USD refunded: credit note ADA-00003",
        "Booked: One hour of mentoring with Ada",
        "Booked: One hour of mentoring with Ada",
        "Cancelled: One hour of mentoring with Ada",
        "Your session with Ada",
    ]
