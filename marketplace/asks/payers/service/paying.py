"""The command of whoever holds a payer's link."""

import uuid

from marketplace.asks import queries as asks
from marketplace.asks.payers import queries, rules
from marketplace.asks.payers.service import details, notifications
from marketplace.asks.quotes import rules as quote_rules
from marketplace.asks.quotes import service as quotes
from marketplace.asks.quotes.models import Quote
from marketplace.audit.service import record
from marketplace.bookings.checkout import service as booking_checkout
from marketplace.db import transactional
from marketplace.errors import Conflict, Invalid, NotAllowed
from marketplace.languages import current as reader
from marketplace.payments.billing_parties.rules import Named
from marketplace.payments.service import checkouts
from marketplace.session_credits.service import orders as credit_orders
from marketplace.written_answers.service import orders


class NotPayable(Conflict):
    """Nothing can be paid here now."""


class NoTime(NotPayable):
    """No time is chosen, or the one that was chosen is gone. Whoever asked you has been told to choose one."""


def pay(quote_id: uuid.UUID, secret: str, named: Named, *, without_time: bool = False) -> str:
    """The address of the hosted page where a quote is paid: the same one for its asker and for all who hold the link.

    What was chosen last is held once more where it was let go and is still to be had. Where no time is to be had, a
    credit is bought for the asker if the payer agrees to pay `without_time`; else the asker is told that somebody would
    pay. Raises NotFound, LinkWithdrawn, NotPayable, PaidAlready.
    """
    try:
        payment_id = _prepare(quote_id, secret, named, without_time=without_time)
    except NoTime:
        notifications.tell_time_needed(queries.page(quote_id, secret))
        raise
    return checkouts.start_checkout(payment_id)


@transactional
def _prepare(quote_id: uuid.UUID, secret: str, named: Named, *, without_time: bool) -> uuid.UUID:
    ask = asks.locked(queries.ask_of_link(quote_id, secret))
    quote = quotes.settle(ask, quote_id)
    # Whoever withdrew the link or replaced the quote had the ask before us.
    queries.check_link(quote_id, secret)
    stands = queries.standing(quote)
    as_credit = queries.is_without_time(quote, stands)
    if not (stands == rules.NEEDS_TIME and as_credit and without_time):
        _check(stands)
    if quote.status == quote_rules.SENT:
        _take(quote, as_credit=as_credit)
    payment_id = _payment_of(quote)
    # Only now: what is paid for is locked before its payment, as everywhere.
    details.keep(quote, named, locale=reader().locale)
    record(None, "quote_payer.named", quote_id, by_link=True)
    return payment_id


def _payment_of(quote: Quote) -> uuid.UUID:
    """The payment of what is held for a quote, which its asker and all payers share."""
    if quote.written_answer_id is not None:
        return orders.prepare_payment(quote.ask.asker, answer_id=quote.written_answer_id)
    if quote.credit_id is not None:
        return credit_orders.prepare_payment(quote.ask.asker, credit_id=quote.credit_id)
    assert quote.booking_id is not None
    return booking_checkout.prepare_payment(quote.ask.asker, booking_id=quote.booking_id)


def _check(standing: str) -> None:
    if standing == rules.NEEDS_TIME:
        raise NoTime
    if standing != rules.OPEN:
        raise NotPayable(str(rules.REFUSALS[standing]))


def _take(quote: Quote, *, as_credit: bool) -> None:
    """Take a quote as its asker would: what was chosen last once more, or a credit.

    Raises NoTime where a time cannot be held, NotPayable where nothing without one can be taken.
    """
    asker, booking = quote.ask.asker, quote.booking
    timeless = as_credit or quote.form == quote_rules.WRITTEN
    try:
        if as_credit:
            quotes.buy_credit(asker, quote_id=quote.id)
        elif timeless:
            quotes.order(asker, quote_id=quote.id)
        elif booking is not None:
            quotes.hold(asker, quote_id=quote.id, starts_at=booking.starts_at)
    except (Conflict, Invalid, NotAllowed) as refusal:
        raise (NotPayable if timeless else NoTime) from refusal
