"""What is left of a budget, and where a month ends."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.unpaid_time.grants.rules import left, month_of


@pytest.mark.parametrize(
    ("budget", "spent", "minutes"), [(0, 0, 0), (60, 0, 60), (60, 45, 15), (60, 60, 0), (30, 60, 0)]
)
def test_what_is_left(budget, spent, minutes):
    assert left(budget, spent) == minutes


@given(day=st.dates(date(2000, 1, 1), date(2100, 12, 31)))
def test_a_day_is_in_its_month_alone(day):
    first, following = month_of(day)
    assert first <= day < following
    assert (first.day, following.day) == (1, 1)
    assert month_of(following)[0] == following
