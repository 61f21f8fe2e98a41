"""Reading quotes: whoever asked and the coach see one, and at which times it can be taken."""

import uuid
from collections.abc import Sequence

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import joinedload

from marketplace import clock, config
from marketplace.accounts.models import User
from marketplace.asks.models import Ask
from marketplace.asks.queries import visible_to
from marketplace.asks.quotes import rules
from marketplace.asks.quotes.models import Quote
from marketplace.bookings import rules as booking_rules
from marketplace.bookings.models import Booking
from marketplace.coaches.models import Coach, Offering
from marketplace.coaches.rules import is_public
from marketplace.db import session
from marketplace.errors import NotFound
from marketplace.languages import LazyText
from marketplace.session_credits import rules as credit_rules
from marketplace.session_credits.models import SessionCredit
from marketplace.written_answers import rules as answer_rules
from marketplace.written_answers.models import WrittenAnswer

WHOLE = (
    joinedload(Quote.ask, innerjoin=True).joinedload(Ask.coach, innerjoin=True),
    joinedload(Quote.ask, innerjoin=True).joinedload(Ask.asker, innerjoin=True),
    joinedload(Quote.booking).joinedload(Booking.payment),
    joinedload(Quote.written_answer).joinedload(WrittenAnswer.payment),
    joinedload(Quote.credit).joinedload(SessionCredit.payment),
)


def one(actor: User, quote_id: uuid.UUID) -> Quote:
    """One quote for an ask that `actor` may see, with ask, people and booking; NotFound."""
    seen = visible_to(actor).with_only_columns(Ask.id)
    chosen = select(Quote).options(*WHOLE).where(Quote.id == quote_id, Quote.ask_id.in_(seen))
    found = session().scalar(chosen, execution_options={"populate_existing": True})
    if found is None:
        raise NotFound
    return found


def of_ask(ask_id: uuid.UUID) -> Sequence[Quote]:
    """The quotes of an ask, the newest first."""
    chosen = select(Quote).options(*WHOLE).where(Quote.ask_id == ask_id).order_by(Quote.id.desc())
    return session().scalars(chosen, execution_options={"populate_existing": True}).all()


def to_choose(asker_id: uuid.UUID, limit: int = 50) -> Sequence[Quote]:
    """Quotes for somebody's asks that wait for a time to be chosen, with ask and people, the first to end first."""
    chosen = (
        select(Quote)
        .join(Quote.ask)
        .options(*WHOLE)
        .where(Ask.asker_id == asker_id, Quote.status == rules.SENT, Quote.valid_until > clock.now())
    )
    return session().scalars(chosen.order_by(Quote.valid_until, Quote.id).limit(limit)).all()


def live_locked(ask_id: uuid.UUID) -> Quote | None:
    """The quote of an ask that can be taken or is being taken, locked; None. The ask is locked before it."""
    chosen = select(Quote).options(*WHOLE).where(Quote.ask_id == ask_id, Quote.status.in_(rules.LIVE))
    return session().scalar(chosen.with_for_update(of=Quote), execution_options={"populate_existing": True})


def locked(quote_id: uuid.UUID) -> Quote:
    """A quote as it is now, locked until the transaction ends; NotFound. Its ask is locked before it."""
    chosen = select(Quote).options(*WHOLE).where(Quote.id == quote_id).with_for_update(of=Quote)
    found = session().scalar(chosen, execution_options={"populate_existing": True})
    if found is None:
        raise NotFound
    return found


def to_settle(limit: int = 200) -> Sequence[Quote]:
    """Quotes of which something has become: their time has passed, or what was chosen for them was booked or ended."""
    over = and_(Quote.status == rules.SENT, Quote.valid_until <= clock.now())
    ended = and_(Quote.status == rules.HELD, Booking.status.in_(booking_rules.CALLED_OFF))
    booked = and_(Quote.status == rules.HELD, Booking.confirmed_at.is_not(None))
    let_go = and_(Quote.status == rules.HELD, WrittenAnswer.status.in_(answer_rules.CALLED_OFF))
    ordered = and_(Quote.status == rules.HELD, WrittenAnswer.ordered_at.is_not(None))
    not_bought = and_(Quote.status == rules.HELD, SessionCredit.status.in_(credit_rules.CALLED_OFF))
    bought = and_(Quote.status == rules.HELD, SessionCredit.paid_at.is_not(None))
    chosen = (
        select(Quote)
        .outerjoin(Booking, Booking.id == Quote.booking_id)
        .outerjoin(WrittenAnswer, WrittenAnswer.id == Quote.written_answer_id)
        .outerjoin(SessionCredit, SessionCredit.id == Quote.credit_id)
        .where(or_(over, ended, booked, let_go, ordered, not_bought, bought))
    )
    return session().scalars(chosen.order_by(Quote.id).limit(limit)).all()


def credit_refused(quote: Quote) -> LazyText | None:
    """Why a quote is not taken without a time, by `rules.credit_refused`."""
    kind = session().scalars(select(Offering.kind).where(Offering.id == quote.offering_id)).one()
    return rules.credit_refused(quote.form, origin=quote.ask.origin, kind=kind)


def offering_as_quoted(quote: Quote) -> Offering:
    """The offering with the length and price of a quote, which needs no second consent; NotFound.

    NotFound where the coach or the currency is not offered any more. The object is not in the session.
    """
    chosen = (
        select(Offering).options(joinedload(Offering.coach, innerjoin=True)).where(Offering.id == quote.offering_id)
    )
    known = session().scalars(chosen, execution_options={"populate_existing": True}).one()
    coach: Coach = known.coach
    offered = config.current().offered_currencies()
    if not is_public(coach.status) or not coach.user.active or quote.currency not in offered:
        raise NotFound
    now = {column.key: getattr(known, column.key) for column in Offering.__table__.columns}
    quoted = {"minutes": quote.minutes, "price_cents": quote.price_cents, "currency": quote.currency}
    return Offering(**now | quoted | {"by_approval": False, "intro": False}, coach=coach)
