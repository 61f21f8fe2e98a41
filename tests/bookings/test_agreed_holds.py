"""A time that its coach has agreed to, and what lapses or is used up beside it."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from marketplace.bookings.checkout import service as checkout
from marketplace.bookings.holds import service as holds
from marketplace.bookings.holds.agreed import hold_agreed
from marketplace.bookings.holds.expiry import expire_lapsed_where
from marketplace.bookings.intro_credits import queries as intro_credits
from marketplace.bookings.models import Booking
from marketplace.bookings.terms import service as booking_terms
from marketplace.db import session
from tests.bookings.test_intro_credits import full, intro, met  # noqa: F401  fixtures
from tests.factories import BRIEF, a_booking, a_coach, a_hold, a_person, an_offering, open_all_week
from tests.scenes import TEN


@pytest.fixture
def agreed(offering, moment):
    """Hold ten o'clock for somebody, for a day."""
    until = moment.now + timedelta(days=1)

    def hold(mentee, starts_at=TEN):
        terms = booking_terms.snapshot(offering, paid_cents=0)
        return hold_agreed(mentee, offering, starts_at, terms, brief=BRIEF, until=until)

    return hold


def test_a_time_that_is_taken_is_not_held(agreed, mia):
    assert agreed(a_person("Noor")) is not None
    assert agreed(mia) is None


def test_nor_one_at_which_the_mentee_coaches(agreed, stripe):
    noor = open_all_week(a_coach("noor"))
    a_booking(a_person("Otto"), an_offering(noor), TEN, stripe)
    assert agreed(noor.user) is None


def test_a_lapsed_hold_frees_what_it_used_and_its_page_is_closed(mia, offering, stripe, moment, run_jobs):
    booking = a_hold(mia, offering, TEN)
    checkout.pay(mia, booking_id=booking.id)
    moment.advance(minutes=31)
    expire_lapsed_where(Booking.id == booking.id)
    session().refresh(booking)
    assert booking.status == "expired"
    run_jobs()
    assert booking.payment.status in {"cancelled", "failed"}


def test_therapy_is_not_offered_to_a_waitlist_since_nobody_said_where_they_will_be(mia):
    therapy = SimpleNamespace(kind="therapist")
    assert holds.offer(mia, therapy, TEN, brief=BRIEF, minutes=20) is None


def test_a_first_session_that_was_refunded_takes_nothing_off(met, full, mia):  # noqa: F811
    assert intro_credits.credit_for(mia, full).cents == 3000
    met.refunded_cents = met.price_cents
    assert intro_credits.credit_for(mia, full) is None
