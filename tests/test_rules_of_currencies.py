"""Currencies: what is known of each, and amounts that an operator sets in them."""

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace import currencies, environment, money
from marketplace.coaches.rules import offering_problems, price_floor_cents
from marketplace.config import Settings, SettingsError
from marketplace.currencies import KNOWN, Amounts
from stripe_sandbox import ledger as stripe_ledger
from stripe_sandbox import limits as stripe_limits

NEEDED = {"APP_ENV": "development", "DATABASE_URL": "postgresql://localhost/fairhour", "STRIPE_SECRET_KEY": "sk_test_x"}
LINE = {"title": "First look", "description": "", "kind": "mentor", "buffer_before_minutes": 0}
LINE |= {"buffer_after_minutes": 0, "notice_hours": 12, "horizon_days": 60}


def problems(**offering):
    settings = offering.pop("settings", Settings())
    return offering_problems(LINE | offering, kinds=["mentor"], settings=settings)


@pytest.mark.parametrize("code", KNOWN)
def test_decimals_and_least_charges_are_those_of_iso_and_stripe(code):
    assert KNOWN[code].decimals == money.minor_digits(code) == stripe_ledger.decimals(code)
    assert KNOWN[code].least_cents == stripe_limits.least_units(code)


@pytest.mark.parametrize(
    ("currency", "session", "hour", "loyal_after", "payout", "two_people"),
    [
        ("usd", 1500, 3000, 50_000, 2000, 1_000_000),
        ("eur", 1500, 3000, 50_000, 2000, 1_000_000),
        ("jpy", 2250, 4500, 75_000, 3000, 1_500_000),
        ("sek", 15_000, 30_000, 500_000, 20_000, 10_000_000),
        ("aud", 2250, 4500, 75_000, 3000, 1_500_000),
    ],
)
def test_each_amount_is_about_as_much_in_every_currency(currency, session, hour, loyal_after, payout, two_people):
    settings = Settings()
    amounts = (settings.floor_session, settings.floor_hour, settings.loyal_after, settings.payout_minimum)
    found = [amount.cents(currency) for amount in (*amounts, settings.payout_two_people_above)]
    assert found == [session, hour, loyal_after, payout, two_people]


def test_an_operator_names_the_amount_of_some_currencies_and_the_others_keep_theirs():
    read = environment.read(NEEDED | {"FLOOR_SESSION": "usd:12.50, JPY:2000,"})
    assert [read.floor_session.cents(code) for code in ("usd", "jpy", "eur")] == [1250, 2000, 1500]
    assert str(read.floor_session) == "usd:12.50,jpy:2000"
    assert read.floor_session.naming(str(read.floor_session)) == read.floor_session


@pytest.mark.parametrize(
    "name", ["FLOOR_SESSION", "FLOOR_HOUR", "LOYAL_AFTER", "PAYOUT_MINIMUM", "PAYOUT_TWO_PEOPLE_ABOVE"]
)
@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("15", "must name a currency with each amount, as usd:15.00,jpy:2000"),
        ("xyz:15", "names xyz, which cannot be offered: choose among aed"),
        ("kwd:15", "names kwd"),
        ("jpy:2000.5", "says 2000.5 for jpy, which has 0 decimals"),
        ("usd:15.005", "says 15.005 for usd, which has 2 decimals"),
        ("usd:", "must say an amount of USD"),
        ("usd:-1", "must say an amount of USD"),
        ("usd:nan", "must say an amount of USD"),
        ("usd:1e30", "must say an amount of USD"),
        ("usd:much", "must say an amount of USD, not 'much'"),
    ],
)
def test_an_amount_that_cannot_be_is_refused_at_the_start_by_its_name(name, text, why):
    with pytest.raises(SettingsError, match=rf"^{name} {re.escape(why)}"):
        environment.read(NEEDED | {name: text})


def test_an_operator_chooses_the_currencies():
    assert environment.read(NEEDED).offered_currencies() == currencies.listed(currencies.OFFERED)
    assert environment.read(NEEDED | {"CURRENCIES": "EUR, usd ,eur"}).offered_currencies() == ("eur", "usd")


@pytest.mark.parametrize("text", ["kwd", "usd,isk", "huf", "dollars", " , "])
def test_a_currency_without_a_table_stops_the_start(text):
    with pytest.raises(SettingsError, match=r"^CURRENCIES "):
        environment.read(NEEDED | {"CURRENCIES": text})


@pytest.mark.parametrize(("offered", "main"), [("eur,usd", "usd"), ("eur,gbp", "eur")])
def test_examples_are_in_a_currency_that_is_offered(offered, main):
    assert replace(Settings(), currencies=offered).main_currency() == main


@pytest.mark.parametrize(("currency", "floor"), [("usd", 1500), ("eur", 1500), ("jpy", 2250)])
def test_a_price_is_published_from_the_floor_on(currency, floor):
    assert "The least for 30 minutes is" in problems(minutes=30, currency=currency, price_cents=floor - 1)["price"]
    assert problems(minutes=30, currency=currency, price_cents=floor) == {}
    assert problems(minutes=30, currency=currency, price_cents=floor + 1) == {}


@pytest.mark.parametrize(("currency", "least"), [("usd", 50), ("eur", 50), ("jpy", 50), ("gbp", 30), ("czk", 1500)])
def test_without_a_floor_of_the_operator_the_least_is_what_stripe_charges(currency, least):
    free = Amounts(Decimal(0))
    settings = replace(Settings(), floor_session=free, floor_hour=free)
    told = problems(minutes=30, currency=currency, price_cents=least - 1, settings=settings)
    assert told == {
        "price": f"The least for 30 minutes is {money.spoken(least, currency)}: mentoring is paid work here."
    }
    assert problems(minutes=30, currency=currency, price_cents=least, settings=settings) == {}


def test_nobody_publishes_more_than_stripe_charges():
    most = currencies.LARGEST_CHARGE_CENTS
    assert problems(minutes=30, currency="jpy", price_cents=most) == {}
    assert "Write at most 50,000,000 JPY." in problems(minutes=30, currency="jpy", price_cents=most + 1)["price"]


def test_a_currency_that_the_operator_does_not_take_is_refused_by_the_price():
    told = problems(minutes=30, currency="czk", price_cents=100_000, settings=replace(Settings(), currencies="eur,usd"))
    assert told == {"price": "Prices in CZK cannot be paid here. Choose another currency on your profile: EUR, USD."}


AMOUNTS = st.builds(Amounts, st.decimals(0, 1000, places=2))


@given(st.sampled_from(list(KNOWN)), st.integers(0, 10**9), st.integers(10, 480), AMOUNTS, AMOUNTS)
def test_what_can_be_published_can_be_charged(currency, cents, minutes, session, hour):
    everything = ",".join(KNOWN)
    settings = replace(Settings(), currencies=everything, floor_session=session, floor_hour=hour)
    if not problems(minutes=minutes, currency=currency, price_cents=cents, settings=settings):
        assert stripe_limits.least_units(currency) <= cents <= stripe_limits.MOST_UNITS
        assert cents >= price_floor_cents(minutes, currency, settings)
