"""What every test of session credits begins with: 45 minutes with Ada that Mia takes without a time."""

import pytest

from marketplace import payment_subjects
from marketplace.asks.quotes import service as quotes
from marketplace.payments import queries as payments
from marketplace.session_credits import queries
from marketplace.session_credits.service import orders
from tests.asks.conftest import asked


def again(credit):
    """As it is now."""
    return queries.locked(credit.id)


def paid_for(mia, credit, stripe, card="4242424242424242"):
    """Paid on the hosted page, and our books brought in step."""
    orders.pay(mia, credit_id=credit.id)
    payment = payments.of_subject(credit.id)
    stripe.pay(payment.checkout_id, card)
    payment_subjects.settle_payment(str(payment.id))
    return again(credit)


@pytest.fixture
def ask(ada, mia, offering):
    """Mia asks Ada for three quarters of an hour, 90.00 USD."""
    return asked(mia)


@pytest.fixture
def quote(ask, ada):
    """Ada offers it."""
    return quotes.quote(ada.user, ask_id=ask.id, minutes=45, price_cents=None, note="")


@pytest.fixture
def unpaid(quote, mia):
    """Taken without a time, not paid for."""
    return quotes.buy_credit(mia, quote_id=quote.id)


@pytest.fixture
def credit(unpaid, mia, stripe):
    """Paid for, to be scheduled."""
    paid = paid_for(mia, unpaid, stripe)
    quotes.settle_quotes()
    return paid
