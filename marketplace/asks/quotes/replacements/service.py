"""Commands that end a quote, also while the page to pay for its held time is open."""

import uuid
from collections.abc import Callable
from typing import TypeVar

from marketplace.accounts.models import User
from marketplace.asks import queries as asks
from marketplace.asks.quotes import queries, rules
from marketplace.asks.quotes import service as quotes
from marketplace.asks.quotes.offered_times import service as offered_times
from marketplace.bookings.payment_outcomes import service as payment_outcomes
from marketplace.db import before_command, transactional
from marketplace.errors import FairhourError
from marketplace.payments import rules as payment_rules

T = TypeVar("T")


def ending_quote(person: User, ask_id: uuid.UUID, command: Callable[[], T]) -> T:
    """What `command` answers, which ends the live quote of an ask as its coach or its asker.

    Where it is refused because the time that the quote holds can be paid for, the page is closed first. Whoever has
    paid there by then has the session, and the command is refused. Where it is refused for something else after that,
    the time is let go, to be chosen again.
    """
    try:
        return command()
    except quotes.QuoteBeingPaid:
        if not _close_page(person, ask_id):
            raise
    try:
        return command()
    except FairhourError:
        _let_go(person, ask_id)
        raise


def _close_page(person: User, ask_id: uuid.UUID) -> bool:
    """Close the page outside every transaction; False where none is open for a time that went with the quote."""
    ask = asks.one(person, ask_id)
    live = next((each for each in queries.of_ask(ask.id) if each.status == rules.HELD), None)
    booking = live.booking if live is not None else None
    payment = booking.payment if booking is not None and booking.offered else None
    if payment is None or payment.status != payment_rules.PENDING or payment.is_settling:
        return False
    payment_id = str(payment.id)
    before_command(lambda: payment_outcomes.abandon_payment(payment_id))
    return True


@transactional
def _let_go(person: User, ask_id: uuid.UUID) -> None:
    ask = asks.locked(ask_id)
    live = queries.live_locked(ask.id)
    if live is not None and offered_times.let_go(ask, live, by=person):
        quotes.settle(ask, live.id)
