"""What a coupon takes off, whether it counts, and what it may be."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.coupons import rules
from marketplace.currencies import LARGEST_CHARGE_CENTS

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
LATER, BEFORE = NOW + timedelta(days=1), NOW - timedelta(days=1)
ONE, OTHER = UUID(int=1), UUID(int=2)


@dataclass(frozen=True)
class Coupon:
    """Twenty percent, without limits."""

    percent: int | None = 20
    amount_cents: int | None = None
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    ended_at: datetime | None = None
    offering_ids: list[UUID] = field(default_factory=list)
    uses_at_most: int | None = None
    uses_each_at_most: int | None = None


TEN = Coupon(percent=None, amount_cents=1000)
GIVEN = {
    "code": "SPRING-20",
    "percent": 20,
    "amount_cents": None,
    "uses_at_most": None,
    "uses_each_at_most": 1,
    "valid_from": None,
    "valid_until": None,
    "offering_ids": [],
}


def problems(**changes):
    return rules.problems(GIVEN | changes, offerings=[ONE], now=NOW)


@pytest.mark.parametrize(
    ("coupon", "price", "floor", "off"),
    [
        (Coupon(), 12000, 3000, 2400),
        (Coupon(), 12001, 3000, 2400),
        (Coupon(percent=33), 100, 1, 33),
        (Coupon(percent=90), 12000, 3000, 9000),
        (Coupon(), 3000, 3000, 0),
        (Coupon(), 2500, 3000, 0),
        (TEN, 12000, 3000, 1000),
        (TEN, 3500, 3000, 500),
        (TEN, 3000, 3000, 0),
    ],
)
def test_what_is_taken_off(coupon, price, floor, off):
    assert rules.taken_off(coupon, price_cents=price, floor_cents=floor) == off


@given(st.integers(1, 10**9), st.integers(1, 10**9), st.integers(1, 90), st.integers(1, 10**9))
def test_nobody_ever_pays_less_than_the_floor_or_more_than_the_price(price, floor, percent, cents):
    for coupon in (Coupon(percent=percent), Coupon(percent=None, amount_cents=cents)):
        left = price - rules.taken_off(coupon, price_cents=price, floor_cents=floor)
        assert min(price, floor) <= left <= price


@pytest.mark.parametrize(
    ("changes", "counts", "state"),
    [
        ({}, True, "open"),
        ({"ended_at": BEFORE}, False, "ended"),
        ({"valid_from": NOW}, True, "open"),
        ({"valid_from": BEFORE}, True, "open"),
        ({"valid_until": BEFORE}, False, "over"),
        ({"uses_at_most": 2}, True, "used_up"),
        ({"valid_from": LATER}, False, "not_yet"),
        ({"valid_until": NOW}, False, "over"),
        ({"valid_until": LATER}, True, "open"),
        ({"offering_ids": [ONE]}, True, "open"),
        ({"offering_ids": [OTHER]}, False, "open"),
        ({"uses_at_most": 3}, True, "used_up"),
        ({"uses_at_most": 4}, True, "open"),
    ],
)
def test_when_it_counts_and_how_it_stands(changes, counts, state):
    coupon = replace(Coupon(), **changes)
    assert rules.counts_for(coupon, offering_id=ONE, now=NOW) is counts
    assert rules.state(coupon, uses=3, now=NOW) == state


@pytest.mark.parametrize(
    ("changes", "uses", "mentee_uses", "wanted", "words"),
    [
        ({}, 99, 99, 12, None),
        ({"uses_at_most": 3}, 2, 0, 1, None),
        ({"uses_at_most": 3}, 3, 0, 1, "This coupon is used up."),
        ({"uses_at_most": 3}, 4, 0, 1, "This coupon is used up."),
        ({"uses_at_most": 3}, 1, 0, 3, "This coupon has 2 uses left, and these are 3 sessions."),
        ({"uses_at_most": 3}, 2, 0, 4, "This coupon has 1 use left, and these are 4 sessions."),
        ({"uses_at_most": 5}, 0, 0, 3, None),
        ({"uses_at_most": 9}, 1, 0, 3, None),
        ({"uses_each_at_most": 9}, 5, 1, 3, None),
        ({"uses_each_at_most": 3}, 5, 2, 2, "This coupon has 1 use left, and these are 2 sessions."),
        ({"uses_each_at_most": 4}, 5, 1, 4, "This coupon has 3 uses left, and these are 4 sessions."),
        ({"uses_each_at_most": 1}, 5, 2, 1, "You have used this coupon as often as one may."),
        ({"uses_each_at_most": 1}, 5, 0, 1, None),
        ({"uses_each_at_most": 1}, 5, 1, 1, "You have used this coupon as often as one may."),
        ({"uses_each_at_most": 2}, 5, 1, 2, "This coupon has 1 use left, and these are 2 sessions."),
    ],
)
def test_how_often_it_may_be_used(changes, uses, mentee_uses, wanted, words):
    assert rules.why_not(replace(Coupon(), **changes), uses=uses, mentee_uses=mentee_uses, wanted=wanted) == words


def test_a_code_is_the_same_however_it_is_typed():
    assert rules.code("  spring-20 ") == "SPRING-20"


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({}, []),
        ({"code": "AB"}, ["code"]),
        ({"code": "A" * 24}, []),
        ({"code": "A" * 25}, ["code"]),
        ({"code": "-AB"}, ["code"]),
        ({"code": "SPRING 20"}, ["code"]),
        ({"percent": 0}, ["percent"]),
        ({"percent": 1}, []),
        ({"percent": 90}, []),
        ({"percent": 91}, ["percent"]),
        ({"percent": None}, ["percent"]),
        ({"amount_cents": 100}, ["percent"]),
        ({"percent": None, "amount_cents": 1}, []),
        ({"percent": None, "amount_cents": 0}, ["amount"]),
        ({"percent": None, "amount_cents": -1}, ["amount"]),
        ({"valid_until": BEFORE}, ["valid_until"]),
        ({"valid_until": LATER, "valid_from": LATER + timedelta(days=1)}, ["valid_until"]),
        ({"percent": None, "amount_cents": LARGEST_CHARGE_CENTS}, []),
        ({"percent": None, "amount_cents": LARGEST_CHARGE_CENTS + 1}, ["amount"]),
        ({"uses_at_most": 0}, ["uses_at_most"]),
        ({"uses_at_most": 1, "uses_each_at_most": 10_000}, []),
        ({"uses_each_at_most": 10_001}, ["uses_each_at_most"]),
        ({"valid_until": NOW}, ["valid_until"]),
        ({"valid_until": LATER, "valid_from": LATER}, ["valid_until"]),
        ({"valid_until": LATER, "valid_from": NOW}, []),
        ({"offering_ids": [ONE]}, []),
        ({"offering_ids": [ONE, OTHER]}, ["offering_ids"]),
    ],
)
def test_what_a_coupon_may_be(changes, fields):
    assert list(problems(**changes)) == fields


def test_the_bounds_are_told():
    assert problems(percent=91)["percent"] == "Write a percentage from 1 to 90."
    assert problems(uses_at_most=0)["uses_at_most"] == "Write a number from 1 to 10000, or leave it empty."
    assert rules.MOST_OPEN == 100
