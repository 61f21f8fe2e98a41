"""A paid first session is taken off the first full one: once, shown before paying, given back with it."""

from datetime import timedelta

import pytest

from marketplace.bookings.cancellations import service as cancellations
from marketplace.bookings.coupon_use import service as coupon_use
from marketplace.bookings.holds import service as holds
from marketplace.coaches.service import offerings
from marketplace.coupons import service as coupons
from marketplace.db import session
from marketplace.errors import Invalid
from marketplace.invariants import queries as invariants
from marketplace.invoices import queries as invoices
from marketplace.invoices.service import issuance
from tests.factories import BRIEF, a_booking, a_hold, a_payment, a_person, an_offering


@pytest.fixture
def intro(ada):
    return an_offering(ada, title="Hello", minutes=30, price_cents=3000, intro=True)


@pytest.fixture
def full(ada):
    return an_offering(ada, title="An hour", minutes=60, price_cents=12000)


@pytest.fixture
def met(intro, full, mia, stripe, moment):
    """Mia and Ada have met for 30.00, an hour ago."""
    booking = a_booking(mia, intro, moment.now.replace(minute=0, second=0, microsecond=0) + timedelta(days=2), stripe)
    moment.set(booking.ends_at + timedelta(hours=1))
    return booking


def times(moment):
    start = moment.now.replace(hour=10, minute=0, second=0, microsecond=0) + timedelta(days=2)
    return [start + timedelta(hours=2 * number) for number in range(3)]


def hold(mentee, offering, starts_at):
    return holds.hold(mentee, offering_id=offering.id, starts_at=starts_at, brief=BRIEF)


def test_it_is_shown_before_paying_taken_off_once_and_stands_on_the_invoice(met, full, mia, moment, stripe, browser_of):
    first, second, _third = times(moment)
    page = (
        browser_of(mia).get(f"/book/{full.id}?starts_at={first.strftime('%Y-%m-%dT%H:%M:%SZ')}").get_data(as_text=True)
    )
    assert "Your first session with Ada counts" in page
    booking = hold(mia, full, first)
    assert (booking.price_cents, booking.credit_cents, booking.credit_for) == (9000, 3000, met.id)
    assert hold(mia, full, second).price_cents == 12000
    assert "Your first session counts" in browser_of(mia).get(f"/sessions/{booking.id}").get_data(as_text=True)
    paid = a_payment(mia, booking, stripe)
    issuance.issue_invoices(str(paid.payment_id))
    assert any(
        "first session counted: 30.00 USD off 120.00 USD" in str(i.content)
        for i in invoices.of_payment(paid.payment_id)
    )
    assert {each.invariant.name: each.well for each in invariants.evaluate()}["intros_count_once"]


def test_a_released_hold_and_a_session_refunded_in_full_give_it_back(met, full, mia, moment, stripe):
    first, second, third = times(moment)
    held = hold(mia, full, first)
    cancellations.cancel(mia, booking_id=held.id, expected_refund_cents=0)
    paid = a_payment(mia, hold(mia, full, second), stripe)
    assert paid.credit_cents == 3000
    cancellations.cancel(met.coach.user, booking_id=paid.id, expected_refund_cents=9000)
    assert hold(mia, full, third).credit_cents == 3000


def test_a_hold_that_lapsed_gives_it_back_before_anybody_ended_it(met, full, mia, moment):
    first, second, _third = times(moment)
    hold(mia, full, first)
    moment.advance(minutes=20)
    assert hold(mia, full, second).credit_cents == 3000


def test_it_counts_for_nobody_else_for_no_other_intro_and_no_longer_than_two_weeks(met, intro, full, mia, moment):
    first, second, _third = times(moment)
    assert hold(a_person("Noor"), full, first).credit_cents == 0
    assert hold(mia, intro, second).credit_cents == 0
    moment.set(met.ends_at + timedelta(days=14))
    assert hold(mia, full, times(moment)[2]).credit_cents == 0


def test_a_session_that_was_given_is_no_full_one(met, full, mia, moment):
    first, second, _third = times(moment)
    given = hold(mia, full, first)
    given.price_cents, given.credit_cents, given.credit_for = 0, 0, None
    session().flush()
    assert hold(mia, full, second).credit_cents == 3000


def test_a_coupon_does_not_go_with_it(met, ada, full, mia, moment):
    coupons.make(ada.user, code="SPRING", percent=20)
    booking = hold(mia, full, times(moment)[0])
    with pytest.raises(Invalid) as refusal:
        coupon_use.apply_coupon(mia, booking_id=booking.id, code="SPRING")
    assert "first session" in str(refusal.value.fields["code"])


def test_an_intro_is_half_an_hour_at_most(ada):
    with pytest.raises(Invalid) as refusal:
        offerings.publish_offering(ada.user, title="x", kind="mentor", minutes=45, price_cents=9000, intro=True)
    assert "intro" in refusal.value.fields


def test_preparation_is_part_of_the_price_and_blocks_the_time_before(ada, mia, client, moment):
    made = offerings.publish_offering(
        ada.user, title="Read first", kind="mentor", minutes=60, price_cents=12000,
        preparation_minutes=15, preparation_blocks=True, buffer_before_minutes=5,
    )  # fmt: skip
    assert made.buffer_before_minutes == 15
    assert "and 15 of preparation" in client.get("/@ada").get_data(as_text=True)
    booking = a_hold(mia, made, times(moment)[0])
    assert (booking.preparation_minutes, booking.buffers()[0]) == (15, timedelta(minutes=15))
