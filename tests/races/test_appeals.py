"""An appeal is won while what was left of the sale is released: the coach has all of it, once, for real."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from marketplace.accounts.models import User
from marketplace.bookings.completions import service as completions
from marketplace.bookings.disputes import service as booking_disputes
from marketplace.bookings.earnings import service as earnings
from marketplace.bookings.overruns import earnings as overrun_earnings
from marketplace.bookings.overruns import service as overruns
from marketplace.coaches.queries import offerings_of
from marketplace.db import session
from marketplace.ledger.queries.balances import balance
from marketplace.payments import queries as payments
from marketplace.payments.service import disputes as payment_disputes
from tests.bookings.test_overruns import paid
from tests.factories import a_booking, a_person
from tests.races.test_asks import FIRST, ada, at_once
from tests.races.test_overruns_and_invitations import broken
from tests.races.test_session_credits import one_after_the_other
from tests.races.test_written_answers import outcome

__all__ = ["ada"]

pytestmark = pytest.mark.real

PRICES = {"session": 12000, "overrun": 4000}
RELEASES = {"session": earnings.release_earnings, "overrun": overrun_earnings.release_overruns}


def heard(stripe_id):
    payment_disputes.sync_dispute(stripe_id)
    booking_disputes.dispute_changed(stripe_id)


@pytest.fixture
def charges(real_app, ada, stripe, moment):
    """Of an hour that took place and of the twenty minutes after it, both paid."""
    with real_app.app_context():
        mia, coach = a_person("Mia"), session().get_one(User, ada.user_id)
        booking = a_booking(mia, offerings_of(ada.id)[0], FIRST, stripe)
        moment.set(booking.ends_at + timedelta(minutes=20))
        overrun = paid(overruns.propose(coach, booking_id=booking.id, minutes=20), mia, stripe)
        completions.complete(coach, booking_id=booking.id, outcome="took_place")
        of = {"session": booking.payment_id, "overrun": overrun.payment_id}
        return {sale: payments.one(payment_id).charge_id for sale, payment_id in of.items()}


@pytest.fixture
def appealed(real_app, charges, stripe, moment):
    """What was lost of a sale is won on appeal, when the rest is to be released; nobody of the sales has heard it."""

    def begin(sale, lost_cents):
        with real_app.app_context():
            stripe_id = stripe.dispute(charges[sale], amount=lost_cents)["id"]
            heard(stripe_id)
            stripe.decide(stripe_id, "lost")
            heard(stripe_id)
            moment.advance(days=9)
            stripe.decide(stripe_id, "won")
            payment_disputes.sync_dispute(stripe_id)
        return {"appeal": lambda: booking_disputes.dispute_changed(stripe_id), "release": RELEASES[sale]}

    return begin


def in_the_books(ada):
    accounts = (f"coach:{ada.id}", f"coach_reserve:{ada.id}", "revenue", "disputes", "sessions_owed")
    return [balance(account, "usd") for account in accounts]


def all_is_earned(sale):
    """The whole price is shared out; what was paid for the other sale is owed still."""
    fee, other = PRICES[sale] // 10, sum(PRICES.values()) - PRICES[sale]
    return [PRICES[sale] - fee, 0, fee, 0, other]


def all_is_well_once_the_other_sale_is_released(ada):
    for release in RELEASES.values():
        release()
    assert in_the_books(ada) == [14400, 0, 1600, 0, 0]
    assert broken() == set()


@pytest.mark.parametrize("first", ["appeal", "release"])
@pytest.mark.parametrize("sale", PRICES)
def test_the_second_waits_for_the_first_and_nothing_is_earned_twice(real_app, ada, appealed, sale, first):
    deeds = appealed(sale, PRICES[sale] // 2)
    (second,) = set(deeds) - {first}
    assert one_after_the_other(real_app, deeds[first], deeds[second]) == "done"
    late = "select count(*) from ledger_entries where key like 'dispute-released-coach:%'"
    with real_app.app_context():
        assert in_the_books(ada) == all_is_earned(sale)
        assert session().scalar(text(late)) == (first == "release")
        all_is_well_once_the_other_sale_is_released(ada)


@pytest.mark.parametrize("part", [1, 2])
@pytest.mark.parametrize("sale", PRICES)
def test_many_at_once_come_to_the_same(real_app, ada, appealed, sale, part):
    deeds = [outcome(real_app, deed) for deed in appealed(sale, PRICES[sale] // part).values()]
    assert set(at_once(deeds * 6)) == {"done"}
    with real_app.app_context():
        # Of what was lost as a whole nothing was to be released before the appeal.
        RELEASES[sale]()
        assert in_the_books(ada) == all_is_earned(sale)
        all_is_well_once_the_other_sale_is_released(ada)
