"""A written answer is ordered once, sent or called off, reported or released: never both, for real."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from marketplace import clock, payment_subjects
from marketplace.asks.quotes import service as quotes
from marketplace.db import session
from marketplace.errors import FairhourError
from marketplace.invariants import queries as invariant_queries
from marketplace.payments import queries as payments
from marketplace.written_answers import queries
from marketplace.written_answers.service import deliveries, earnings, orders, reports
from tests.asks.conftest import asked
from tests.factories import a_coach, a_person, an_offering, open_all_week
from tests.races.test_asks import at_once

pytestmark = pytest.mark.real
CHECKED = {
    "written_answers_are_paid_when_delivered",
    "never_released_while_disputed",
    "sessions_owed_is_unsettled",
    "coach_balance_is_earned",
    "quotes_are_paid_once",
}


@pytest.fixture
def people(real_app, moment):
    with real_app.app_context():
        ada = open_all_week(a_coach("ada"))
        an_offering(ada)
        return ada.user, a_person("Mia")


@pytest.fixture
def quote_id(real_app, people):
    coach, mia = people
    with real_app.app_context():
        offer = {"minutes": 45, "price_cents": None, "note": "", "form": "written"}
        ask, due = asked(mia), clock.now() + timedelta(days=4)
        return quotes.quote(coach, ask_id=ask.id, deliver_by=due, **offer).id


@pytest.fixture
def ordered(real_app, people, quote_id, stripe):
    with real_app.app_context():
        answer_id = quotes.order(people[1], quote_id=quote_id).id
        orders.pay(people[1], answer_id=answer_id)
        payment = payments.of_subject(answer_id)
        stripe.pay(payment.checkout_id)
        payment_subjects.settle_payment(str(payment.id))
        quotes.settle_quotes()
        return answer_id


def outcome(real_app, deed):
    def do():
        with real_app.app_context():
            try:
                deed()
            except FairhourError as refusal:
                return type(refusal).__name__
            return "done"

    return do


def well(real_app):
    with real_app.app_context():
        found = {finding.invariant.name for finding in invariant_queries.evaluate() if not finding.well}
        # No worker sends mail or makes invoices here, and the clock has moved by days.
        return not found & CHECKED


def test_many_takers_order_one_answer(real_app, people, quote_id):
    taker = outcome(real_app, lambda: quotes.order(people[1], quote_id=quote_id))
    said = at_once([taker] * 20)
    assert sorted(set(said)) == ["QuoteBeingPaid", "done"]
    assert said.count("done") == 1
    with real_app.app_context():
        assert session().scalar(text("select count(*) from written_answers")) == 1
    assert well(real_app)


def test_an_answer_is_sent_or_called_off(real_app, people, ordered):
    coach = people[0]
    send = outcome(real_app, lambda: deliveries.deliver(coach, answer_id=ordered, answer="Decide together."))
    stop = outcome(real_app, lambda: deliveries.give_up(coach, answer_id=ordered))
    assert sorted(at_once([send, stop] * 4)) == [*["NotToWrite"] * 7, "done"]
    assert well(real_app)


def test_an_answer_is_reported_or_released(real_app, people, ordered, moment):
    coach, mia = people
    with real_app.app_context():
        deliveries.deliver(coach, answer_id=ordered, answer="Decide together.")
        payment_id = str(queries.locked(ordered).payment_id)
        session().rollback()
        payment_subjects.capture_payment(payment_id)
    moment.advance(days=7, seconds=-1)
    with real_app.app_context():
        payment_subjects.settle_payment(payment_id)
    # The window ends between the two.
    report = outcome(real_app, lambda: reports.report(mia, answer_id=ordered, words="It says nothing."))
    release = outcome(real_app, lambda: moment.advance(seconds=2) or earnings.release(ordered))
    at_once([report, release])
    with real_app.app_context():
        found = queries.locked(ordered)
        assert (found.frozen_at is None) != (found.released_at is None)
        session().rollback()
    assert well(real_app)
