"""Minor units, exact splits, amounts as people type and read them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace import money
from marketplace.currencies import KNOWN
from marketplace.languages import Preferences, speaking

pytestmark = pytest.mark.pure


@given(st.integers(0, 10**12), st.lists(st.integers(0, 10**6), min_size=1, max_size=8).filter(any))
def test_a_split_gives_every_cent_to_somebody(cents, weights):
    shares = money.split(cents, weights)
    assert sum(shares) == cents
    assert all(abs(share - cents * w / sum(weights)) < 1 for share, w in zip(shares, weights, strict=True))


@pytest.mark.parametrize(("cents", "weights"), [(-1, [1]), (1, [0, 0]), (1, [2, -1])])
def test_a_split_that_makes_no_sense_is_refused(cents, weights):
    with pytest.raises(ValueError, match="a split needs"):
        money.split(cents, weights)


@pytest.mark.parametrize(("cents", "points", "share"), [(12000, 1000, 1200), (5, 1000, 1), (4, 1000, 0), (0, 1000, 0)])
def test_a_part_is_the_first_share_of_a_split(cents, points, share):
    assert money.part(cents, points) == share


@pytest.mark.parametrize(
    ("cents", "currency", "plain", "spoken"),
    [
        (12000, "usd", "120.00", "120.00 USD"),
        (123456789, "eur", "1234567.89", "1,234,567.89 EUR"),
        (500, "jpy", "500", "500 JPY"),
        (5, "gbp", "0.05", "0.05 GBP"),
        (-6000, "usd", "-60.00", "-60.00 USD"),
    ],
)
def test_amounts_are_written_with_their_currencys_decimals(cents, currency, plain, spoken):
    assert money.plain(cents, currency) == plain
    assert money.spoken(cents, currency) == spoken


@pytest.mark.parametrize(
    ("typed", "currency", "cents"),
    [
        ("120", "usd", 12000),
        (" 120.5 ", "usd", 12050),
        ("1 200,50", "eur", 120050),
        ("1,200.50", "usd", 120050),
        ("1'200.00", "chf", 120000),
        ("500", "jpy", 500),
        ("0", "usd", 0),
    ],
)
def test_amounts_are_read_as_people_type_them(typed, currency, cents):
    assert money.parse(typed, currency) == cents


@pytest.mark.parametrize(
    ("typed", "currency"),
    [("", "usd"), ("abc", "usd"), ("-5", "usd"), ("1.234", "usd"), ("1.5", "jpy"), ("NaN", "usd"), ("1e30", "usd")],
)
def test_what_is_no_amount_is_refused(typed, currency):
    with pytest.raises(ValueError):
        money.parse(typed, currency)


@pytest.mark.parametrize(
    ("locale", "typed", "cents"),
    [
        ("en-US", "1,200", 120000),
        ("en-GB", "1,200,000.50", 120000050),
        ("de", "1.200", 120000),
        ("de", "1.200,5", 120050),
        ("de", "12,50", 1250),
        ("es-MX", "1,200", 120000),
        ("de", "1,200,000.50", 120000050),
        ("en-US", "1.200.000", 120000000),
    ],
)
def test_thousands_are_grouped_as_the_reader_writes_them(locale, typed, cents):
    with speaking(Preferences(locale)):
        assert money.parse(typed, "usd") == cents


@pytest.mark.parametrize(
    ("locale", "typed"),
    [
        ("de", "1,200"),
        ("en-US", "1.200"),
        ("en-US", "12,34,567.00"),
        ("de", "1.20.000"),
        ("en-GB", "1,2.3,4"),
        ("de", "1,2,3"),
        ("de", "1e3"),
    ],
)
def test_an_amount_that_may_be_two_is_refused(locale, typed):
    with speaking(Preferences(locale)), pytest.raises(ValueError):
        money.parse(typed, "usd")


@pytest.mark.parametrize(
    ("locale", "written"), [("en-US", "1,234.56 USD"), ("de", "1.234,56 USD"), ("es", "1.234,56 USD")]
)
def test_amounts_are_written_as_the_reader_writes_them(locale, written):
    with speaking(Preferences(locale)):
        assert money.spoken(123456, "usd") == written


def test_an_unknown_currency_is_refused():
    with pytest.raises(ValueError, match="ISO 4217"):
        money.minor_digits("zzz")


def test_what_was_written_can_be_read():
    assert all(money.parse(money.plain(12345, code), code) == 12345 for code in KNOWN)
