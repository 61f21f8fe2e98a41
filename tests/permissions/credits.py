"""Sessions without a time, in the world of permissions."""

import uuid
from typing import Any

from sqlalchemy import update

from marketplace import clock, payment_subjects
from marketplace.accounts.models import User
from marketplace.asks.models import Ask
from marketplace.asks.quotes import service as quotes
from marketplace.asks.service import sending
from marketplace.coaches.models import Coach
from marketplace.db import session
from marketplace.payments import queries as payments
from marketplace.session_credits.service import orders


def credits_of(ada: Coach, mia: User, stripe: Any, ask: dict[str, Any]) -> dict[str, uuid.UUID]:
    """One of Mia with Ada that is paid for, and one that is to be."""
    paid, unpaid = _credit(ada, mia, ask), _credit(ada, mia, ask)
    orders.pay(mia, credit_id=paid)
    payment = payments.of_subject(paid)
    assert payment is not None
    stripe.pay(payment.checkout_id)
    payment_subjects.settle_payment(str(payment.id))
    return {"credit_id": paid, "credit_to_pay": unpaid}


def _credit(ada: Coach, mia: User, brief: dict[str, Any]) -> uuid.UUID:
    ask = sending.send(mia, handle=ada.handle, **brief)
    quote = quotes.quote(ada.user, ask_id=ask.id, minutes=45, price_cents=None, note="")
    credit_id = quotes.buy_credit(mia, quote_id=quote.id).id
    session().execute(update(Ask).where(Ask.id == ask.id).values(status="booked", ended_at=clock.now()))
    return credit_id
