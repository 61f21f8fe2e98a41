"""What a paid first session takes off the first full one."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.bookings.intro_credits import rules

ENDED = datetime(2027, 3, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("intro", "price", "least", "taken_off"),
    [(3000, 12000, 50, 3000), (12000, 12000, 50, 11950), (3000, 3000, 3000, 0), (3000, 40, 50, 0)],
)
def test_the_price_of_the_intro_is_taken_off_and_enough_is_left_to_pay(intro, price, least, taken_off):
    assert rules.credit_cents(intro_cents=intro, price_cents=price, least_cents=least) == taken_off


@given(st.integers(1, 10**8), st.integers(1, 10**8), st.integers(1, 1000))
def test_never_more_than_it_cost_and_never_less_to_pay_than_a_payment_needs(intro, price, least):
    cents = rules.credit_cents(intro_cents=intro, price_cents=price, least_cents=least)
    assert 0 <= cents <= intro
    assert price - cents >= min(price, least)


@pytest.mark.parametrize(
    ("after", "held", "refunded", "counts"),
    [
        (timedelta(0), True, 0, True),
        (timedelta(days=14) - timedelta(seconds=1), True, 0, True),
        (timedelta(days=14), True, 0, False),
        (timedelta(days=15), True, 0, False),
        (-timedelta(seconds=1), True, 0, False),
        (timedelta(days=1), False, 0, False),
        (timedelta(days=1), True, 1, False),
    ],
)
def test_it_counts_for_fourteen_days_once_it_was_held_and_nothing_was_refunded(after, held, refunded, counts):
    assert rules.counts(held=held, refunded_cents=refunded, ended_at=ENDED, now=ENDED + after) is counts
