"""A coach who buys another coach's hour is not sold at that hour, and the reverse; nobody is in two places at once."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text, update
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import IntegrityError

from marketplace.bookings import queries as booking_queries
from marketplace.bookings import rules
from marketplace.bookings.cancellations import service as cancellations
from marketplace.bookings.checkout import service as booking_checkout
from marketplace.bookings.holds import expiry as hold_expiry
from marketplace.bookings.holds import queries as hold_queries
from marketplace.bookings.holds import service as holds
from marketplace.bookings.models import Booking
from marketplace.bookings.payment_outcomes import service as payment_outcomes
from marketplace.bookings.reschedules import intervals
from marketplace.bookings.reschedules import service as reschedules
from marketplace.bookings.series import service as series
from marketplace.bookings.waitlist_entries.models import WaitlistEntry
from marketplace.coaches.models import Coach
from marketplace.db import session
from marketplace.errors import Invalid
from marketplace.payments import queries as payments
from marketplace.scheduling.queries import consistency, free_times
from marketplace.scheduling.queries import search as search_queries
from marketplace.scheduling.queries.criteria import SearchCriteria
from marketplace.waitlist import service as waitlist
from tests.factories import BRIEF, a_booking, a_coach, a_hold, a_person, an_offering, open_all_week, weekly_hours

TEN = datetime(2027, 3, 3, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def beth():
    return open_all_week(a_coach("beth"))


@pytest.fixture
def beths_hour(beth):
    return an_offering(beth)


def kept_is_computed(*coaches):
    return [consistency.differences(session().get_one(Coach, coach.id)) for coach in coaches] == [[] for _ in coaches]


def test_a_coach_who_has_bought_an_hour_is_not_offered_at_it(ada, beth, offering, beths_hour):
    a_hold(ada.user, beths_hour, TEN)
    assert not free_times.is_free(offering, TEN)
    assert not free_times.is_free(offering, TEN - HOUR / 2)
    assert free_times.is_free(offering, TEN + HOUR)
    assert kept_is_computed(ada, beth)
    with pytest.raises(holds.NotOffered):
        a_hold(a_person("Noor"), offering, TEN)


def test_a_search_does_not_find_a_coach_at_the_hour_that_they_have_bought(ada, offering, beths_hour):
    def found():
        return [each.coach.handle for each in search_queries.search(SearchCriteria(), [(TEN, TEN + HOUR)]).items]

    assert "ada" in found()
    booking = a_hold(ada.user, beths_hour, TEN)
    assert "ada" not in found()
    cancellations.cancel(ada.user, booking_id=booking.id, expected_refund_cents=0)
    assert "ada" in found()


def test_what_a_coach_gives_back_can_be_sold_again(ada, beth, offering, beths_hour, moment):
    booking = a_hold(ada.user, beths_hour, TEN)
    cancellations.cancel(ada.user, booking_id=booking.id, expected_refund_cents=0)
    assert free_times.is_free(offering, TEN)
    a_hold(ada.user, beths_hour, TEN + 2 * HOUR)
    moment.advance(minutes=16)
    assert free_times.is_free(offering, TEN + 2 * HOUR), "a hold that has lapsed claims nothing, swept or not"
    assert a_hold(a_person("Noor"), offering, TEN + 2 * HOUR).status == rules.HELD
    assert kept_is_computed(ada, beth)


def test_a_coach_is_told_why_an_hour_cannot_be_bought_that_they_have_sold(ada, offering, beths_hour):
    a_hold(a_person("Noor"), offering, TEN)
    with pytest.raises(holds.CoachingThen) as refusal:
        a_hold(ada.user, beths_hour, TEN)
    assert refusal.value.sentence == "You coach a session at this time yourself. Choose another time."
    assert a_hold(ada.user, beths_hour, TEN + HOUR).status == rules.HELD


def test_the_buffers_of_what_one_has_sold_are_ones_own_too(ada, beths_hour):
    buffered = an_offering(ada, buffer_after_minutes=30)
    a_hold(a_person("Noor"), buffered, TEN)
    with pytest.raises(holds.CoachingThen):
        a_hold(ada.user, beths_hour, TEN + HOUR)


def test_a_lapsed_hold_of_ones_own_hour_is_not_in_the_way_of_buying(ada, offering, beths_hour, moment):
    a_hold(a_person("Noor"), offering, TEN)
    moment.advance(minutes=16)
    assert a_hold(ada.user, beths_hour, TEN).status == rules.HELD


def test_postgresql_itself_refuses_what_no_command_looked_at(ada, offering, beths_hour):
    bought = a_hold(ada.user, beths_hour, TEN)
    sold = a_hold(a_person("Noor"), offering, TEN + 3 * HOUR)
    values = {"starts_at": TEN, "ends_at": TEN + HOUR, "blocked": Range(TEN, TEN + HOUR)}
    with pytest.raises(IntegrityError, match="another session"), session().begin_nested():
        session().execute(update(Booking).where(Booking.id == sold.id).values(values))
    session().execute(update(Booking).where(Booking.id == bought.id).values(status="expired"))
    session().execute(update(Booking).where(Booking.id == sold.id).values(values))
    with pytest.raises(IntegrityError), session().begin_nested():
        session().execute(update(Booking).where(Booking.id == bought.id).values(status="held"))


# The other ways to a time


def test_a_session_is_not_moved_to_an_hour_at_which_its_mentee_coaches(ada, offering, beths_hour, stripe):
    a_hold(a_person("Noor"), offering, TEN)
    booking = a_booking(ada.user, beths_hour, TEN + 3 * HOUR, stripe)
    shown = reschedules.times(ada.user, booking_id=booking.id, start=TEN - 2 * HOUR, end=TEN + 3 * HOUR)
    assert TEN not in shown
    assert TEN + HOUR in shown
    with pytest.raises(intervals.AnotherSessionThen) as refusal:
        reschedules.reschedule(ada.user, booking_id=booking.id, starts_at=TEN)
    assert "You have another session" in refusal.value.sentence


def test_a_session_is_not_moved_into_another_that_the_mentee_has_bought(mia, offering, beth, beths_hour, stripe):
    a_booking(mia, offering, TEN, stripe)
    other = a_booking(mia, beths_hour, TEN + 3 * HOUR, stripe)
    with pytest.raises(intervals.AnotherSessionThen):
        reschedules.reschedule(mia, booking_id=other.id, starts_at=TEN)
    with pytest.raises(Invalid) as refusal:
        reschedules.propose(beth.user, booking_id=other.id, starts_at=TEN)
    assert refusal.value.fields == {"starts_at": ["Mia is not free then. Choose another time."]}
    proposed = reschedules.propose(beth.user, booking_id=other.id, starts_at=TEN + HOUR)
    a_booking(mia, offering, TEN + HOUR, stripe)
    with pytest.raises(intervals.AnotherSessionThen):
        reschedules.accept(mia, booking_id=other.id, reschedule_id=proposed.id)


def test_a_series_says_at_which_of_its_hours_the_mentee_coaches(ada, offering, beths_hour):
    a_hold(a_person("Noor"), offering, TEN + timedelta(weeks=1))
    plan = {"starts_at": TEN, "every_weeks": 1, "count": 3}
    planned = series.preview(beths_hour, mentee=ada.user, **plan)
    assert [each.why_not for each in planned] == ["", "You coach a session then yourself.", ""]
    with pytest.raises(series.SeriesDoesNotFit, match="You coach a session then yourself"):
        series.hold_series(ada.user, offering_id=beths_hour.id, brief=BRIEF, **plan)
    held = series.hold_series(ada.user, offering_id=beths_hour.id, brief=BRIEF, mode="fitting", **plan)
    assert len(held) == 2


def test_the_waitlist_offers_nothing_at_an_hour_at_which_the_mentee_is_elsewhere(ada, offering, mia, moment):
    only = a_coach("cleo")
    weekly_hours(only, 2, "11:00", "12:00")
    cleos_hour = an_offering(only, horizon_days=5)
    taken = a_hold(a_person("Otto"), cleos_hour, TEN)
    days = {"starts_on": date(2027, 3, 1), "ends_on": date(2027, 3, 7)}
    waits = waitlist.join(ada.user, offering_id=cleos_hour.id, brief=BRIEF, **days)
    moment.advance(seconds=1)
    next_one = waitlist.join(mia, offering_id=cleos_hour.id, brief=BRIEF, **days)
    a_hold(a_person("Noor"), offering, TEN)
    cancellations.cancel(taken.mentee, booking_id=taken.id, expected_refund_cents=0)
    assert free_times.is_free(cleos_hour, TEN)
    waitlist.offer_freed()
    states = {e.id: session().get_one(WaitlistEntry, e.id).status for e in (waits, next_one)}
    assert states == {waits.id: "waiting", next_one.id: "offered"}


def test_nobody_waits_behind_a_person_who_could_not_come(ada, offering, mia):
    cleo = a_coach("cleo")
    weekly_hours(cleo, 2, "11:00", "12:00")
    cleos_hour = an_offering(cleo, horizon_days=5)
    taken = a_hold(a_person("Otto"), cleos_hour, TEN)
    days = {"starts_on": date(2027, 3, 1), "ends_on": date(2027, 3, 7)}
    waitlist.join(ada.user, offering_id=cleos_hour.id, brief=BRIEF, **days)
    a_hold(a_person("Noor"), offering, TEN)
    cancellations.cancel(taken.mentee, booking_id=taken.id, expected_refund_cents=0)
    assert a_hold(mia, cleos_hour, TEN).status == rules.HELD


@pytest.mark.parametrize("meanwhile", ["sold the hour", "bought another"])
def test_late_money_does_not_put_its_mentee_in_two_places(ada, offering, beths_hour, stripe, moment, meanwhile):
    late = a_hold(ada.user, beths_hour, TEN)
    booking_checkout.pay(ada.user, booking_id=late.id)
    payment = payments.of_subject(late.id)
    stripe.pay(payment.checkout_id)
    moment.advance(minutes=16)
    hold_expiry.expire_holds()
    if meanwhile == "sold the hour":
        a_booking(a_person("Noor"), offering, TEN, stripe)
    else:
        a_booking(ada.user, an_offering(open_all_week(a_coach("cleo"))), TEN, stripe)
    payment_outcomes.settle_payment(str(payment.id))
    ended = booking_queries.locked(late.id)
    assert (ended.status, ended.refunded_cents) == (rules.EXPIRED, 12000)
    assert kept_is_computed(ada, beths_hour.coach)


# What a mentee may want


def test_a_mentee_is_told_of_another_session_before_paying(mia, offering, beths_hour, stripe):
    first = a_booking(mia, offering, TEN, stripe)
    second = a_hold(mia, beths_hour, TEN + HOUR / 2)
    assert [each.id for each in hold_queries.overlapping([second])] == [first.id]
    assert hold_queries.overlapping([a_hold(mia, beths_hour, TEN + 4 * HOUR)]) == []


def test_the_trigger_says_its_name(ada, offering, beths_hour):
    names = "select tgname from pg_trigger where tgrelid = 'bookings'::regclass and tgname like 'bookings_two%'"
    assert len(session().scalars(text(names)).all()) == 2
