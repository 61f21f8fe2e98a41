"""When a quote may be taken, and when a time that was chosen is let go."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from marketplace.asks.quotes import rules

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize("status", rules.STATES.states)
@pytest.mark.parametrize(("left", "in_time"), [(timedelta(seconds=1), True), (timedelta(), False)])
def test_a_quote_is_taken_while_it_stands_and_in_time(status, left, in_time):
    expected = status == rules.SENT and in_time
    assert rules.is_good(status, valid_until=NOW + left, now=NOW) is expected


@pytest.mark.parametrize(("called_off", "refunded", "payment_open", "paid"), list(product([True, False], repeat=4)))
def test_a_time_is_let_go_once_nobody_can_pay_and_nothing_paid_is_undecided(called_off, refunded, payment_open, paid):
    found = rules.gave_up(called_off=called_off, refunded=refunded, payment_open=payment_open, paid=paid)
    assert found is (called_off and not payment_open and (not paid or refunded))


@pytest.mark.parametrize(
    ("cents", "refused"), [(1499, True), (1500, False), (9999, False), (10000, False), (10001, True)]
)
def test_a_price_lies_between_the_floor_and_what_can_be_charged(cents, refused):
    assert rules.price_refused(cents, floor_cents=1500, most_cents=10000) is refused
