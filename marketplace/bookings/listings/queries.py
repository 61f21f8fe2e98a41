"""Sessions page by page: a person's, and for admins all of them."""

import uuid
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, or_, select

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.accounts.queries import only_admins
from marketplace.bookings import rules
from marketplace.bookings.models import Booking
from marketplace.bookings.queries import WHOLE, coach_ids_of
from marketplace.coaches.models import Coach
from marketplace.db import session
from marketplace.errors import NotFound
from marketplace.payments.models import Payment

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
    # The coach's id itself: PostgreSQL knows then that they have many, and reads the first in order.
    own = session().scalars(coach_ids_of(actor)).all() if as_coach else ()
    mine = Booking.coach_id.in_(own) if as_coach else Booking.mentee_id == actor.id
    now = clock.now()
    open_ = Booking.status.in_(rules.CLAIMING) & (Booking.ends_at > now)
    order = (Booking.starts_at.desc(), Booking.id.desc()) if past else (Booking.starts_at, Booking.id)
    chosen = select(Booking.id).where(mine, ~open_ if past else open_).order_by(*order).limit(limit + 1)
    if after is not None:
        last = session().get(Booking, after)
        if last is None:
            raise NotFound
        here = func.row(Booking.starts_at, Booking.id)
        there = func.row(last.starts_at, last.id)
        chosen = chosen.where(here < there if past else here > there)
    found = session().scalars(select(Booking).options(*WHOLE).where(Booking.id.in_(chosen)).order_by(*order)).all()
    more = len(found) > limit
    return BookingPage(found[:limit], found[limit - 1].id if more else None)


def next_session(mentee_id: uuid.UUID) -> Booking | None:
    """The confirmed session of a mentee that is under way or begins next, with its people; None."""
    ahead = Booking.mentee_id == mentee_id, Booking.status == rules.CONFIRMED, Booking.ends_at > clock.now()
    chosen = select(Booking).options(*WHOLE).where(*ahead)
    return session().scalar(chosen.order_by(Booking.starts_at, Booking.id).limit(1))


def count_held(coach_id: uuid.UUID) -> int:
    """How many sessions of a coach took place."""
    held = Booking.status == rules.COMPLETED, Booking.outcome == rules.TOOK_PLACE
    return session().scalar(select(func.count()).where(Booking.coach_id == coach_id, *held)) or 0


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


CONTESTED, NO_SHOW = "contested", "no_show"
SHOWN_STATES: dict[str, ColumnElement[bool]] = {
    **{status: Booking.status == status for status in rules.STATES.states},
    CONTESTED: Booking.frozen_at.is_not(None),
    NO_SHOW: (Booking.outcome == rules.MENTEE_NO_SHOW) | (Booking.end_reason == rules.COACH_NO_SHOW),
}
SORTS = {
    "starts": (Booking.starts_at, Booking.id),
    "price": (Booking.price_cents, Booking.id),
}


def search(
    admin: User,
    *,
    search: str = "",
    state: str = "",
    starts_from: date | None = None,
    starts_to: date | None = None,
    sort: str = "starts",
    descending: bool = True,
    offset: int = 0,
    limit: int | None = 50,
) -> Sequence[Booking]:
    """Every session whose title or people have each word of `search`, in a state of `SHOWN_STATES`.

    A word may be a session's id or one of Stripe's for its payment. `starts_from` and `starts_to` are days, UTC, the
    last one included. NotFound for who is no admin.
    """
    only_admins(admin)
    chosen = select(Booking.id)
    for word in search.split():
        chosen = chosen.where(_has(word))
    if state:
        chosen = chosen.where(SHOWN_STATES[state])
    if starts_from is not None:
        chosen = chosen.where(Booking.starts_at >= clock.midnight(starts_from))
    if starts_to is not None:
        chosen = chosen.where(Booking.starts_at < clock.midnight(starts_to, days_later=1))
    order = [column.desc() if descending else column for column in SORTS[sort]]
    # People are read of the rows that are shown alone.
    page = chosen.order_by(*order).offset(offset).limit(limit)
    whole = select(Booking).options(*WHOLE).where(Booking.id.in_(page)).order_by(*order)
    return session().scalars(whole).all()


def titles(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """What these sessions are called, by id."""
    rows = session().execute(select(Booking.id, Booking.title).where(Booking.id.in_(ids)))
    return {row.id: row.title for row in rows}


def _has(word: str) -> ColumnElement[bool]:
    """Is the word part of the names or addresses of its people, of its title, or an id of it or its payment?"""
    # Read once, for both who come and who coach.
    matching = select(User.id).where(User.words.contains(word.lower(), autoescape=True)).cte()
    people = select(matching.c.id)
    handles = Coach.handle.contains(word, autoescape=True)
    coaches = select(Coach.id).where(or_(Coach.user_id.in_(people), handles))
    paid = select(Payment.id).where(or_(*(column == word for column in _STRIPE_IDS)))
    found: list[ColumnElement[bool]] = [
        Booking.mentee_id.in_(people),
        Booking.coach_id.in_(coaches),
        Booking.payment_id.in_(paid),
    ]
    found.append(Booking.title.icontains(word, autoescape=True))
    with suppress(ValueError):
        found.append(Booking.id == uuid.UUID(word))
    return or_(*found)


_STRIPE_IDS = (Payment.checkout_id, Payment.intent_id, Payment.charge_id)
