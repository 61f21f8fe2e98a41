"""Sessions that took place, without what was paid for them."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from marketplace import clock
from marketplace.bookings.models import Booking
from marketplace.db import session
from tests.factories import a_hold
from tests.scenes import TEN


def was_held(mentee, offering, days=0, *, outcome="took_place", hours=1):
    """A session of the mentee's that has just taken place."""
    booking = a_hold(mentee, offering, TEN + timedelta(days=days))
    over = {"status": "completed", "outcome": outcome, "confirmed_at": clock.now()}
    session().execute(
        update(Booking).where(Booking.id == booking.id).values(ended_at=TEN + timedelta(days=days, hours=hours), **over)
    )
    session().refresh(booking)
    return booking


@pytest.fixture
def booking(mia, offering, moment):
    """Mia's session with Ada, over for an hour."""
    held = was_held(mia, offering)
    moment.set(TEN + timedelta(hours=2))
    return held
