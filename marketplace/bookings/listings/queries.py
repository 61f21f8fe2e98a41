"""Somebody's sessions, page by page, and in her calendar."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.bookings import rules
from marketplace.bookings.models import Booking
from marketplace.bookings.queries import WHOLE, own_profile
from marketplace.db import session
from marketplace.errors import NotFound

PAGE = 20


@dataclass(frozen=True)
class Page:
    """Some bookings, and where the next page begins (None: nowhere)."""

    bookings: Sequence[Booking]
    after: uuid.UUID | None


def page_for(actor: User, *, as_coach: bool, past: bool, after: uuid.UUID | None = None, limit: int = PAGE) -> Page:
    """Somebody's sessions: those to come, the next one first; or those past and ended, the latest first."""
    mine = Booking.coach_id.in_(own_profile(actor)) if as_coach else Booking.mentee_id == actor.id
    now = clock.now()
    open_ = Booking.status.in_(rules.CLAIMING) & (Booking.ends_at > now)
    order = (Booking.starts_at.desc(), Booking.id.desc()) if past else (Booking.starts_at, Booking.id)
    chosen = select(Booking).options(*WHOLE).where(mine, ~open_ if past else open_).order_by(*order).limit(limit + 1)
    if after is not None:
        last = session().get(Booking, after)
        if last is None:
            raise NotFound
        here = func.row(Booking.starts_at, Booking.id)
        there = func.row(last.starts_at, last.id)
        chosen = chosen.where(here < there if past else here > there)
    found = session().scalars(chosen).all()
    more = len(found) > limit
    return Page(found[:limit], found[limit - 1].id if more else None)


def claiming_between(coach_id: uuid.UUID, start: datetime, end: datetime) -> Sequence[Booking]:
    """A coach's sessions that stand and meet [start, end), by time."""
    meets = Booking.starts_at < end, Booking.ends_at > start
    chosen = select(Booking).where(Booking.coach_id == coach_id, Booking.status.in_(rules.CLAIMING), *meets)
    return session().scalars(chosen.order_by(Booking.starts_at)).all()


def for_feed(user: User, *, side: str, limit: int = 1000) -> Sequence[Booking]:
    """What stands in somebody's calendar on one side: confirmed, held and requested, from 30 days back, by time."""
    mine = Booking.coach_id.in_(own_profile(user)) if side == "coach" else Booking.mentee_id == user.id
    shown = Booking.status.in_((rules.REQUESTED, rules.CONFIRMED, rules.COMPLETED))
    since = Booking.ends_at > clock.now() - rules.FEED_LOOKS_BACK
    chosen = select(Booking).options(*WHOLE).where(mine, shown, since)
    return session().scalars(chosen.order_by(Booking.starts_at, Booking.id).limit(limit)).all()
