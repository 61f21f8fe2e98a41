"""However many come to pay after a page has ended, one page follows it, for real."""

from datetime import timedelta

import pytest

from marketplace.bookings.checkout import service as booking_checkout
from marketplace.bookings.holds.agreed import hold_agreed
from marketplace.bookings.terms import service as booking_terms
from marketplace.db import session
from marketplace.payments import queries
from marketplace.payments.service import checkouts
from marketplace.policies import queries as policies
from tests.factories import a_coach, a_person, an_offering, open_all_week
from tests.races.test_asks import at_once
from tests.races.test_written_answers import outcome
from tests.scenes import TEN

pytestmark = pytest.mark.real


@pytest.fixture
def payment_id(real_app, moment, stripe):
    """A time that is held for three days, and whose first page ends a day later."""
    with real_app.app_context():
        offering, mia = an_offering(open_all_week(a_coach("ada"))), a_person("Mia")
        terms = policies.terms_of(policies.current(offering.policy_id))
        snapshot = booking_terms.TermsSnapshot(terms, booking_terms.current_fee(mia, offering))
        until = moment.now + timedelta(hours=72)
        held = hold_agreed(mia, offering, TEN + timedelta(days=10), snapshot, brief="", until=until)
        booking_checkout.pay(mia, booking_id=held.id)
        made = queries.of_subject(held.id).id
        session().rollback()
    moment.advance(hours=24)
    stripe.set_clock(moment.now)
    return made


def test_many_who_come_to_pay_are_given_one_page(real_app, payment_id, stripe):
    come = outcome(real_app, lambda: checkouts.start_checkout(payment_id))
    hear = outcome(real_app, lambda: checkouts.sync(payment_id))
    said = at_once([come, hear] * 6)
    # Stripe refuses a second request of a key that is under way; whoever made it comes again.
    assert set(said) <= {"done", "Unavailable", "GatewayRefused"}
    with real_app.app_context():
        checkouts.start_checkout(payment_id)
    assert sorted(page["status"] for page in stripe.read("checkout/sessions")["data"]) == ["expired", "open"]


def test_a_payment_that_is_given_up_while_people_come_to_pay_leaves_no_page_open(real_app, payment_id, stripe):
    come = outcome(real_app, lambda: checkouts.start_checkout(payment_id))
    stop = outcome(real_app, lambda: checkouts.abandon(payment_id))
    at_once([come, stop] * 4)
    with real_app.app_context():
        assert checkouts.abandon(payment_id).status == "cancelled"
    assert {page["status"] for page in stripe.read("checkout/sessions")["data"]} == {"expired"}
