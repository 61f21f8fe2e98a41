"""Commands: quote for an ask, hold a time for a quote, and see what became of it."""

import uuid
from datetime import datetime

from marketplace import clock, config, currencies
from marketplace.accounts.models import User
from marketplace.asks import queries as asks
from marketplace.asks.models import Ask
from marketplace.asks.notifications import mails
from marketplace.asks.quotes import queries, rules
from marketplace.asks.quotes.models import Quote
from marketplace.asks.quotes.transitions import transition_quote
from marketplace.asks.rules import states
from marketplace.asks.rules.pricing import LEAST_MINUTES, MOST_MINUTES
from marketplace.asks.transitions import transition
from marketplace.audit.service import record
from marketplace.bookings import rules as booking_rules
from marketplace.bookings.holds import service as holds
from marketplace.bookings.models import Booking
from marketplace.bookings.terms import service as booking_terms
from marketplace.coaches.kinds.rules import unsold
from marketplace.coaches.rules import price_floor_cents
from marketplace.db import session, transactional, uuid7
from marketplace.errors import Conflict, Invalid, NotFound
from marketplace.languages import gettext as _
from marketplace.money import spoken
from marketplace.payments import rules as payment_rules
from marketplace.policies import queries as policies


class QuoteBeingPaid(Conflict):
    """A time is held for the quote and is being paid for. Wait until it is paid, or until the hold is over."""


class QuoteOver(Conflict):
    """This quote is over: it was paid, replaced or withdrawn, or its three days have passed."""


class NothingToQuoteBy(Conflict):
    """There is nothing on your rate card that a session of this length could follow. Publish an offering first."""


class NotSold(Conflict):
    """Sponsorship is not sold here, so there is nothing to quote for. You may answer or decline."""


class QuotedByInvitation(Conflict):
    """This came from an invitation. Quote for it on the page of the invitation."""


class AskOver(Conflict):
    """This ask has ended, so there is nothing to quote for."""


@transactional
def quote(coach: User, *, ask_id: uuid.UUID, minutes: int, price_cents: int | None, note: str) -> Quote:
    """Offer so many minutes for a price, valid for three days; an earlier quote for the same ask is replaced.

    None is the price of the rate card. Raises NotFound for whoever is not the ask's coach, AskOver, NotSold,
    QuoteBeingPaid, NothingToQuoteBy, Invalid for a length or a price that may not be.
    """
    if asks.one(coach, ask_id).coach.user_id != coach.id:
        raise NotFound
    ask = asks.locked(ask_id)
    if ask.status not in states.WAITING:
        raise AskOver
    if unsold(ask.kind):
        raise NotSold
    if ask.origin == states.INVITED:
        raise QuotedByInvitation
    if not LEAST_MINUTES <= minutes <= MOST_MINUTES:
        raise Invalid(minutes=_("Write a number from %(least)s to %(most)s.", least=LEAST_MINUTES, most=MOST_MINUTES))
    if len(note) > rules.LONGEST_NOTE:
        raise Invalid(note=_("Keep this within %(most)s characters.", most=rules.LONGEST_NOTE))
    offering = asks.offering_for(ask.coach, minutes, ask.kind)
    if offering is None:
        raise NothingToQuoteBy
    by_card = asks.price_of(ask.coach, minutes, ask.kind)
    cents = _allowed(ask, minutes, by_card if price_cents is None else price_cents)
    close_live(ask, rules.SUPERSEDED, by=coach.id)
    made = Quote(
        id=uuid7(),
        ask_id=ask.id,
        ask=ask,
        offering_id=offering.id,
        policy_version_id=policies.current(offering.policy_id).id,
        status=rules.SENT,
        minutes=minutes,
        price_cents=cents,
        currency=ask.coach.currency,
        note=note.strip(),
        valid_until=clock.now() + rules.VALID_FOR,
        created_at=clock.now(),
    )
    session().add(made)
    session().flush()
    record(coach.id, "quote.sent", made.id, ask_id=str(ask.id), minutes=minutes, price_cents=cents)
    if ask.status == states.OPEN:
        transition(ask, states.QUOTED, by=coach.id)
    mails.tell_quoted(ask, made)
    return made


def _allowed(ask: Ask, minutes: int, cents: int | None) -> int:
    currency = ask.coach.currency
    floor = price_floor_cents(minutes, currency, config.current())
    most = currencies.LARGEST_CHARGE_CENTS
    if cents is None or rules.price_refused(cents, floor_cents=floor, most_cents=most):
        amounts = {"least": spoken(floor, currency), "most": spoken(most, currency)}
        raise Invalid(price=_("Ask for %(least)s to %(most)s: mentoring is paid work here.", **amounts))
    return cents


def close_live(ask: Ask, to: str, *, by: uuid.UUID | None) -> None:
    """End what can still be taken of a locked ask's quotes; raises QuoteBeingPaid while a time is held for it."""
    live = queries.live_locked(ask.id)
    if live is None:
        return
    if live.status == rules.HELD:
        raise QuoteBeingPaid
    transition_quote(live, to, by=by)
    session().flush()


@transactional
def hold(asker: User, *, quote_id: uuid.UUID, starts_at: datetime) -> Booking:
    """Hold a free time for a quote, on its terms, as `holds.hold` does; the asker then pays for it.

    However many try at once, one time is held. Raises NotFound for whoever did not ask, QuoteOver, QuoteBeingPaid, and
    what `holds.hold` raises.
    """
    seen = queries.one(asker, quote_id)
    if seen.ask.asker_id != asker.id:
        raise NotFound
    ask = asks.locked(seen.ask_id)
    found = queries.locked(quote_id)
    _settle(ask, found)
    if found.status == rules.HELD:
        raise QuoteBeingPaid
    if not rules.is_good(found.status, valid_until=found.valid_until, now=clock.now()):
        raise QuoteOver
    offering = queries.offering_as_quoted(found)
    terms = booking_terms.TermsSnapshot(
        policies.terms_of(policies.version(found.policy_version_id)), booking_terms.current_fee(asker, offering)
    )
    booking = holds.hold_on_terms(asker, offering, starts_at, terms, brief=ask.about)
    found.booking_id = booking.id
    transition_quote(found, rules.HELD, by=asker.id, booking_id=str(booking.id))
    return booking


def settle(ask: Ask, quote_id: uuid.UUID) -> Quote:
    """The quote of a locked ask, locked, in step with its booking and the clock."""
    found = queries.locked(quote_id)
    _settle(ask, found)
    return found


def settle_quotes() -> None:
    """See what became of the times that were chosen, and end the quotes whose days are over. Safe to run twice."""
    for found in queries.to_settle():
        _settle_one(found.id, found.ask_id)


@transactional
def _settle_one(quote_id: uuid.UUID, ask_id: uuid.UUID) -> None:
    _settle(asks.locked(ask_id), queries.locked(quote_id))


def _settle(ask: Ask, found: Quote) -> None:
    """Bring a locked quote and its ask in step with its booking and the clock."""
    booking = found.booking
    if found.status == rules.HELD and booking is not None:
        if booking.confirmed_at is not None:
            transition_quote(found, rules.PAID)
            transition(ask, states.BOOKED)
        elif _gave_up(booking):
            transition_quote(found, rules.SENT)
    if found.status == rules.SENT and found.valid_until <= clock.now():
        transition_quote(found, rules.EXPIRED)
        if ask.status == states.QUOTED:
            transition(ask, states.LAPSED)
            # Organisers of invitations are told with the answer for their calendar.
            if ask.origin == states.ASKED:
                mails.tell_quote_over(ask, found)


def _gave_up(booking: Booking) -> bool:
    status = booking.payment.status if booking.payment is not None else None
    return rules.gave_up(
        called_off=booking.status in booking_rules.CALLED_OFF,
        refunded=booking.refunded_cents > 0,
        payment_open=status in payment_rules.UNDECIDED,
        paid=status == payment_rules.PAID,
    )
