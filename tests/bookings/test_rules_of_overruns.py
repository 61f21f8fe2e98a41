"""When minutes beyond a session may be proposed, and what they may cost at most."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.bookings.overruns import rules
from marketplace.bookings.overruns.rules import may_propose, most_cents, payable_until

BEGIN = datetime(2027, 3, 3, 10, tzinfo=UTC)
END = BEGIN + timedelta(hours=1)


@pytest.mark.parametrize(
    ("status", "outcome", "frozen", "minutes", "may"),
    [
        ("confirmed", None, False, -1, False),
        ("confirmed", None, False, 0, True),
        ("confirmed", None, False, 120, True),
        ("confirmed", None, False, 121, False),
        ("completed", "took_place", False, 70, True),
        ("completed", "mentee_no_show", False, 70, False),
        ("confirmed", None, True, 30, False),
        ("cancelled", None, False, 30, False),
        ("held", None, False, 30, False),
    ],
)
def test_one_is_proposed_in_the_session_or_until_an_hour_after_it(status, outcome, frozen, minutes, may):
    now = BEGIN + timedelta(minutes=minutes)
    # A word as it comes out of a database: equal to ours and not the same object.
    outcome = outcome and "".join(list(outcome))
    assert may_propose(status=status, outcome=outcome, frozen=frozen, starts_at=BEGIN, ends_at=END, now=now) is may


@pytest.mark.parametrize(
    ("minutes", "price", "whole", "most"), [(20, 12000, 60, 4000), (5, 100, 60, 8), (60, 7, 60, 7)]
)
def test_the_rate_of_the_session_is_the_most(minutes, price, whole, most):
    assert most_cents(minutes, price_cents=price, session_minutes=whole) == most


@given(minutes=st.integers(5, 120), price=st.integers(1, 10**7), whole=st.integers(10, 480))
def test_a_minute_beyond_never_costs_more_than_one_of_the_session(minutes, price, whole):
    assert most_cents(minutes, price_cents=price, session_minutes=whole) * whole <= price * minutes


def test_a_page_to_pay_on_is_open_for_a_day_at_most():
    assert payable_until(lapses_at=END + timedelta(hours=72), now=END) == END + timedelta(hours=23)
    assert payable_until(lapses_at=END + timedelta(hours=2), now=END) == END + timedelta(hours=2)


def test_between_five_minutes_and_two_hours_are_proposed_and_stand_for_three_days():
    assert (rules.LEAST_MINUTES, rules.MOST_MINUTES) == (5, 120)
    assert timedelta(days=3) == rules.STANDS_FOR
