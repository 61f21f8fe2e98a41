"""Chaos names an ask or a purchase without an end, what was sold twice, and a budget that was overspent."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from devtools.chaos.ask_invariants import ASK_INVARIANTS
from devtools.chaos.invariants import INVARIANTS, Scene
from devtools.chaos.stripe_objects import StripeObjects
from marketplace import clock, payment_subjects
from marketplace.asks.quotes import service as quotes
from marketplace.asks.service import answers
from marketplace.audit.service import record
from marketplace.db import session
from marketplace.payments import queries as payments
from marketplace.session_credits.service import orders as credit_orders
from marketplace.unpaid_time.grants import service as grants
from tests.asks.conftest import asked
from tests.factories import a_booking

TOMORROW_AT_TEN = datetime(2027, 3, 2, 10, tzinfo=UTC)


def cases(check, stripe, folder):
    session().flush()
    connection = session().connection().connection.driver_connection
    scene = Scene(connection, StripeObjects(stripe.url), folder, clock.now().timestamp())
    return [words for words, _cents in check(scene)]


@pytest.fixture
def found(stripe, tmp_path):
    """What one rule finds now: the cases."""

    return lambda name: cases(ASK_INVARIANTS[name], stripe, tmp_path)


@pytest.fixture
def everything(stripe, tmp_path):
    """The same of a rule that is not about asks alone."""
    return lambda name: cases(INVARIANTS[name], stripe, tmp_path)


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
    assert found("everybody_was_told_how_an_ask_ended") == []
    session().execute(text("delete from messages where key like 'ask_declined:%'"))
    assert found("everybody_was_told_how_an_ask_ended") == [f"ask · {ask.id} · declined · and nobody was told"]


def bought(mia, ask, ada, stripe):
    """A credit of Mia's, paid for."""
    quote = quotes.quote(ada.user, ask_id=ask.id, minutes=45, price_cents=None, note="")
    credit = quotes.buy_credit(mia, quote_id=quote.id)
    credit_orders.pay(mia, credit_id=credit.id)
    payment = payments.of_subject(credit.id)
    stripe.pay(payment.checkout_id)
    payment_subjects.settle_payment(str(payment.id))
    quotes.settle_quotes()
    return quote, credit


def test_a_credit_that_nobody_uses_or_refunds_waits_for_ever(found, ask, ada, mia, stripe, moment):
    _quote, credit = bought(mia, ask, ada, stripe)
    assert [found(name) for name in ASK_INVARIANTS if name != "everybody_was_told_how_an_ask_ended"] == [[]] * 7
    moment.advance(days=59)
    assert found("no_purchase_waits_for_ever") == []
    moment.advance(days=2)
    named = [words.split(" · ")[:3] for words in found("no_purchase_waits_for_ever")]
    assert named == [["credit", str(credit.id), "open"]]


def test_a_quote_that_was_sold_as_a_credit_and_as_a_session_is_named(found, ask, ada, mia, offering, stripe):
    quote, _credit = bought(mia, ask, ada, stripe)
    assert found("a_quote_is_paid_once") == []
    session_too = a_booking(mia, offering, TOMORROW_AT_TEN, stripe)
    record(mia.id, "quote.held", quote.id, booking_id=str(session_too.id))
    assert found("a_quote_is_paid_once") == [f"quote · {quote.id} · was paid for · 2 · times"]


def test_more_minutes_given_than_were_ever_chosen_are_named(found, ask, ada):
    grants.choose_budget(ada.user, minutes_per_month=30)
    grants.grant(ada.user, ask_id=ask.id, minutes=30)
    assert found("a_budget_is_never_overspent") == []
    session().execute(text("alter table audit_entries disable trigger user"))
    session().execute(text("update audit_entries set details = '{\"minutes\": 20}' where action like 'pro_bono.%'"))
    assert [words.split(" · ")[3:] for words in found("a_budget_is_never_overspent")] == [["gave", "30", "of", "20"]]


def test_what_a_credit_cost_is_neither_sold_nor_refunded_once_it_is_over(everything, ask, ada, mia, stripe):
    _quote, credit = bought(mia, ask, ada, stripe)
    assert everything("what_is_paid_is_sold_or_given_back") == []
    session().execute(text("update session_credits set status = 'refunded', end_reason = 'x' where id = :id"),
                      {"id": credit.id})  # fmt: skip
    (words,) = everything("what_is_paid_is_sold_or_given_back")
    assert words.endswith("9000 usd neither sold nor refunded")
