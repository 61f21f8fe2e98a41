"""Commands of the asker: who pays, and the link by which somebody else does."""

import uuid

from marketplace import config
from marketplace.accounts.models import User
from marketplace.asks import queries as asks
from marketplace.asks.payers import queries, rules
from marketplace.asks.payers.models import QuotePayer
from marketplace.asks.payers.service import details
from marketplace.asks.quotes import rules as quote_rules
from marketplace.asks.quotes.models import Quote
from marketplace.asks.quotes.service import QuoteBeingPaid, QuoteOver, settle
from marketplace.asks.rules.states import INVITED
from marketplace.audit.service import record
from marketplace.bookings import rules as booking_rules
from marketplace.bookings.cancellations import service as cancellations
from marketplace.bookings.payment_outcomes import service as booking_outcomes
from marketplace.db import transactional
from marketplace.errors import Conflict, Invalid
from marketplace.languages import gettext as _
from marketplace.payments import rules as payment_rules
from marketplace.payments.billing_parties.rules import Named
from marketplace.payments.billing_parties.service import PaidAlready
from marketplace.payments.service import checkouts
from marketplace.session_credits.service import payment_outcomes as credit_outcomes
from marketplace.written_answers.service import payment_outcomes as answer_outcomes


class TooManyLinks(Conflict):
    """A link was made as often as it can be for one quote. Pay it yourself, or ask your coach for another quote."""


class PaidByInvitation(Conflict):
    """This came from an invitation: it is paid by the link of the mail that its organiser got."""


@transactional
def save_details(asker: User, *, quote_id: uuid.UUID, named: Named) -> QuotePayer:
    """Say whom invoice and receipt name; without a name, the asker's account. Raises NotFound, PaidAlready."""
    quote = _locked(asker, quote_id)
    if quote.status == quote_rules.PAID:
        raise PaidAlready
    details.keep(quote, named, locale=asker.locale or "")
    record(asker.id, "quote_payer.named", quote_id)
    return queries.found(quote_id)


def make_link(asker: User, *, quote_id: uuid.UUID, purpose: str) -> str:
    """The address by which somebody else pays the quote; one that was made before does not work any more.

    `purpose` is all that they read of what it is for. What they typed is forgotten, and a page to pay on that they
    opened is closed. Raises NotFound, Invalid, QuoteOver, QuoteBeingPaid, PaidByInvitation, TooManyLinks.
    """
    words = " ".join(purpose.split())
    if not 1 <= len(words) <= rules.LONGEST_PURPOSE:
        raise Invalid(purpose=_("Write 1 to %(most)s characters.", most=rules.LONGEST_PURPOSE))
    if queries.found(queries.of_asker(asker, quote_id).id).has_link:
        withdraw_link(asker, quote_id=quote_id)
    return _make(asker, quote_id, words)


@transactional
def _make(asker: User, quote_id: uuid.UUID, purpose: str) -> str:
    quote = _locked(asker, quote_id)
    if quote.ask.origin == INVITED:
        raise PaidByInvitation
    if quote.status not in quote_rules.LIVE:
        raise QuoteOver
    generation = queries.found(quote_id).generation + 1
    if generation > rules.MOST_LINKS:
        raise TooManyLinks
    secret = rules.secret(quote_id, generation=generation, key=config.current().secret_key)
    details.write(quote_id, purpose=purpose, generation=generation, digest=rules.digest(secret))
    record(asker.id, "payer_link.made", quote_id, generation=generation)
    return queries.url_of(queries.found(quote_id)) or ""


def withdraw_link(asker: User, *, quote_id: uuid.UUID) -> None:
    """Have the link work no more, and pay oneself. Harmless where there is none.

    It opens nothing from now on. A page to pay on that was opened is closed, and what was held is given back with it;
    who was quicker and has paid has paid: QuoteOver. Raises NotFound; QuoteBeingPaid where a bank is sending the money;
    Unavailable where Stripe does not answer, so that the open page closes by itself when the hold ends.
    """
    quote = _shut(asker, quote_id)
    payment = queries.payment_of(quote)
    if payment is not None and payment.status == payment_rules.PENDING and not payment.is_settling:
        checkouts.abandon(payment.id)
        for outcomes in (booking_outcomes, credit_outcomes, answer_outcomes):
            outcomes.payment_changed(str(payment.id))
    _let_go(asker, quote_id)


@transactional
def _shut(asker: User, quote_id: uuid.UUID) -> Quote:
    quote = _locked(asker, quote_id)
    payer = queries.locked(quote_id)
    if payer is not None and payer.has_link:
        payer.digest = None
        record(asker.id, "payer_link.withdrawn", quote_id, generation=payer.generation)
    return quote


@transactional
def _let_go(asker: User, quote_id: uuid.UUID) -> None:
    """Give back what nobody can pay for any more, and forget who would have paid."""
    quote = _locked(asker, quote_id)
    if quote.status == quote_rules.PAID:
        raise QuoteOver
    payment = queries.payment_of(quote)
    if quote.status == quote_rules.HELD and payment is not None:
        if payment.status not in payment_rules.LAPSED:
            raise QuoteBeingPaid
        if quote.booking is not None and quote.booking.status == booking_rules.HELD:
            cancellations.cancel(asker, booking_id=quote.booking.id, expected_refund_cents=0)
        settle(quote.ask, quote_id)
    details.forget(quote)


def _locked(asker: User, quote_id: uuid.UUID) -> Quote:
    """A quote of the asker's, locked after its ask, in step with what is held for it; NotFound."""
    seen = queries.of_asker(asker, quote_id)
    return settle(asks.locked(seen.ask_id), quote_id)
