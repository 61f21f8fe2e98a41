"""What every test of written answers begins with: one that is ordered of Ada by Mia, due in four days."""

from datetime import timedelta

import pytest

from marketplace import clock, payment_subjects
from marketplace.asks.quotes import service as quotes
from marketplace.payments import queries as payments
from marketplace.written_answers import queries
from marketplace.written_answers.service import deliveries, orders
from tests.asks.conftest import asked


def again(answer):
    """As it is now."""
    return queries.locked(answer.id)


def paid_for(mia, answer, stripe, card="4242424242424242"):
    """The mentee's card authorised on the hosted page, and our books brought in step."""
    orders.pay(mia, answer_id=answer.id)
    payment = payments.of_subject(answer.id)
    stripe.pay(payment.checkout_id, card)
    payment_subjects.settle_payment(str(payment.id))
    return again(answer)


@pytest.fixture
def ask(ada, mia, offering):
    """Mia asks Ada for three quarters of an hour, 90.00 USD."""
    return asked(mia)


@pytest.fixture
def quote(ask, ada):
    """Ada offers a written answer within four days."""
    due = clock.now() + timedelta(days=4)
    return quotes.quote(ada.user, ask_id=ask.id, minutes=45, price_cents=None, note="", form="written", deliver_by=due)


@pytest.fixture
def unpaid(quote, mia):
    """It is ordered and not paid for."""
    return quotes.order(mia, quote_id=quote.id)


@pytest.fixture
def ordered(unpaid, mia, stripe):
    """It is ordered, the card authorised."""
    paid = paid_for(mia, unpaid, stripe)
    quotes.settle_quotes()
    return paid


@pytest.fixture
def delivered(ordered, ada, run_jobs):
    """It was sent, captured and delivered."""
    deliveries.deliver(ada.user, answer_id=ordered.id, answer="Decide **together**, before June.")
    run_jobs()
    return again(ordered)
