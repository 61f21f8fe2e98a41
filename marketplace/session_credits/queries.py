"""Reading session credits: their mentee and their coach see one, admins all."""

import uuid
from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import joinedload

from marketplace import clock, config
from marketplace.accounts.models import User
from marketplace.accounts.queries import only_admins
from marketplace.coaches.models import Coach, Offering
from marketplace.coaches.rules import APPROVED, is_public
from marketplace.db import session
from marketplace.errors import NotFound
from marketplace.payments.models import Payment
from marketplace.session_credits import rules
from marketplace.session_credits.models import SessionCredit

WHOLE = (
    joinedload(SessionCredit.coach, innerjoin=True),
    joinedload(SessionCredit.mentee, innerjoin=True),
    joinedload(SessionCredit.payment),
)
PAGE = 20


def visible_to(actor: User) -> Select[SessionCredit]:
    """The credits that exist for `actor`: those they bought, and as a coach those for their sessions."""
    own_coach = select(Coach.id).where(Coach.user_id == actor.id)
    whose = or_(SessionCredit.mentee_id == actor.id, SessionCredit.coach_id.in_(own_coach))
    return select(SessionCredit).options(*WHOLE).where(whose)


def one(actor: User, credit_id: uuid.UUID) -> SessionCredit:
    """One credit that `actor` may see, with people and payment; NotFound."""
    return _there(visible_to(actor).where(SessionCredit.id == credit_id))


def locked(credit_id: uuid.UUID) -> SessionCredit:
    """A credit as it is now, locked until the transaction ends; NotFound."""
    chosen = select(SessionCredit).options(*WHOLE).where(SessionCredit.id == credit_id)
    return _there(chosen.with_for_update(of=SessionCredit))


def locked_of_mentee(mentee: User, credit_id: uuid.UUID) -> SessionCredit:
    """The same of the mentee's own; NotFound for everybody else."""
    if one(mentee, credit_id).mentee_id != mentee.id:
        raise NotFound
    return locked(credit_id)


def of_payment(payment_id: uuid.UUID) -> SessionCredit | None:
    """What a payment pays for, if that is a credit."""
    chosen = select(SessionCredit).options(*WHOLE).where(SessionCredit.payment_id == payment_id)
    return session().scalar(chosen, execution_options={"populate_existing": True})


def page_for(
    actor: User, *, as_coach: bool, after: uuid.UUID | None = None, limit: int = PAGE
) -> tuple[Sequence[SessionCredit], uuid.UUID | None]:
    """What one bought or, as a coach, sold, the newest first, and where the next page begins."""
    own_coach = select(Coach.id).where(Coach.user_id == actor.id)
    whose = SessionCredit.coach_id.in_(own_coach) if as_coach else SessionCredit.mentee_id == actor.id
    return _page(whose, after=after, limit=limit)


def page_for_admin(
    admin: User, *, status: str | None = None, after: uuid.UUID | None = None, limit: int = PAGE
) -> tuple[Sequence[SessionCredit], uuid.UUID | None]:
    """Everybody's credits, of one state or of any, the newest first; NotFound for who is no admin."""
    only_admins(admin)
    return _page(*([SessionCredit.status == status] if status else []), after=after, limit=limit)


def open_sums(admin: User) -> Sequence[tuple[str, int, int]]:
    """What is owed for credits that wait: currency, how many, cents; NotFound for who is no admin."""
    only_admins(admin)
    cents = func.sum(SessionCredit.price_cents - SessionCredit.refunded_cents)
    chosen = select(SessionCredit.currency, func.count(), cents).where(SessionCredit.status == rules.OPEN)
    grouped = chosen.group_by(SessionCredit.currency).order_by(SessionCredit.currency)
    return [(currency, count, int(owed)) for currency, count, owed in session().execute(grouped)]


def _page(
    *which: ColumnElement[bool], after: uuid.UUID | None, limit: int
) -> tuple[Sequence[SessionCredit], uuid.UUID | None]:
    chosen = select(SessionCredit).options(*WHOLE).where(*which)
    if after is not None:
        chosen = chosen.where(SessionCredit.id < after)
    found = session().scalars(chosen.order_by(SessionCredit.id.desc()).limit(limit + 1)).all()
    return found[:limit], found[limit - 1].id if len(found) > limit else None


def to_schedule(mentee_id: uuid.UUID, limit: int = 50) -> Sequence[SessionCredit]:
    """What a mentee has paid for and not scheduled, the first to expire first."""
    chosen = select(SessionCredit).options(*WHOLE)
    chosen = chosen.where(SessionCredit.mentee_id == mentee_id, SessionCredit.status == rules.OPEN)
    return session().scalars(chosen.order_by(SessionCredit.expires_at, SessionCredit.id).limit(limit)).all()


def unpaid_too_long(limit: int = 200) -> Sequence[uuid.UUID]:
    """Credits that were not paid for in time."""
    return _ids(SessionCredit.status == rules.UNPAID, SessionCredit.pay_until <= clock.now(), limit=limit)


def to_refund(limit: int = 200) -> Sequence[uuid.UUID]:
    """Open credits whose time is over, or whose coach left, and that no bank asks back at the moment."""
    gone = or_(~is_there(), SessionCredit.expires_at <= clock.now())
    return _ids(SessionCredit.status == rules.OPEN, gone, Payment.disputed_at.is_(None), limit=limit)


def to_remind(limit: int = 200) -> Sequence[uuid.UUID]:
    """Open credits of which another reminder is due."""
    now = clock.now()
    due = or_(
        *(
            (SessionCredit.reminders <= number) & (SessionCredit.expires_at <= now + before)
            for number, before in enumerate(rules.REMIND_BEFORE)
        )
    )
    return _ids(SessionCredit.status == rules.OPEN, due, SessionCredit.expires_at > now, limit=limit)


def is_there() -> ColumnElement[bool]:
    """Is the coach of a credit still one who can be booked?"""
    return (Coach.status == APPROVED) & User.active


def _ids(*which: ColumnElement[bool], limit: int) -> Sequence[uuid.UUID]:
    chosen = (
        select(SessionCredit.id)
        .join(Coach, Coach.id == SessionCredit.coach_id)
        .join(User, User.id == Coach.user_id)
        .outerjoin(Payment, Payment.id == SessionCredit.payment_id)
    )
    return session().scalars(chosen.where(*which).order_by(SessionCredit.id).limit(limit)).all()


def coach_is_there(credit: SessionCredit) -> bool:
    """The same of one."""
    return is_public(credit.coach.status) and credit.coach.user.active


def offering_of(credit: SessionCredit) -> Offering:
    """The offering with the length and price of a credit, before what a first session took off it.

    NotFound where its coach has left.

    The object is not in the session.
    """
    chosen = select(Offering).options(joinedload(Offering.coach, innerjoin=True))
    known = (
        session()
        .scalars(chosen.where(Offering.id == credit.offering_id), execution_options={"populate_existing": True})
        .one()
    )
    if not coach_is_there(credit) or credit.currency not in config.current().offered_currencies():
        raise NotFound
    now = {column.key: getattr(known, column.key) for column in Offering.__table__.columns}
    price_cents = credit.price_cents + credit.intro_cents
    paid = {"minutes": credit.minutes, "price_cents": price_cents, "currency": credit.currency}
    return Offering(**now | paid | {"by_approval": False, "intro": False}, coach=known.coach)


def _there(chosen: Select[SessionCredit]) -> SessionCredit:
    found = session().scalar(chosen, execution_options={"populate_existing": True})
    if found is None:
        raise NotFound
    return found
