"""Whom a coach has worked with, and what there was with one of them."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.bookings import rules
from marketplace.bookings.earnings.rules import earned
from marketplace.bookings.models import Booking
from marketplace.bookings.queries import WHOLE
from marketplace.coaches.models import Coach
from marketplace.db import session
from marketplace.errors import NotFound

PAGE = 20


@dataclass(frozen=True)
class Mentee:
    """One of a coach's mentees: sessions that were ever confirmed, when the latest begins or began."""

    id: uuid.UUID
    name: str
    sessions: int
    latest_at: datetime


@dataclass(frozen=True)
class MenteePage:
    """Some mentees, and where the next page begins (None: nowhere)."""

    mentees: Sequence[Mentee]
    after: uuid.UUID | None


@dataclass(frozen=True)
class PastSessions:
    """Some sessions with one mentee, and where the next page begins (None: nowhere)."""

    bookings: Sequence[Booking]
    after: uuid.UUID | None


@dataclass
class PairMoney:
    """What one mentee paid a coach in one currency, in cents.

    `earned_cents` is the coach's share of what was kept, whether it is payable by now or waits.
    """

    currency: str
    paid_cents: int = 0
    refunded_cents: int = 0
    fee_cents: int = 0
    earned_cents: int = 0


def mentees_of(coach: Coach, *, name: str = "", after: uuid.UUID | None = None, limit: int = PAGE) -> MenteePage:
    """A coach's mentees whose name contains `name`, whoever has or had the latest session first."""
    latest = func.max(Booking.starts_at).label("latest_at")
    # By the index of pairs alone: a coach of many years has many sessions and few mentees.
    pairs = (
        select(Booking.mentee_id, func.count().label("sessions"), latest)
        .where(Booking.coach_id == coach.id, Booking.confirmed_at.is_not(None))
        .group_by(Booking.mentee_id)
        .subquery()
    )
    chosen = select(User.id, User.name, pairs.c.sessions, pairs.c.latest_at).join(pairs, pairs.c.mentee_id == User.id)
    if name.strip():
        chosen = chosen.where(User.name.icontains(name.strip(), autoescape=True))
    if after is not None:
        there = select(pairs.c.latest_at).where(pairs.c.mentee_id == after).scalar_subquery()
        chosen = chosen.where(
            or_(pairs.c.latest_at < there, and_(pairs.c.latest_at == there, pairs.c.mentee_id < after))
        )
    ordered = chosen.order_by(pairs.c.latest_at.desc(), pairs.c.mentee_id.desc()).limit(limit + 1)
    found = [Mentee(*row) for row in session().execute(ordered)]
    return MenteePage(found[:limit], found[limit - 1].id if len(found) > limit else None)


def mentee_of(coach: Coach, mentee_id: uuid.UUID) -> User:
    """Somebody who has paid for, or asked for, a session with this coach; NotFound for everybody else."""
    known = select(Booking.id).where(
        _pair(coach, mentee_id), or_(Booking.confirmed_at.is_not(None), Booking.status == rules.REQUESTED)
    )
    if session().scalar(known.limit(1)) is None:
        raise NotFound
    return session().scalars(select(User).where(User.id == mentee_id)).one()


def coming(coach: Coach, mentee_id: uuid.UUID) -> Sequence[Booking]:
    """Sessions with a mentee that stand and are not over, the next first."""
    chosen = select(Booking).options(*WHOLE).where(_pair(coach, mentee_id), _is_ahead())
    return session().scalars(chosen.order_by(Booking.starts_at, Booking.id)).all()


def past(coach: Coach, mentee_id: uuid.UUID, *, after: uuid.UUID | None = None, limit: int = PAGE) -> PastSessions:
    """Sessions with a mentee that are over or off, the latest first. What was never paid is not among them."""
    over = and_(~_is_ahead(), or_(Booking.confirmed_at.is_not(None), Booking.decide_by.is_not(None)))
    chosen = select(Booking).options(*WHOLE).where(_pair(coach, mentee_id), over)
    if after is not None:
        last = session().scalar(select(Booking).where(_pair(coach, mentee_id), Booking.id == after))
        if last is None:
            raise NotFound
        chosen = chosen.where(func.row(Booking.starts_at, Booking.id) < func.row(last.starts_at, last.id))
    ordered = chosen.order_by(Booking.starts_at.desc(), Booking.id.desc()).limit(limit + 1)
    found = session().scalars(ordered).all()
    return PastSessions(found[:limit], found[limit - 1].id if len(found) > limit else None)


def money_with(coach: Coach, mentee_id: uuid.UUID) -> list[PairMoney]:
    """What a mentee has paid a coach, by currency."""
    chosen = select(Booking).where(_pair(coach, mentee_id), Booking.confirmed_at.is_not(None))
    sums: dict[str, PairMoney] = {}
    for booking in session().scalars(chosen):
        found = sums.setdefault(booking.currency, PairMoney(booking.currency))
        coach_cents, fee_cents = earned(booking)
        found.paid_cents += booking.price_cents
        found.refunded_cents += booking.refunded_cents
        found.earned_cents += coach_cents
        found.fee_cents += fee_cents
    return [sums[currency] for currency in sorted(sums)]


def _pair(coach: Coach, mentee_id: uuid.UUID) -> ColumnElement[bool]:
    return and_(Booking.coach_id == coach.id, Booking.mentee_id == mentee_id)


def _is_ahead() -> ColumnElement[bool]:
    now = clock.now()
    stands = or_(Booking.status != rules.HELD, Booking.hold_expires_at > now)
    return and_(Booking.status.in_(rules.CLAIMING), Booking.ends_at > now, stands)
