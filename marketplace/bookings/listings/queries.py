"""A person's sessions, page by page."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.bookings import rules
from marketplace.bookings.models import Booking
from marketplace.bookings.queries import WHOLE, coach_ids_of
from marketplace.db import session
from marketplace.errors import NotFound

PAGE = 20


@dataclass(frozen=True)
class BookingPage:
    """Some bookings, and where the next page begins (None: nowhere)."""

    bookings: Sequence[Booking]
    after: uuid.UUID | None


def page_for(
    actor: User, *, as_coach: bool, past: bool, after: uuid.UUID | None = None, limit: int = PAGE
) -> BookingPage:
    """A person's sessions: those to come, the next one first; or those past and ended, the latest first."""
    mine = Booking.coach_id.in_(coach_ids_of(actor)) if as_coach else Booking.mentee_id == actor.id
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
    return BookingPage(found[:limit], found[limit - 1].id if more else None)


def between(coach_id: uuid.UUID, start: datetime, end: datetime) -> Sequence[Booking]:
    """A coach's sessions that begin in [start, end) and stand or stood, with their people, in order of time.

    Holds that have lapsed and requests that nobody may answer any more are not among them.
    """
    now = clock.now()
    chosen = (
        select(Booking)
        .options(*WHOLE)
        .where(
            Booking.coach_id == coach_id,
            Booking.starts_at >= start,
            Booking.starts_at < end,
            or_(
                Booking.status.in_(rules.AGREED),
                (Booking.status == rules.REQUESTED) & (Booking.decide_by > now),
                (Booking.status == rules.HELD) & (Booking.hold_expires_at > now),
            ),
        )
    )
    return session().scalars(chosen.order_by(Booking.starts_at, Booking.id)).all()
