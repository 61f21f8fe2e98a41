"""Admins find sessions by whom they are with, their title, an id, state and day."""

from datetime import timedelta

import pytest

from marketplace.bookings.cancellations import service as cancellations
from marketplace.bookings.listings import queries as listings
from marketplace.errors import NotFound
from tests.factories import a_booking, a_coach, a_hold, a_person, an_offering, open_all_week
from tests.scenes import TEN


@pytest.fixture
def paid(mia, offering, stripe):
    """Mia's paid session with Ada."""
    return a_booking(mia, offering, TEN, stripe)


@pytest.fixture
def held(paid):
    """Bo's unpaid session with Grace, a day later."""
    grace = open_all_week(a_coach("grace"))
    offering = an_offering(grace, title="Career check")
    return a_hold(a_person("Bo", email="bo@else.example"), offering, TEN + timedelta(days=1))


def test_sessions_are_found(paid, held, alma):
    charge, day = paid.payment.charge_id, TEN.date()
    for wanted, bookings in (
        ({}, [held, paid]),
        ({"descending": False}, [paid, held]),
        ({"search": "mia"}, [paid]),
        ({"search": "GRACE bo"}, [held]),
        ({"search": "career"}, [held]),
        ({"search": "else.example"}, [held]),
        ({"search": str(held.id)}, [held]),
        ({"search": charge}, [paid]),
        ({"search": "mia grace"}, []),
        ({"state": "held"}, [held]),
        ({"state": listings.CONTESTED}, []),
        ({"state": listings.NO_SHOW}, []),
        ({"starts_from": day, "starts_to": day}, [paid]),
        ({"starts_from": day + timedelta(days=1)}, [held]),
        ({"sort": "price", "offset": 1, "limit": 1}, [paid]),
    ):
        found = listings.search(alma, **wanted)
        assert [each.id for each in found] == [each.id for each in bookings], wanted


def test_a_session_that_was_cancelled_is_found_by_its_state(paid, alma, mia):
    cancellations.cancel(mia, booking_id=paid.id, expected_refund_cents=12000)
    assert [each.id for each in listings.search(alma, state="cancelled", search="mia")] == [paid.id]


def test_nobody_else_searches_all_sessions(mia):
    with pytest.raises(NotFound):
        listings.search(mia)
