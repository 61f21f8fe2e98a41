"""Rates are read strictly, fetched from a server as it should answer, and never shown once they are old."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from flask import Flask

from marketplace import clock, config
from marketplace.errors import Unavailable
from marketplace.exchange_rates import queries
from marketplace.exchange_rates.rules import DailyRates, UnreadableRates, parse
from marketplace.exchange_rates.service import fetch_exchange_rates
from tests.calendars.servers import Server, drips, says
from tests.conftest import Moment

TODAY = date(2027, 3, 1)
USD = "<Cube currency='USD' rate='1.0850'/>"
JPY = '<Cube currency="JPY" rate="161.25"/>'


def document(cubes: str = USD + JPY, day: str = "2027-02-26", before: str = "", after: str = "") -> bytes:
    """The Bank's XML as it is published."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>{before}
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
  <gesmes:subject>Reference rates</gesmes:subject>
  <gesmes:Sender><gesmes:name>European Central Bank</gesmes:name></gesmes:Sender>
  <Cube><Cube time='{day}'>{cubes}</Cube>{after}</Cube>
</gesmes:Envelope>""".encode()


def test_the_banks_document_is_read() -> None:
    rates = parse(document(), today=TODAY)
    assert rates == DailyRates(
        date(2027, 2, 26), {"eur": Decimal(1), "usd": Decimal("1.0850"), "jpy": Decimal("161.25")}
    )


@pytest.mark.parametrize(
    "wrong",
    [
        b"",
        b"<html>Moved</html>",
        document()[:-30],
        document(day="2027-03-02"),
        document(day="yesterday"),
        document(cubes=""),
        document(cubes=USD + USD),
        document(cubes="<Cube currency='EUR' rate='1'/>"),
        document(cubes="<Cube currency='usd' rate='1.1'/>"),
        document(cubes="<Cube currency='USD' rate='0'/>"),
        document(cubes="<Cube currency='USD' rate='-1'/>"),
        document(cubes="<Cube currency='USD' rate='1e9'/>"),
        document(cubes="<Cube currency='USD' rate='NaN'/>"),
        document(cubes="<Rate currency='USD' rate='1.1'/>"),
        document(after="<Cube time='2027-02-25'/>"),
        document(before='<!DOCTYPE x [<!ENTITY a "aaaa">]>'),
        document().decode().encode("utf-16"),
        document(cubes=USD * 3000),
    ],
)
def test_anything_else_is_refused(wrong: bytes) -> None:
    with pytest.raises(UnreadableRates):
        parse(wrong, today=TODAY)


@pytest.mark.parametrize(
    ("cents", "currency", "wanted", "about"),
    [
        (12000, "usd", "eur", 11100),
        (10000, "eur", "usd", 10900),
        (10000, "eur", "jpy", 16125),
        (16125, "jpy", "eur", 10000),
        (12000, "usd", "usd", 12000),
        (12000, "usd", "chf", None),
        (12000, "chf", "usd", None),
    ],
)
def test_amounts_are_about_so_much_to_a_whole_unit(cents: int, currency: str, wanted: str, about: int | None) -> None:
    assert parse(document(), today=TODAY).approximate(cents, currency, wanted) == about


@pytest.mark.parametrize(("today", "good"), [(26, True), (25, False)])
def test_rates_are_good_from_their_day_on(today: int, good: bool) -> None:
    assert parse(document(), today=TODAY).is_good(date(2027, 2, today)) is good


@pytest.fixture
def bank(app: Flask) -> Iterator[Server]:
    with Server.running() as server:
        token = config.use(replace(config.current(), exchange_rates_url=server.url))
        yield server
        config.leave(token)


def test_they_are_fetched_kept_and_replaced(bank: Server, moment: Moment) -> None:
    assert queries.current() is None
    bank.answer = says(document())
    fetch_exchange_rates()
    rates = queries.current()
    assert rates is not None
    assert (rates.day, rates.per_euro["usd"]) == (date(2027, 2, 26), Decimal("1.0850"))
    bank.answer = says(document(cubes=JPY, day="2027-03-01"))
    fetch_exchange_rates()
    rates = queries.current()
    assert rates is not None
    assert (rates.day, rates.knows("usd"), rates.knows("jpy")) == (date(2027, 3, 1), False, True)
    # A server that answers with what is older changes nothing.
    bank.answer = says(document())
    fetch_exchange_rates()
    assert queries.latest() == rates
    moment.advance(days=8)
    assert queries.current() is None


@pytest.mark.parametrize("answer", [says(b"", 503), says(b"", 404), says(b"", 302, Location="http://127.0.0.1:1/")])
def test_a_server_that_does_not_answer_as_it_should_is_asked_again(bank: Server, answer: object) -> None:
    bank.answer = answer  # type: ignore[assignment]
    with pytest.raises(Unavailable):
        fetch_exchange_rates()


def test_what_cannot_be_read_leaves_what_was_there(bank: Server) -> None:
    bank.answer = says(document())
    fetch_exchange_rates()
    bank.answer = says(document(cubes="<Cube currency='USD' rate='much'/>"))
    with pytest.raises(UnreadableRates):
        fetch_exchange_rates()
    assert queries.latest() == parse(document(), today=clock.now().date())


def test_more_than_rates_can_be_is_not_read_to_its_end(bank: Server) -> None:
    bank.answer = says(b" " * 10_000_000)
    with pytest.raises(UnreadableRates):
        fetch_exchange_rates()


def test_nothing_is_fetched_or_shown_unless_a_setting_says_from_where(bank: Server) -> None:
    bank.answer = says(document())
    fetch_exchange_rates()
    token = config.use(replace(config.current(), exchange_rates_url=""))
    bank.answer = drips
    fetch_exchange_rates()
    assert len(bank.requests) == 1
    assert queries.current() is None
    config.leave(token)
