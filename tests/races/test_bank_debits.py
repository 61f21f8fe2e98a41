"""The money of a bank debit arrives while its time lapses and others want it: for real, with threads and commits."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from marketplace.bookings import queries, rules
from marketplace.bookings.checkout import service as booking_checkout
from marketplace.bookings.holds import expiry as hold_expiry
from marketplace.bookings.models import Booking
from marketplace.bookings.payment_outcomes import service as payment_outcomes
from marketplace.db import session
from marketplace.errors import Conflict
from marketplace.payments import queries as payments
from tests.factories import a_coach, a_hold, a_person, an_offering, open_all_week
from tests.invariants.conftest import broken

pytestmark = pytest.mark.real

ROUNDS = range(4)
IN_FIVE_DAYS = datetime(2027, 3, 6, 10, tzinfo=UTC)
GOOD = "000123456789"


@pytest.fixture
def offering(real_app, stripe, moment):
    """A debit of four days keeps its time for exactly as long, on which we count for one."""
    settings = real_app.extensions["settings"]
    real_app.extensions["settings"] = replace(settings, debit_days=1, debit_hours_before=24)
    with real_app.app_context():
        return an_offering(open_all_week(a_coach("ada")))


def at_once(app, *commands):
    ready = threading.Barrier(len(commands))

    def one(command):
        with app.app_context():
            ready.wait()
            try:
                return command()
            except Conflict as refusal:
                return refusal

    with ThreadPoolExecutor(len(commands)) as threads:
        return list(threads.map(one, commands))


@pytest.mark.parametrize("_round", ROUNDS)
def test_the_time_is_hers_or_anothers_and_her_money_buys_or_goes_back(_round, real_app, offering, stripe, moment):
    with real_app.app_context():
        mia, ben = a_person("Mia"), a_person("Ben")
        held = a_hold(mia, offering, IN_FIVE_DAYS)
        booking_checkout.pay(mia, booking_id=held.id)
        payment_id = payments.of_subject(held.id).id
        assert stripe.pay(payments.one(payment_id).checkout_id, bank_account=GOOD)["status"] == "processing"
        payment_outcomes.settle_payment(str(payment_id))
        until = queries.locked(held.id).hold_expires_at
        session().commit()
    moment.advance(seconds=(until - moment.now).total_seconds())
    at_once(
        real_app,
        lambda: hold_expiry.expire_hold(str(held.id)),
        lambda: payment_outcomes.settle_payment(str(payment_id)),
        lambda: a_hold(ben, offering, IN_FIVE_DAYS),
    )
    with real_app.app_context():
        payment_outcomes.settle_payment(str(payment_id))
        claims = session().scalars(select(Booking).where(Booking.status.in_(rules.CLAIMING))).all()
        assert len(claims) == 1
        hers = queries.locked(held.id)
        assert (hers.status, hers.refunded_cents) in {("confirmed", 0), ("expired", 12000)}
        assert payments.one(payment_id).status == "paid"
        assert {"one_session_at_a_time", "money_buys_a_session", "sessions_are_paid"} & broken(settled=True) == set()
