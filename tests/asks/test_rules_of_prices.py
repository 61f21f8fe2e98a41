"""What so many minutes cost by a rate card."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from marketplace.asks.rules.pricing import Rate, nearest, price_cents

CARD = [Rate(60, 12000), Rate(30, 7000), Rate(90, 16000)]


@pytest.mark.parametrize(
    ("minutes", "cents"),
    [
        (10, 2334),  # the rate of the shortest, rounded up
        (30, 7000),
        (31, 7234),
        (45, 10500),
        (59, 12000),  # never dearer than the hour
        (60, 12000),
        (61, 12200),
        (89, 16000),
        (90, 16000),
        (210, 37334),
    ],
)
def test_the_price_is_the_cards_to_the_minute(minutes, cents):
    assert price_cents(minutes, card=CARD, floor_cents=1500, most_cents=10**8) == cents


def test_it_is_never_below_the_floor_nor_above_what_can_be_charged():
    assert price_cents(10, card=CARD, floor_cents=3000, most_cents=10**8) == 3000
    assert price_cents(480, card=CARD, floor_cents=3000, most_cents=50000) == 50000


def test_without_a_card_there_is_no_price():
    with pytest.raises(ValueError):
        price_cents(60, card=[], floor_cents=1, most_cents=10)


def test_of_two_rates_of_one_length_the_cheaper_counts():
    assert nearest(60, card=[Rate(60, 12000), Rate(60, 9000)]) == Rate(60, 9000)


cards = st.lists(st.builds(Rate, st.integers(10, 480), st.integers(50, 100_000)), min_size=1, max_size=6)
lengths = st.integers(10, 480)


@given(cards, lengths, lengths, st.integers(1, 5000))
def test_more_minutes_never_cost_less(card, one, other, floor):
    short, long = sorted((one, other))
    cost = {minutes: price_cents(minutes, card=card, floor_cents=floor, most_cents=10**8) for minutes in (short, long)}
    assert floor <= cost[short] <= cost[long]


@given(cards, lengths, st.integers(1, 5000))
@example([Rate(60, 12000), Rate(90, 9000)], 45, 100)
def test_no_length_costs_more_than_a_longer_session_of_the_card(card, minutes, floor):
    cost = price_cents(minutes, card=card, floor_cents=floor, most_cents=10**8)
    assert [each for each in card if each.minutes >= minutes and cost > max(each.price_cents, floor)] == []
