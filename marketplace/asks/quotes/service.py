"""Commands: quote for an ask, hold a time for a quote, and see what became of it."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.asks import queries as asks
from marketplace.asks.models import Ask
from marketplace.asks.notifications import mails
from marketplace.asks.payers.service import details as payer_details
from marketplace.asks.payers.service import notifications as payer_mails
from marketplace.asks.quotes import queries, rules
from marketplace.asks.quotes.forms.service import check_form
from marketplace.asks.quotes.models import Quote
from marketplace.asks.quotes.offered_times import service as offered_times
from marketplace.asks.quotes.outcomes.queries import gave_up, is_taken
from marketplace.asks.quotes.prices.service import checked_price
from marketplace.asks.quotes.transitions import transition_quote
from marketplace.asks.rules import states
from marketplace.asks.rules.pricing import LEAST_MINUTES, MOST_MINUTES
from marketplace.asks.transitions import transition
from marketplace.audit.service import record
from marketplace.bookings.holds import service as holds
from marketplace.bookings.models import Booking
from marketplace.bookings.terms import service as booking_terms
from marketplace.coaches.kinds.rules import unsold
from marketplace.coaches.models import Offering
from marketplace.db import session, transactional, uuid7
from marketplace.errors import Conflict, Invalid, NotFound
from marketplace.languages import gettext as _
from marketplace.languages import ngettext, speaking
from marketplace.policies import queries as policies
from marketplace.session_credits.models import SessionCredit
from marketplace.session_credits.service import orders as credit_orders
from marketplace.written_answers.models import WrittenAnswer
from marketplace.written_answers.service import orders


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


class WrongForm(Conflict):
    """This quote is taken in another way: a time is chosen for a session, a written answer is ordered."""


class NoCredit(Conflict):
    """This quote is taken with a time."""


@transactional
def quote(
    coach: User,
    *,
    ask_id: uuid.UUID,
    minutes: int,
    price_cents: int | None,
    note: str,
    form: str = rules.SESSION,
    preparation_minutes: int = 0,
    deliver_by: datetime | None = None,
    times: Sequence[datetime] = (),
) -> Quote:
    """Offer so many minutes for a price, valid for three days; an earlier quote for the same ask is replaced.

    Of the `times` one is held for the asker: the only one at once, else the one that they pick. Without any they choose
    from the coach's calendar.
    None is the price of the rate card; `preparation_minutes` are shown as part of it. In the form `written` an answer
    is offered that is delivered by `deliver_by`: as long as a card's authorisation can be held. Raises NotFound for
    whoever is not the ask's coach, AskOver, NotSold, QuoteBeingPaid, NothingToQuoteBy, Invalid for a length, a
    price or a date that may not be.
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
    check_form(form, deliver_by, times)
    offering = asks.offering_for(ask.coach, minutes, ask.kind)
    if offering is None:
        raise NothingToQuoteBy
    by_card = asks.price_of(ask.coach, minutes, ask.kind)
    cents = checked_price(minutes, ask.coach.currency, by_card if price_cents is None else price_cents)
    close_live(ask, rules.SUPERSEDED, by=coach)
    made = Quote(
        id=uuid7(),
        ask_id=ask.id,
        ask=ask,
        offering_id=offering.id,
        policy_version_id=policies.current(offering.policy_id).id,
        status=rules.SENT,
        form=form,
        preparation_minutes=preparation_minutes,
        deliver_by=deliver_by,
        minutes=minutes,
        price_cents=cents,
        currency=ask.coach.currency,
        note=note.strip(),
        valid_until=rules.valid_until(clock.now(), deliver_by=deliver_by),
        created_at=clock.now(),
        offered_times=[],
        booking=None,
        written_answer=None,
        credit=None,
    )
    made.offered_times = offered_times.checked(queries.offering_as_quoted(made), times)
    session().add(made)
    session().flush()
    record(coach.id, "quote.sent", made.id, ask_id=str(ask.id), minutes=minutes, price_cents=cents)
    if ask.status == states.OPEN:
        transition(ask, states.QUOTED, by=coach.id)
    if len(made.offered_times) == 1:
        _hold_with(ask, made)
    mails.tell_quoted(ask, made)
    return made


def _hold_with(ask: Ask, made: Quote) -> None:
    """Hold the one time that goes with a quote. Raises Invalid where it was taken at this moment."""
    (starts_at,) = made.offered_times
    offering, terms = _takeable(ask.asker, made, form=rules.SESSION)
    made.booking = offered_times.hold_offered(ask.asker, made, offering, starts_at, terms, brief=ask.about)
    if made.booking is None:
        raise Invalid(times=_("This time was taken at this moment. Choose another."))
    made.booking.brief_details = ask.brief_details
    made.booking_id = made.booking.id
    transition_quote(made, rules.HELD, by=ask.coach.user_id, booking_id=str(made.booking_id))


def close_live(ask: Ask, to: str, *, by: User | None) -> None:
    """End what can still be taken of a locked ask's quotes, and let the time go that is held with one.

    Raises QuoteBeingPaid while a time is being paid for.
    """
    live = queries.live_locked(ask.id)
    if live is None:
        return
    if live.status == rules.HELD and by is not None and offered_times.let_go(ask, live, by=by):
        session().flush()
        _settle(ask, live)
    if live.status == rules.HELD:
        raise QuoteBeingPaid
    if live.status == rules.SENT:
        transition_quote(live, to, by=by.id if by is not None else None)
    session().flush()


@transactional
def hold(asker: User, *, quote_id: uuid.UUID, starts_at: datetime) -> Booking:
    """Hold a free time for a quote, on its terms, as `holds.hold` does; the asker then pays for it.

    However many try at once, one time is held. Raises NotFound for whoever did not ask, QuoteOver, QuoteBeingPaid, and
    what `holds.hold` raises.
    """
    ask, found = _locked_of_asker(asker, quote_id)
    offering, terms = _takeable(asker, found, form=rules.SESSION)
    booking = offered_times.hold(asker, found, offering, starts_at, terms, brief=ask.about)
    booking.brief_details = ask.brief_details
    found.booking_id, found.credit_id = booking.id, None
    payer_details.carry(found)
    transition_quote(found, rules.HELD, by=asker.id, booking_id=str(booking.id))
    return booking


@transactional
def order(asker: User, *, quote_id: uuid.UUID) -> WrittenAnswer:
    """Order the written answer of a quote; the asker's card is then authorised at `written_answers.service.orders.pay`.

    However many try at once, one is ordered. Raises NotFound for whoever did not ask, QuoteOver, QuoteBeingPaid,
    WrongForm, and what `holds.admit` raises.
    """
    ask, found = _locked_of_asker(asker, quote_id)
    offering, terms = _takeable(asker, found, form=rules.WRITTEN)
    holds.admit(asker, offering)
    # The constraint: one that is written is delivered by a date.
    assert found.deliver_by is not None
    with speaking(asker.preferences):
        title = ngettext("Written answer, %(num)s minute", "Written answer, %(num)s minutes", found.minutes)
    answer = orders.order(asker, offering, terms, title=title, question=ask.about, deliver_by=found.deliver_by)
    found.written_answer_id = answer.id
    payer_details.carry(found)
    transition_quote(found, rules.HELD, by=asker.id, written_answer_id=str(answer.id))
    return answer


@transactional
def buy_credit(asker: User, *, quote_id: uuid.UUID) -> SessionCredit:
    """Take a quote without a time: a credit, paid at `session_credits.service.orders.pay`, to be scheduled later.

    However many try at once, one is bought. Raises NotFound for whoever did not ask, QuoteOver, QuoteBeingPaid,
    WrongForm, NoCredit with the reason, and what `holds.admit` raises.
    """
    ask, found = _locked_of_asker(asker, quote_id)
    offering, terms = _takeable(asker, found, form=rules.SESSION)
    refused = queries.credit_refused(found)
    if refused is not None:
        raise NoCredit(str(refused))
    holds.admit(asker, offering)
    credit = credit_orders.buy(asker, offering, terms, brief=ask.about, brief_details=ask.brief_details)
    found.booking_id, found.credit_id = None, credit.id
    payer_details.carry(found)
    transition_quote(found, rules.HELD, by=asker.id, credit_id=str(credit.id))
    return credit


def _locked_of_asker(asker: User, quote_id: uuid.UUID) -> tuple[Ask, Quote]:
    """An ask and its quote, locked, as they stand now; NotFound for whoever did not ask."""
    seen = queries.one(asker, quote_id)
    if seen.ask.asker_id != asker.id:
        raise NotFound
    ask = asks.locked(seen.ask_id)
    found = queries.locked(quote_id)
    _settle(ask, found)
    return ask, found


def _takeable(asker: User, found: Quote, *, form: str) -> tuple[Offering, booking_terms.TermsSnapshot]:
    """What a locked quote sells, and on which terms. Raises WrongForm, QuoteBeingPaid, QuoteOver, NotFound."""
    if found.form != form:
        raise WrongForm
    if found.status == rules.HELD:
        raise QuoteBeingPaid
    if not rules.is_good(found.status, valid_until=found.valid_until, now=clock.now()):
        raise QuoteOver
    offering = queries.offering_as_quoted(found)
    terms = policies.terms_of(policies.version(found.policy_version_id))
    return offering, booking_terms.TermsSnapshot(terms, booking_terms.current_fee(asker, offering))


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
    if found.status == rules.HELD:
        if is_taken(found):
            transition_quote(found, rules.PAID)
            transition(ask, states.BOOKED)
            payer_mails.tell_paid(ask, found)
        elif gave_up(found):
            transition_quote(found, rules.SENT)
    if found.status == rules.SENT and found.valid_until <= clock.now():
        transition_quote(found, rules.EXPIRED)
        if ask.status == states.QUOTED:
            transition(ask, states.LAPSED)
            # Organisers of invitations are told with the answer for their calendar.
            if ask.origin == states.ASKED:
                mails.tell_quote_over(ask, found)
