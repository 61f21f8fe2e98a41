"""Reading who pays a quote: its asker, and whoever holds the link, see it."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from marketplace import clock, config
from marketplace.accounts.models import User
from marketplace.asks.payers import rules
from marketplace.asks.payers.models import QuotePayer
from marketplace.asks.payers.rules import Taken
from marketplace.asks.quotes import queries as quotes
from marketplace.asks.quotes import rules as quote_rules
from marketplace.asks.quotes.models import Quote
from marketplace.asks.quotes.offered_times import queries as offered_times
from marketplace.bookings import rules as booking_rules
from marketplace.bookings.intro_credits import queries as intro_credits
from marketplace.coaches.models import Offering
from marketplace.db import session
from marketplace.errors import Conflict, NotFound
from marketplace.payments import rules as payment_rules
from marketplace.payments.models import Payment
from marketplace.scheduling.queries import free_times
from marketplace.session_credits import rules as credit_rules
from marketplace.written_answers import rules as answer_rules


class LinkWithdrawn(Conflict):
    """This link was withdrawn or replaced. Ask whoever sent it to you for a new one."""


@dataclass(frozen=True)
class PayerPage:
    """What the holder of a link sees of a quote: price, coach, purpose, and how it stands. Nothing of the brief.

    `without_time`: what is paid for is a credit, for which its asker chooses a time later. `price_cents` is less than
    quoted where a first session counts.
    """

    quote: Quote
    payer: QuotePayer
    standing: str
    without_time: bool
    price_cents: int

    @property
    def starts_at(self) -> datetime | None:
        """When the session is, where a time was chosen."""
        return self.quote.booking.starts_at if self.quote.booking is not None else None

    @property
    def pay_until(self) -> datetime:
        """Until when it can be paid."""
        held = held_until(self.quote) if self.quote.status == quote_rules.HELD else None
        return held or self.quote.valid_until


def of_asker(asker: User, quote_id: uuid.UUID) -> Quote:
    """A quote for an ask of the asker's; NotFound for everybody else, its coach too."""
    quote = quotes.one(asker, quote_id)
    if quote.ask.asker_id != asker.id:
        raise NotFound
    return quote


def found(quote_id: uuid.UUID) -> QuotePayer:
    """Who pays a quote; a row that is not kept where nobody said."""
    known = session().get(QuotePayer, quote_id, populate_existing=True)
    nobody = dict.fromkeys(("purpose", "name", "address", "tax_id", "reference", "email", "locale"), "")
    return known or QuotePayer(quote_id=quote_id, **nobody, generation=0, digest=None)


def locked(quote_id: uuid.UUID) -> QuotePayer | None:
    """The same as it is now, locked until the transaction ends. The ask is locked before it."""
    chosen = select(QuotePayer).where(QuotePayer.quote_id == quote_id).with_for_update()
    return session().scalar(chosen, execution_options={"populate_existing": True})


def url_of(payer: QuotePayer) -> str | None:
    """The address of a link that was not withdrawn; None where there is none, or where our key is another now."""
    given = rules.secret(payer.quote_id, generation=payer.generation, key=config.current().secret_key)
    if payer.digest != rules.digest(given):
        return None
    return f"{config.current().public_url}/pay/{payer.quote_id}/{given}"


def check_link(quote_id: uuid.UUID, given: str) -> QuotePayer:
    """Whose link it is. Raises NotFound for what never was one, LinkWithdrawn for one that is none any more."""
    payer = found(quote_id)
    if payer.has_link and payer.digest == rules.digest(given):
        return payer
    if rules.was_given(given, quote_id, generations=payer.generation, key=config.current().secret_key):
        raise LinkWithdrawn
    raise NotFound


def ask_of_link(quote_id: uuid.UUID, given: str) -> uuid.UUID:
    """Which ask a link is about, for a command that locks it next. Raises NotFound, LinkWithdrawn."""
    check_link(quote_id, given)
    return session().scalars(select(Quote.ask_id).where(Quote.id == quote_id)).one()


def page(quote_id: uuid.UUID, given: str) -> PayerPage:
    """What the link shows. Raises NotFound, LinkWithdrawn."""
    payer = check_link(quote_id, given)
    chosen = select(Quote).options(*quotes.WHOLE).where(Quote.id == quote_id)
    quote = session().scalars(chosen, execution_options={"populate_existing": True}).one()
    stands = standing(quote)
    without_time = is_without_time(quote, stands)
    return PayerPage(quote, payer, stands, without_time=without_time, price_cents=price_cents(quote))


def standing(quote: Quote) -> str:
    """How a quote stands for whoever would pay it."""
    chosen = taken(quote)
    offering = _offering(quote) if rules.may_be_taken(quote.status, chosen) else None
    return rules.standing(
        quote.status,
        taken=chosen,
        valid_until=quote.valid_until,
        takeable=offering is not None and _is_takeable(quote, offering),
        offered=offering is not None,
        now=clock.now(),
    )


def is_without_time(quote: Quote, stands: str) -> bool:
    """Is what would be paid for a credit? Its asker took one, or no time can be held, and the quote allows it."""
    if stands == rules.NEEDS_TIME:
        return quotes.credit_refused(quote) is None
    return quote.credit_id is not None


def price_cents(quote: Quote) -> int:
    """What is to be paid for a quote: less than quoted where a first session counts for what is, or would be, held."""
    chosen = quote.booking or quote.credit
    if quote.status in quote_rules.CHOSEN and chosen is not None:
        return chosen.price_cents
    offering = _offering(quote) if quote.form == quote_rules.SESSION else None
    credit = None if offering is None else intro_credits.credit_for(quote.ask.asker, offering)
    return quote.price_cents - (0 if credit is None else credit.cents)


def _offering(quote: Quote) -> Offering | None:
    try:
        return quotes.offering_as_quoted(quote)
    except NotFound:
        return None


def _is_takeable(quote: Quote, offering: Offering) -> bool:
    if quote.form == quote_rules.WRITTEN or quote.credit_id is not None:
        return True
    if quote.booking is None:
        return False
    offered = {each.starts_at for each in offered_times.offered_times(quote) if each.free}
    starts_at = quote.booking.starts_at
    return starts_at in offered if offered else free_times.is_free(offering, starts_at)


def subject_of(quote: Quote) -> uuid.UUID | None:
    """What is paid for: the time, the credit or the written answer that was chosen last; None."""
    return quote.booking_id or quote.credit_id or quote.written_answer_id


def payment_of(quote: Quote) -> Payment | None:
    """The payment of what was chosen last, if it was begun."""
    chosen = quote.booking or quote.credit or quote.written_answer
    return None if chosen is None else chosen.payment


def held_until(quote: Quote) -> datetime | None:
    """Until when what was chosen last is held unpaid."""
    if quote.written_answer is not None:
        return quote.written_answer.pay_until
    if quote.credit is not None:
        return quote.credit.pay_until
    return None if quote.booking is None else quote.booking.hold_expires_at


def taken(quote: Quote) -> Taken | None:
    """What was chosen for a quote last, as its page is decided by."""
    payment = payment_of(quote)
    if quote.written_answer is not None:
        booked = quote.written_answer.ordered_at is not None
        called_off = quote.written_answer.status in answer_rules.CALLED_OFF
    elif quote.credit is not None:
        booked = quote.credit.paid_at is not None
        called_off = quote.credit.status in credit_rules.CALLED_OFF
    elif quote.booking is not None:
        booked = quote.booking.confirmed_at is not None
        called_off = quote.booking.status in booking_rules.CALLED_OFF
    else:
        return None
    return Taken(
        booked=booked,
        called_off=called_off,
        held_until=held_until(quote),
        settling=payment is not None and (payment.is_settling or _is_deciding(payment, booked, quote)),
        open=payment is not None and payment.status in payment_rules.UNDECIDED,
    )


def _is_deciding(payment: Payment, booked: bool, quote: Quote) -> bool:
    """Was it paid too late, and is it not known yet whether it books the time or is refunded?"""
    chosen = quote.booking or quote.credit or quote.written_answer
    return payment.status == payment_rules.PAID and not booked and chosen is not None and chosen.refunded_cents == 0
