"""Reading grants, which exist for whoever asked and the coach, and what is left of a budget."""

import uuid
from collections.abc import Sequence

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import joinedload

from marketplace import clock, config
from marketplace.accounts.models import User
from marketplace.asks.models import Ask
from marketplace.asks.queries import visible_to
from marketplace.asks.rules import states as ask_states
from marketplace.bookings import rules as booking_rules
from marketplace.bookings.models import Booking
from marketplace.coaches.models import Coach, Offering
from marketplace.coaches.rules import is_public
from marketplace.db import session
from marketplace.errors import NotFound
from marketplace.unpaid_time.grants import rules
from marketplace.unpaid_time.grants.models import Grant, ProBonoBudget
from marketplace.unpaid_time.models import UnpaidEntry
from marketplace.unpaid_time.rules.minutes import PRO_BONO

WHOLE = (
    joinedload(Grant.ask, innerjoin=True).joinedload(Ask.coach, innerjoin=True),
    joinedload(Grant.ask, innerjoin=True).joinedload(Ask.asker, innerjoin=True),
    joinedload(Grant.booking),
)


def budget_of(coach: Coach) -> int:
    """How many minutes a month the coach chose to give."""
    chosen = select(ProBonoBudget.minutes_per_month).where(ProBonoBudget.coach_id == coach.id)
    return session().scalar(chosen) or 0


def left_of(coach: Coach) -> int:
    """How many minutes are left of this month's, on the coach's calendar."""
    first, following = rules.month_of(clock.today(coach.timezone))
    spent = select(func.coalesce(func.sum(UnpaidEntry.minutes), 0)).where(
        UnpaidEntry.coach_id == coach.id,
        UnpaidEntry.kind == PRO_BONO,
        UnpaidEntry.day >= first,
        UnpaidEntry.day < following,
    )
    return rules.left(budget_of(coach), int(session().scalar(spent) or 0))


def one(actor: User, grant_id: uuid.UUID) -> Grant:
    """One grant for an ask that `actor` may see, with ask, people and booking; NotFound."""
    seen = visible_to(actor).with_only_columns(Ask.id)
    return _only(Grant.id == grant_id, Grant.ask_id.in_(seen))


def of_ask(ask_id: uuid.UUID) -> Grant | None:
    """The latest grant for an ask."""
    chosen = select(Grant).options(*WHOLE).where(Grant.ask_id == ask_id).order_by(Grant.id.desc()).limit(1)
    return session().scalar(chosen, execution_options={"populate_existing": True})


def locked(grant_id: uuid.UUID) -> Grant:
    """A grant as it is now, locked until the transaction ends. Its ask is locked before it."""
    chosen = select(Grant).options(*WHOLE).where(Grant.id == grant_id).with_for_update(of=Grant)
    return session().scalars(chosen, execution_options={"populate_existing": True}).one()


def to_settle(limit: int = 200) -> Sequence[Grant]:
    """Grants of which something has become: their days or their ask are over, or their session was called off."""
    over = Grant.valid_until <= clock.now()
    ended = Ask.status.not_in(ask_states.WAITING)
    called_off = and_(Grant.status == rules.BOOKED, Booking.status.in_(booking_rules.CALLED_OFF))
    chosen = (
        select(Grant)
        .join(Grant.ask)
        .outerjoin(Booking, Booking.id == Grant.booking_id)
        .where(or_(and_(Grant.status == rules.OFFERED, or_(over, ended)), called_off))
    )
    return session().scalars(chosen.order_by(Grant.id).limit(limit)).all()


def offering_as_granted(grant: Grant) -> Offering:
    """The offering that a grant follows, in its length and without a price; NotFound where the coach has left.

    The object is not in the session.
    """
    chosen = select(Offering).options(joinedload(Offering.coach, innerjoin=True))
    known = (
        session()
        .scalars(chosen.where(Offering.id == grant.offering_id), execution_options={"populate_existing": True})
        .one()
    )
    coach: Coach = known.coach
    if not is_public(coach.status) or not coach.user.active:
        raise NotFound
    if grant.currency not in config.current().offered_currencies():
        raise NotFound
    now = {column.key: getattr(known, column.key) for column in Offering.__table__.columns}
    free = {"minutes": grant.minutes, "price_cents": 0, "currency": grant.currency, "by_approval": False}
    return Offering(**now | free, coach=coach)


def _only(*conditions: object) -> Grant:
    chosen = select(Grant).options(*WHOLE).where(*conditions)  # type: ignore[arg-type]
    found = session().scalar(chosen, execution_options={"populate_existing": True})
    if found is None:
        raise NotFound
    return found
