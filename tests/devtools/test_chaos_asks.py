"""Chaos names an ask without an end, one whose end nobody was told, and a quote that was paid twice."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from devtools.chaos.invariants import INVARIANTS, Scene
from devtools.chaos.stripe_objects import StripeObjects
from marketplace import clock
from marketplace.asks.quotes import service as quotes
from marketplace.asks.service import answers
from marketplace.audit.service import record
from marketplace.db import session
from tests.asks.conftest import asked
from tests.factories import a_booking

TOMORROW_AT_TEN = datetime(2027, 3, 2, 10, tzinfo=UTC)


@pytest.fixture
def found(stripe, tmp_path):
    """What one rule finds now: the cases."""

    def look(name):
        session().flush()
        connection = session().connection().connection.driver_connection
        scene = Scene(connection, StripeObjects(stripe.url), tmp_path, clock.now().timestamp())
        return [words for words, _cents in INVARIANTS[name](scene)]

    return look


@pytest.fixture
def ask(ada, mia, offering):
    return asked(mia)


def test_an_ask_that_is_open_past_its_time_waits_for_ever(found, ask, moment):
    assert found("no_ask_waits_for_ever") == []
    moment.advance(days=7, hours=2)
    assert [words.split(" · ")[:3] for words in found("no_ask_waits_for_ever")] == [["ask", str(ask.id), "open"]]


def test_a_quote_past_its_days_waits_for_ever(found, ask, ada, moment):
    quote = quotes.quote(ada.user, ask_id=ask.id, minutes=45, price_cents=None, note="")
    moment.advance(hours=71)
    assert found("no_ask_waits_for_ever") == []
    moment.advance(hours=3)
    assert [words.split(" · ")[:3] for words in found("no_ask_waits_for_ever")] == [["quote", str(quote.id), "sent"]]


def test_two_sessions_that_were_sold_for_one_quote_are_named(found, ask, ada, mia, offering, stripe):
    quote = quotes.quote(ada.user, ask_id=ask.id, minutes=45, price_cents=None, note="")
    sold = [a_booking(mia, offering, TOMORROW_AT_TEN + timedelta(hours=2 * number), stripe) for number in range(2)]
    record(mia.id, "quote.held", quote.id, booking_id=str(sold[0].id))
    assert found("a_quote_is_paid_once") == []
    record(mia.id, "quote.held", quote.id, booking_id=str(sold[1].id))
    assert found("a_quote_is_paid_once") == [f"quote · {quote.id} · was paid for · 2 · times"]


def test_an_end_of_which_nobody_was_told_is_named(found, ask, ada):
    answers.decline(ada.user, ask_id=ask.id, reason="no_time", reply="")
    before = found("everybody_was_told_how_it_ended")
    assert not any("nobody was told" in words for words in before)
    session().execute(text("delete from messages where key like 'ask_declined:%'"))
    assert f"ask · {ask.id} · declined · and nobody was told" in found("everybody_was_told_how_it_ended")
