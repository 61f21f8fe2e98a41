"""What banks took of overruns before each loss had a row: an appeal gives back exactly that."""

import pytest

from marketplace.accounts.models import User
from marketplace.bookings.disputes import service as booking_disputes
from marketplace.bookings.overruns import earnings, queries, service
from marketplace.coaches.queries import offerings_of
from marketplace.db import session
from marketplace.ledger.queries.balances import balance
from marketplace.payments import queries as payments
from marketplace.payments.service import disputes as payment_disputes
from tests.bookings.test_overruns import paid
from tests.factories import a_booking, a_person
from tests.races.test_asks import FIRST, ada

__all__ = ["ada"]

pytestmark = pytest.mark.real

# As it was done until then: out of what was owed, or of the coach's balance, our fee on that part being our cost.
ENTRY = """
insert into ledger_entries (id, key, debit_id, credit_id, cents, currency, subject_id, source, booked_at)
select gen_random_uuid(), 'dispute-lost:' || d.id || ':' || o.id, debit.id, credit.id, :moved, 'usd', o.id, d.stripe_id,
    d.opened_at
from overruns o, disputes d, ledger_accounts debit, ledger_accounts credit
where d.stripe_id = :dispute and debit.name = :account and credit.name = 'disputes'
"""
AUDIT = """
insert into audit_entries (id, at, action, subject_id, details)
select gen_random_uuid(), now(), 'overrun.dispute_lost', id::text,
    jsonb_build_object('cents', cast(:cents as int), 'dispute', cast(:dispute as text))
from overruns
"""
LOSSES = """
select d.stripe_id, l.cents, l.coach_cents, l.was_released, l.booked_at = d.opened_at, l.returned_at
from overrun_losses l join disputes d on d.id = l.dispute_id
"""


@pytest.fixture
def bought(real_app, ada, stripe, moment):
    """Twenty minutes more after an hour with Ada, paid: 40.00 USD."""
    with real_app.app_context():
        mia, coach = a_person("Mia"), session().get_one(User, ada.user_id)
        booking = a_booking(mia, offerings_of(ada.id)[0], FIRST, stripe)
        moment.set(booking.ends_at)
        return paid(service.propose(coach, booking_id=booking.id, minutes=20), mia, stripe)


@pytest.fixture
def released(real_app, bought, moment):
    moment.advance(days=9)
    with real_app.app_context():
        earnings.release_overruns()
    return bought


@pytest.fixture
def lose(real_app, schema, bought, stripe):
    """A bank takes back so much of it, as that was followed until then; the dispute's name at Stripe."""

    def follow(cents, moved, account="sessions_owed"):
        with real_app.app_context():
            dispute = stripe.dispute(payments.one(bought.payment_id).charge_id, amount=cents)["id"]
            stripe.decide(dispute, "lost")
            payment_disputes.sync_dispute(dispute)
        schema.run(ENTRY, moved=moved, dispute=dispute, account=account)
        schema.run(AUDIT, cents=cents, dispute=dispute)
        schema.run("update overruns set refunded_cents = refunded_cents + :cents", cents=cents)
        schema.run("update disputes set followed_at = opened_at where stripe_id = :dispute", dispute=dispute)
        schema.run("update payments set disputed_at = null where id = :payment", payment=bought.payment_id)
        return dispute

    return follow


@pytest.fixture
def win(real_app, stripe):
    def appeal(dispute):
        with real_app.app_context():
            stripe.decide(dispute, "won")
            payment_disputes.sync_dispute(dispute)
            booking_disputes.dispute_changed(dispute)

    return appeal


def in_the_books(real_app, ada, overrun):
    """What the coach has, our fee, what disputes cost us, and what counts as refunded, in cents."""
    with real_app.app_context():
        found = queries.one(session().get_one(User, ada.user_id), overrun.id)
        accounts = (f"coach:{ada.id}", "revenue", "disputes")
        return [*(balance(account, "usd") for account in accounts), found.refunded_cents]


@pytest.mark.parametrize("cents", [4000, 2000])
def test_what_was_owed_and_lost_is_owed_again(real_app, ada, bought, schema, lose, win, moment, cents):
    dispute = lose(cents, moved=cents)
    schema.migrate_again("0091")
    assert schema.run(LOSSES) == [(dispute, cents, 0, False, True, None)]
    win(dispute)
    moment.advance(days=9)
    with real_app.app_context():
        earnings.release_overruns()
    assert in_the_books(real_app, ada, bought) == [3600, 400, 0, 0]


@pytest.mark.parametrize(("cents", "of_coach"), [(4000, 3600), (2000, 1800)])
def test_what_the_coach_bore_is_the_coachs_again(real_app, ada, released, schema, lose, win, cents, of_coach):
    dispute = lose(cents, moved=of_coach, account=f"coach:{ada.id}")
    schema.migrate_again("0091")
    assert schema.run(LOSSES) == [(dispute, cents, of_coach, True, True, None)]
    win(dispute)
    assert in_the_books(real_app, ada, released) == [3600, 400, 0, 0]


def test_what_the_coach_refunded_after_a_loss_is_none_of_it(real_app, ada, bought, schema, lose, win, moment):
    dispute = lose(1000, moved=1000)
    with real_app.app_context():
        service.refund(session().get_one(User, ada.user_id), overrun_id=bought.id)
    schema.migrate_again("0091")
    assert [row[:2] for row in schema.run(LOSSES)] == [(dispute, 1000)]
    win(dispute)
    moment.advance(days=9)
    with real_app.app_context():
        earnings.release_overruns()
    assert in_the_books(real_app, ada, bought) == [900, 100, 0, 3000]


def test_without_a_lost_dispute_there_is_no_loss(real_app, ada, bought, schema):
    with real_app.app_context():
        service.refund(session().get_one(User, ada.user_id), overrun_id=bought.id)
    schema.migrate_again("0091")
    assert schema.run(LOSSES) == []
