"""Opening a page, hearing of it, closing it: with every answer lost once."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from marketplace import clock
from marketplace.bookings.checkout import service as booking_checkout
from marketplace.db import outside_commands, session, transactional
from marketplace.errors import NotFound, Unavailable
from marketplace.ledger.queries.balances import balances
from marketplace.payments import queries
from marketplace.payments.service import authorizations, checkout_pages, checkouts
from marketplace.payments.stripe_gateway import checkouts as stripe_checkouts
from marketplace.payments.stripe_gateway import client as stripe_client
from tests.factories import a_coach, a_hold, a_payment, an_offering, open_all_week

TOMORROW_AT_TEN = datetime(2027, 3, 2, 10, tzinfo=UTC)


@pytest.fixture
def held(mia):
    return a_hold(mia, an_offering(open_all_week(a_coach("ada"))), TOMORROW_AT_TEN)


def pages(stripe):
    return stripe.read("checkout/sessions")["data"]


def test_the_page_asks_for_exactly_what_was_agreed(mia, held, stripe):
    url = booking_checkout.pay(mia, booking_id=held.id)
    (page,) = pages(stripe)
    assert page["url"] == url
    assert (page["amount_total"], page["currency"], page["customer_email"]) == (12000, "usd", mia.email)
    assert page["client_reference_id"] == str(queries.of_subject(held.id).id)
    assert page["expires_at"] >= (held.hold_expires_at + timedelta(minutes=30)).timestamp()


@pytest.mark.parametrize("misfortune", ["fail_before", "fail_after", "drop_before", "drop_after", "rate_limit"])
def test_whatever_befalls_the_request_asking_again_opens_one_page(mia, held, stripe, misfortune):
    stripe.fault("/v1/checkout/sessions", misfortune, method="POST")
    with pytest.raises(Unavailable):
        booking_checkout.pay(mia, booking_id=held.id)
    assert booking_checkout.pay(mia, booking_id=held.id) == pages(stripe)[0]["url"]
    assert len(pages(stripe)) == 1


def test_a_page_that_stripe_will_not_open_is_refused_in_plain_words(mia, held, stripe, moment):
    # Stripe closes no page in less than half an hour, and by its clock the hold has lapsed.
    stripe.set_clock(held.hold_expires_at + timedelta(minutes=2))
    with pytest.raises(checkout_pages.CannotOpen, match="Hold the time once more"):
        booking_checkout.pay(mia, booking_id=held.id)
    stripe.set_clock(moment.now)
    assert checkouts.abandon(queries.of_subject(held.id).id).status == "cancelled"


@pytest.mark.parametrize("misfortune", ["fail_before", "drop_before", "drop_after"])
def test_reading_a_payment_while_stripe_fails_changes_nothing(mia, held, stripe, misfortune):
    booking_checkout.pay(mia, booking_id=held.id)
    payment = queries.of_subject(held.id)
    stripe.pay(payment.checkout_id)
    stripe.fault("/v1/payment_intents/*", misfortune)
    with pytest.raises(Unavailable):
        checkouts.sync(payment.id)
    assert queries.one(payment.id).status == "pending"
    assert checkouts.sync(payment.id).status == "paid"


def test_stripe_is_not_asked_of_money_that_is_booked_with_its_fee(mia, held, stripe):
    booking_checkout.pay(mia, booking_id=held.id)
    payment = queries.of_subject(held.id)
    stripe.pay(payment.checkout_id)
    checkouts.sync(payment.id)
    stripe.fault("/v1/*", "fail_before", method="GET")
    assert checkouts.sync(payment.id).status == "paid"
    session().execute(text("update payments set available_on = null"))
    session().commit()
    with pytest.raises(Unavailable):
        checkouts.sync(payment.id)


def test_a_page_whose_answer_was_lost_is_adopted_from_its_message(mia, held, stripe):
    booking_checkout.pay(mia, booking_id=held.id)
    payment = queries.of_subject(held.id)
    checkout_id = payment.checkout_id
    session().execute(text("update payments set checkout_id = null, checkout_url = null"))
    session().commit()
    assert checkouts.sync(payment.id).checkout_id is None
    checkout_pages.adopt(payment.id, checkout_id)
    checkout_pages.adopt(payment.id, checkout_id)
    assert queries.one(payment.id).checkout_id == checkout_id


def test_a_page_of_another_payment_is_not_adopted(mia, held, stripe):
    booking_checkout.pay(mia, booking_id=held.id)
    payment = queries.of_subject(held.id)
    known = payment.checkout_id
    checkout_pages.adopt(payment.id, "cs_test_somebody_elses")
    assert queries.one(payment.id).checkout_id == known


def test_closing_a_page_that_was_just_paid_finds_the_money(mia, held, stripe):
    booking_checkout.pay(mia, booking_id=held.id)
    payment = queries.of_subject(held.id)
    stripe.pay(payment.checkout_id)
    assert checkouts.abandon(payment.id).status == "paid"
    assert checkouts.abandon(payment.id).status == "paid"


def test_a_page_that_stripe_never_opened_and_now_refuses_counts_as_cancelled(mia, held, stripe, moment):
    stripe.fault("/v1/checkout/sessions", "fail_before", method="POST")
    with pytest.raises(Unavailable):
        booking_checkout.pay(mia, booking_id=held.id)
    moment.advance(hours=2)
    payment = queries.of_subject(held.id)
    assert checkouts.abandon(payment.id).status == "cancelled"
    assert pages(stripe) == []


def test_capturing_and_releasing_what_has_ended_already_is_harmless(mia, stripe):
    on_request = an_offering(open_all_week(a_coach("grace")), by_approval=True)
    asked = a_payment(mia, a_hold(mia, on_request, TOMORROW_AT_TEN), stripe)
    queries.one(asked.payment_id).capture_wanted_at = clock.now()
    session().commit()
    assert authorizations.capture_authorized(asked.payment_id).status == "paid"
    assert authorizations.capture_authorized(asked.payment_id).status == "paid"
    assert authorizations.release_authorization(asked.payment_id).status == "paid"


def test_a_fee_that_stripe_tells_later_is_booked_then(mia, held, stripe):
    booking = a_payment(mia, held, stripe)
    session().execute(text("update payments set fee_cents = null, available_on = null"))
    session().commit()
    assert list(queries.without_fee()) == [booking.payment_id]
    checkouts.sync(booking.payment_id)
    assert list(queries.without_fee()) == []
    assert balances()["stripe_fees", "usd"] == 378


def test_stripe_is_never_called_inside_a_transaction():
    @transactional
    def careless():
        stripe_checkouts.checkout("cs_test_x")

    with pytest.raises(RuntimeError, match="never call another server"):
        careless()


def test_unwritten_changes_are_not_committed_by_a_call(mia):
    mia.name = "Somebody else"
    with pytest.raises(RuntimeError):
        outside_commands()
    session().rollback()


def test_a_payment_that_is_not_there_is_not_found(mia):
    with pytest.raises(NotFound):
        queries.one(mia.id)
    with pytest.raises(NotFound):
        queries.locked(mia.id)
    with pytest.raises(NotFound):
        queries.refund(mia.id)


def test_a_definite_no_carries_stripes_own_words(stripe):
    with pytest.raises(stripe_client.GatewayRefused) as refusal:
        stripe_checkouts.checkout("cs_test_nothing")
    assert (refusal.value.code, refusal.value.refusal.http_status) == ("resource_missing", 404)
