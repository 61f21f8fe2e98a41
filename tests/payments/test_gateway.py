"""The gateway on its own: pages of what Stripe lists, and what it refuses to do."""

from contextvars import Context
from datetime import timedelta

import pytest

from marketplace.bookings.checkout import service as booking_checkout
from marketplace.payments import queries
from marketplace.payments.service import checkout_pages
from marketplace.payments.stripe_gateway import checkouts as stripe_checkouts
from marketplace.payments.stripe_gateway import connect as stripe_connect
from tests.factories import a_coach, a_hold, a_person, an_offering, open_all_week


def test_long_lists_are_read_to_their_end(stripe, moment):
    for _ in range(101):
        stripe.control("POST", "balance/available", {"amount": 100, "currency": "usd"})
    assert len(list(stripe_connect.balance_lines())) == 101
    moment.advance(hours=1)
    stripe.control("POST", "balance/available", {"amount": 100, "currency": "usd"})
    assert len(list(stripe_connect.balance_lines(moment.now - timedelta(minutes=5)))) == 1


def test_outside_of_any_application_nothing_is_asked(stripe):
    with pytest.raises(RuntimeError, match="outside of application context"):
        Context().run(stripe_checkouts.checkout, "cs_test_x")


def test_a_payment_keeps_the_page_it_has(stripe, moment):
    mia = a_person("Mia")
    booking = a_hold(mia, an_offering(open_all_week(a_coach("ada"))), moment.now + timedelta(days=1))
    booking_checkout.pay(mia, booking_id=booking.id)
    payment = queries.of_subject(booking.id)
    other = stripe_checkouts.Checkout("cs_test_another", None, "open", None)
    with pytest.raises(checkout_pages.NotOurCheckout):
        checkout_pages._record_checkout(payment.id, other)
    assert queries.one(payment.id).checkout_id == payment.checkout_id


def test_an_address_that_is_kept_already_is_answered_without_asking(stripe, moment):
    mia = a_person("Mia")
    booking = a_hold(mia, an_offering(open_all_week(a_coach("ada"))), moment.now + timedelta(days=1))
    url = booking_checkout.pay(mia, booking_id=booking.id)
    stripe.fault("/v1/checkout/sessions", "fail_before", method="POST")
    assert booking_checkout.pay(mia, booking_id=booking.id) == url
