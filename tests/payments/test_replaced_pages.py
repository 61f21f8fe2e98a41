"""A time that is held for three days is paid on pages that follow one another, and on one of them at most."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from marketplace.bookings.checkout import service as booking_checkout
from marketplace.bookings.holds import expiry
from marketplace.bookings.holds.agreed import hold_agreed
from marketplace.bookings.terms import service as booking_terms
from marketplace.db import session
from marketplace.errors import Unavailable
from marketplace.payments import queries, rules
from marketplace.payments.service import checkout_pages, checkouts
from marketplace.policies import queries as policies
from tests.scenes import TEN


@pytest.fixture
def held(mia, offering, moment):
    """Ada's hour in ten days, held for Mia for three."""
    terms = policies.terms_of(policies.current(offering.policy_id))
    snapshot = booking_terms.TermsSnapshot(terms, booking_terms.current_fee(mia, offering))
    return hold_agreed(
        mia, offering, TEN + timedelta(days=10), snapshot, brief="", until=moment.now + timedelta(hours=72)
    )


@pytest.fixture
def opened(mia, held):
    """The payment, with its first page."""
    booking_checkout.pay(mia, booking_id=held.id)
    return queries.of_subject(held.id)


def pages(stripe):
    return [page["status"] for page in stripe.read("checkout/sessions")["data"]]


def later(moment, stripe, hours):
    moment.advance(hours=hours)
    stripe.set_clock(moment.now)


def test_a_page_that_has_ended_within_the_hold_is_replaced_and_paid_on(mia, held, opened, moment, stripe):
    first = opened.checkout_url
    assert opened.checkout_expires_at == moment.now + rules.LONGEST_PAGE
    later(moment, stripe, 24)
    second = booking_checkout.pay(mia, booking_id=held.id)
    assert second != first
    assert booking_checkout.pay(mia, booking_id=held.id) == second
    assert sorted(pages(stripe)) == ["expired", "open"]
    later(moment, stripe, 24)
    booking_checkout.pay(mia, booking_id=held.id)
    payment = queries.one(opened.id)
    assert payment.checkout_expires_at == held.hold_expires_at - timedelta(hours=1)
    stripe.pay(payment.checkout_id)
    assert checkouts.sync(payment.id).status == "paid"
    assert sorted(pages(stripe)) == ["complete", "expired", "expired"]


def test_what_stripe_tells_of_a_page_that_ended_leaves_the_payment_to_be_made(mia, held, opened, moment, stripe):
    first = opened.checkout_id
    later(moment, stripe, 24)
    assert checkouts.sync(opened.id).status == "pending"
    assert queries.one(opened.id).checkout_id is None
    # Its message comes once more, before another page was opened, and after.
    checkout_pages.adopt(opened.id, first)
    assert queries.one(opened.id).checkout_id is None
    booking_checkout.pay(mia, booking_id=held.id)
    checkout_pages.adopt(opened.id, first)
    assert checkouts.sync(opened.id).status == "pending"
    assert sorted(pages(stripe)) == ["expired", "open"]


def test_a_page_that_was_read_before_it_was_replaced_changes_nothing(mia, held, opened, moment, stripe):
    later(moment, stripe, 24)
    ended = checkouts.stripe_checkouts.checkout(opened.checkout_id)
    booking_checkout.pay(mia, booking_id=held.id)
    payment = checkouts._record(opened.id, ended, None)
    assert (payment.status, payment.checkout_attempt) == ("pending", 2)
    assert payment.checkout_id not in {None, ended.id}


@pytest.mark.parametrize("misfortune", ["fail_before", "fail_after", "drop_before", "drop_after"])
def test_the_second_page_is_one_whatever_befalls_its_request(mia, held, opened, moment, stripe, misfortune):
    later(moment, stripe, 24)
    stripe.fault("/v1/checkout/sessions", misfortune, method="POST")
    with pytest.raises(Unavailable):
        booking_checkout.pay(mia, booking_id=held.id)
    booking_checkout.pay(mia, booking_id=held.id)
    assert sorted(pages(stripe)) == ["expired", "open"]


def test_a_page_that_would_close_too_soon_is_asked_for_anew_while_the_hold_stands(mia, held, moment, stripe):
    stripe.fault("/v1/checkout/sessions", "drop_before", method="POST")
    with pytest.raises(Unavailable):
        booking_checkout.pay(mia, booking_id=held.id)
    later(moment, stripe, 30)
    assert booking_checkout.pay(mia, booking_id=held.id)
    assert queries.of_subject(held.id).checkout_attempt == 2
    assert pages(stripe) == ["open"]


def test_once_the_hold_is_over_no_page_follows(mia, held, opened, moment, stripe):
    later(moment, stripe, 24)
    booking_checkout.pay(mia, booking_id=held.id)
    later(moment, stripe, 49)
    expiry.expire_hold(str(held.id))
    assert checkouts.abandon(opened.id).status == "cancelled"
    assert pages(stripe) == ["expired", "expired"]
    assert checkouts.start_checkout(opened.id) == queries.one(opened.id).checkout_url
    assert pages(stripe) == ["expired", "expired"]


def test_a_payment_that_is_given_up_between_two_pages_ends(opened, moment, stripe):
    later(moment, stripe, 24)
    checkouts.sync(opened.id)
    assert checkouts.abandon(opened.id).status == "cancelled"
    assert set(pages(stripe)) == {"expired"}


def test_payments_of_before_are_paid_on_one_page_only(opened, moment, stripe):
    session().execute(text("update payments set payable_until = null"))
    session().commit()
    later(moment, stripe, 24)
    assert checkouts.sync(opened.id).status == "cancelled"
    assert checkouts.abandon(opened.id).status == "cancelled"
