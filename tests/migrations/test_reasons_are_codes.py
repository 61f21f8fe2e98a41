"""Why credits, written answers and sessions ended, stored as sentences: each becomes a code, and a sentence again."""

from datetime import timedelta

import pytest

from marketplace import clock
from marketplace.asks.quotes import service as quotes
from marketplace.bookings import rules as bookings
from marketplace.coaches.queries import offerings_of
from marketplace.payments.refund_reasons import rules as refunds
from marketplace.session_credits import rules as session_credits
from marketplace.written_answers import rules as written_answers
from tests.asks.conftest import asked
from tests.factories import a_hold, a_person
from tests.races.test_asks import FIRST, ada

__all__ = ["ada"]

pytestmark = pytest.mark.real

# The sentences of then, as each is stored now.
CREDITS = {
    "not paid in time": session_credits.NOT_PAID,
    "not scheduled in time": refunds.NOT_SCHEDULED,
    "the coach left": refunds.COACH_LEFT,
    "a part was refunded before": refunds.PARTLY_REFUNDED,
    "cancelled": refunds.CANCELLED,
}
ANSWERS = {
    "not paid in time": written_answers.NOT_PAID,
    "the card's authorisation has gone": written_answers.AUTHORISATION_GONE,
    "the coach cannot answer": written_answers.BY_COACH,
    "the card could not be charged in time": written_answers.NOT_CAPTURED,
    "no answer": refunds.NO_ANSWER,
}
SESSIONS = {
    "not paid in time": bookings.NOT_PAID,
    "the coach did not answer in time": bookings.NOT_ANSWERED,
    "the card could not be charged in time": bookings.NOT_CAPTURED,
    "the card's authorisation has gone": bookings.AUTHORISATION_GONE,
    "the bank did not send the money": bookings.DEBIT_FAILED,
}
ENDED = {"session_credits": CREDITS, "written_answers": ANSWERS, "bookings": SESSIONS}
# One row more for each sentence, with all else as on the one that is there.
ONE_MORE = """
insert into {table} select (jsonb_populate_record(null::{table}, to_jsonb(one) || jsonb_build_object(
    'id', gen_random_uuid(), 'status', cast(:status as text), 'end_reason', cast(:said as text), 'ended_at', now()))).*
from {table} one where end_reason is null
"""
STATUS = {"session_credits": "lapsed", "written_answers": "expired", "bookings": "expired"}


@pytest.fixture
def one_of_each(real_app, ada):
    """A credit, a written answer and a session, each begun and not paid for."""
    with real_app.app_context():
        mia, noor = a_person("Mia"), a_person("Noor")
        later = quotes.quote(ada.user, ask_id=asked(mia).id, minutes=45, price_cents=None, note="")
        quotes.buy_credit(mia, quote_id=later.id)
        offer = {"minutes": 45, "price_cents": None, "note": "", "form": "written"}
        due = clock.now() + timedelta(days=4)
        written = quotes.quote(ada.user, ask_id=asked(noor).id, deliver_by=due, **offer)
        quotes.order(noor, quote_id=written.id)
        a_hold(mia, offerings_of(ada.id)[0], FIRST)


def stored(schema, table):
    return {reason for (reason,) in schema.run(f"select end_reason from {table} where end_reason is not null")}


@pytest.mark.parametrize("table", ENDED)
def test_each_sentence_is_the_code_of_today_and_goes_back(schema, one_of_each, table):
    own_words = "it rained"
    schema.back_to("0095")
    for said in [*ENDED[table], own_words]:
        schema.run(ONE_MORE.format(table=table), status=STATUS[table], said=said)
    schema.forward()
    assert stored(schema, table) == {*ENDED[table].values(), own_words}
    schema.back_to("0095")
    assert stored(schema, table) == {*ENDED[table], own_words}


def test_every_code_of_today_had_a_sentence():
    assert set(SESSIONS.values()) | {bookings.COACH_NO_SHOW} == set(bookings.END_REASONS)
    assert set(CREDITS.values()) == set(session_credits.END_REASONS)
