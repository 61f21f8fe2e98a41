"""Holding a time, and letting it go."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from marketplace import clock, config
from marketplace.bookings import queries, rules
from marketplace.bookings.checkout import service as booking_checkout
from marketplace.bookings.completions import service as completions
from marketplace.bookings.holds import expiry as hold_expiry
from marketplace.bookings.holds import service as holds
from marketplace.coaches.service import offerings
from marketplace.db import session
from marketplace.errors import NotAllowed, NotFound
from marketplace.policies import queries as policies
from tests.factories import BRIEF, a_booking, a_coach, a_hold, a_person, an_offering, open_all_week

TOMORROW_AT_TEN = datetime(2027, 3, 2, 10, tzinfo=UTC)


@pytest.fixture
def offering():
    return an_offering(open_all_week(a_coach("ada")))


def test_a_hold_claims_the_time_for_fifteen_minutes(mia, offering, moment):
    booking = a_hold(mia, offering, TOMORROW_AT_TEN)
    assert booking.status == rules.HELD
    assert booking.hold_expires_at == moment.now + timedelta(minutes=15)
    assert booking.ends_at - booking.starts_at == timedelta(hours=1)


def test_price_fee_and_policy_are_copied_when_the_hold_is_made(mia, offering):
    booking = a_hold(mia, offering, TOMORROW_AT_TEN)
    offerings.edit_offering(offering.coach.user, offering_id=offering.id, price_cents=99900, title="Dearer")
    session().refresh(booking)
    assert (booking.price_cents, booking.title, booking.fee_basis_points) == (12000, "One hour of mentoring", 1000)
    assert booking.terms == policies.house_terms()


def test_a_second_person_is_told_that_it_is_taken_and_what_is_near(mia, offering):
    a_hold(mia, offering, TOMORROW_AT_TEN)
    with pytest.raises(holds.SlotTaken) as refusal:
        a_hold(a_person("Noor"), offering, TOMORROW_AT_TEN)
    assert refusal.value.sentence == "Somebody has just booked this time."
    assert len(refusal.value.details["nearest"]) == 3


def test_sessions_of_different_lengths_do_not_overlap(mia, offering):
    a_hold(mia, offering, TOMORROW_AT_TEN)
    longer = an_offering(offering.coach, minutes=120)
    with pytest.raises(holds.SlotTaken):
        a_hold(a_person("Noor"), longer, TOMORROW_AT_TEN - timedelta(hours=1))


def test_buffers_are_claimed_with_the_session(mia, offering):
    buffered = an_offering(offering.coach, buffer_after_minutes=30)
    a_hold(mia, buffered, TOMORROW_AT_TEN)
    with pytest.raises(holds.SlotTaken):
        a_hold(a_person("Noor"), offering, TOMORROW_AT_TEN + timedelta(minutes=75))
    assert a_hold(a_person("Zoe"), offering, TOMORROW_AT_TEN + timedelta(minutes=90)).status == rules.HELD


@pytest.mark.parametrize(
    "starts_at",
    [
        datetime(2027, 3, 2, 3, tzinfo=UTC),
        datetime(2027, 3, 1, 12, tzinfo=UTC),
        datetime(2027, 3, 2, 10, 7, tzinfo=UTC),
        datetime(2027, 9, 2, 10, tzinfo=UTC),
        datetime(2027, 2, 2, 10, tzinfo=UTC),
    ],
    ids=["at night", "within the notice", "between the steps", "past the horizon", "in the past"],
)
def test_a_time_that_is_not_offered_is_refused_naming_the_field(mia, offering, starts_at):
    with pytest.raises(holds.NotOffered) as refusal:
        a_hold(mia, offering, starts_at)
    assert list(refusal.value.fields) == ["starts_at"]


def test_a_mentee_holds_at_most_two_times(mia, offering):
    for hours in (0, 1):
        a_hold(mia, offering, TOMORROW_AT_TEN + timedelta(hours=hours))
    with pytest.raises(holds.TooManyHolds):
        a_hold(mia, offering, TOMORROW_AT_TEN + timedelta(hours=2))


def test_a_lapsed_hold_is_free_for_somebody_else_at_once(mia, offering, moment):
    first = a_hold(mia, offering, TOMORROW_AT_TEN)
    moment.advance(minutes=15)
    second = a_hold(a_person("Noor"), offering, TOMORROW_AT_TEN)
    session().refresh(first)
    assert (first.status, second.status) == (rules.EXPIRED, rules.HELD)


def test_the_holds_own_job_frees_the_time(mia, offering, moment, run_jobs):
    booking = a_hold(mia, offering, TOMORROW_AT_TEN)
    run_jobs()
    assert queries.locked(booking.id).status == rules.HELD
    moment.advance(minutes=16)
    assert "expire_hold" in run_jobs()
    assert queries.locked(booking.id).status == rules.EXPIRED


def test_the_sweep_frees_what_a_lost_job_did_not(mia, offering, moment):
    booking = a_hold(mia, offering, TOMORROW_AT_TEN)
    session().execute(text("delete from procrastinate_jobs"))
    session().commit()
    moment.advance(minutes=16)
    hold_expiry.expire_holds()
    assert queries.locked(booking.id).status == rules.EXPIRED


def test_an_unconfirmed_person_holds_nothing(offering):
    with pytest.raises(holds.AddressNotConfirmed):
        a_hold(a_person("Mia", confirmed=False), offering, TOMORROW_AT_TEN)


def test_a_coach_does_not_book_herself(offering):
    with pytest.raises(holds.OwnSession):
        a_hold(offering.coach.user, offering, TOMORROW_AT_TEN)


def test_an_offering_that_is_gone_is_not_found(mia, offering):
    offerings.retire_offering(offering.coach.user, offering_id=offering.id)
    with pytest.raises(NotFound):
        holds.hold(mia, offering_id=offering.id, starts_at=TOMORROW_AT_TEN, brief=BRIEF)


def test_paying_twice_leads_to_one_page(mia, offering, stripe):
    booking = a_hold(mia, offering, TOMORROW_AT_TEN)
    assert booking_checkout.pay(mia, booking_id=booking.id) == booking_checkout.pay(mia, booking_id=booking.id)
    assert len(stripe.read("checkout/sessions")["data"]) == 1


def test_a_lapsed_hold_cannot_be_paid(mia, offering, moment, stripe):
    booking = a_hold(mia, offering, TOMORROW_AT_TEN)
    moment.advance(minutes=16)
    with pytest.raises(booking_checkout.HoldLapsed):
        booking_checkout.pay(mia, booking_id=booking.id)
    hold_expiry.expire_holds()
    with pytest.raises(booking_checkout.HoldLapsed):
        booking_checkout.pay(mia, booking_id=booking.id)


def test_only_its_mentee_pays_for_a_hold(mia, offering):
    ada = offering.coach.user
    booking = a_hold(mia, offering, TOMORROW_AT_TEN)
    with pytest.raises(NotFound):
        booking_checkout.pay(a_person("Noor"), booking_id=booking.id)
    with pytest.raises(NotAllowed):
        booking_checkout.pay(ada, booking_id=booking.id)


def test_when_a_hold_lapses_its_page_closes(mia, offering, moment, stripe, run_jobs):
    booking = a_hold(mia, offering, TOMORROW_AT_TEN)
    booking_checkout.pay(mia, booking_id=booking.id)
    moment.advance(minutes=16)
    run_jobs()
    page = stripe.read("checkout/sessions")["data"][0]
    assert page["status"] == "expired"
    assert "error" in stripe.pay(page["id"])


def test_a_loyal_pair_gets_the_smaller_fee(mia, offering, moment, stripe):
    dear = an_offering(offering.coach, price_cents=50000)
    first = a_booking(mia, dear, TOMORROW_AT_TEN, stripe)
    moment.set(first.ends_at)
    completions.complete(offering.coach.user, booking_id=first.id, outcome=rules.TOOK_PLACE)
    second = a_hold(mia, offering, TOMORROW_AT_TEN + timedelta(days=1))
    assert second.fee_basis_points == int(config.current().loyal_fee_percent * 100)


def test_what_somebody_may_not_see_is_not_there(mia, offering):
    booking = a_hold(mia, offering, TOMORROW_AT_TEN)
    assert queries.one(mia, booking.id).id == booking.id
    assert queries.one(offering.coach.user, booking.id).id == booking.id
    with pytest.raises(NotFound):
        queries.one(a_person("Noor"), booking.id)
    with pytest.raises(NotFound):
        queries.locked(mia.id)
    assert clock.now() < booking.hold_expires_at
