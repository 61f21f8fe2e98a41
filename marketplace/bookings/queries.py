"""One booking, or those of one series or payment, for who may see them."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Select, Uuid, cast, func, literal, or_, select
from sqlalchemy.orm import joinedload

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.bookings import rules
from marketplace.bookings.models import Booking
from marketplace.coaches.models import Coach
from marketplace.db import session
from marketplace.errors import NotFound
from marketplace.payments import queries as payments
from marketplace.payments.models import Refund

WHOLE = (
    joinedload(Booking.coach, innerjoin=True),
    joinedload(Booking.mentee, innerjoin=True),
    joinedload(Booking.payment),
)


def coach_ids_of(actor: User) -> Select[uuid.UUID]:
    """The id of the coach that `actor` is, if any."""
    return select(Coach.id).where(Coach.user_id == actor.id)


def visible_to(actor: User) -> Select[Booking]:
    """The bookings that exist for `actor`: their own as a mentee and as a coach, all of them for an admin."""
    chosen = select(Booking).options(*WHOLE)
    if actor.is_admin:
        return chosen
    return chosen.where(or_(Booking.mentee_id == actor.id, Booking.coach_id.in_(coach_ids_of(actor))))


def one(actor: User, booking_id: uuid.UUID) -> Booking:
    """One booking that `actor` may see, with coach, mentee and payment; NotFound."""
    chosen = visible_to(actor).where(Booking.id == booking_id)
    found = session().scalars(chosen, execution_options={"populate_existing": True}).one_or_none()
    if found is None:
        raise NotFound
    return found


def of_party(actor: User, booking_id: uuid.UUID) -> Booking:
    """A booking whose coach or mentee `actor` is; NotFound for everybody else, admins too."""
    booking = one(actor, booking_id)
    if actor.id not in {booking.mentee_id, booking.coach.user_id}:
        raise NotFound
    return booking


def confirmed_of_party(actor: User, booking_id: uuid.UUID) -> Booking:
    """The same, if it is confirmed."""
    booking = of_party(actor, booking_id)
    if booking.status != rules.CONFIRMED:
        raise NotFound
    return booking


def found(booking_id: uuid.UUID) -> Booking:
    """The row itself, without asking who may see it; NotFound."""
    booking = session().get(Booking, booking_id)
    if booking is None:
        raise NotFound
    return booking


def locked(booking_id: uuid.UUID) -> Booking:
    """The row as it is now, locked until the transaction ends, its coach's before it; NotFound."""
    _lock_coaches_where(Booking.id == booking_id)
    for booking in _locked(Booking.id == booking_id):
        return booking
    raise NotFound


def locked_for(actor: User, booking_id: uuid.UUID) -> Booking:
    """The same, for somebody who may see it."""
    one(actor, booking_id)
    return locked(booking_id)


def locked_with_series(booking: Booking) -> Sequence[Booking]:
    """A booking with the others of its series, in order of start, as they are now and locked."""
    if booking.series_id is None:
        return [locked(booking.id)]
    _lock_coaches_where(Booking.series_id == booking.series_id)
    return _locked(Booking.series_id == booking.series_id)


def locked_of_payment(payment_id: uuid.UUID) -> Sequence[Booking]:
    """What a payment pays for, locked. Claiming a lapsed time again moves it back: the coaches are locked first."""
    _lock_coaches_where(Booking.payment_id == payment_id)
    return _locked(Booking.payment_id == payment_id)


def of_payment(payment_id: uuid.UUID) -> Sequence[Booking]:
    """What a payment pays for, in order of start."""
    chosen = select(Booking).options(*WHOLE).where(Booking.payment_id == payment_id)
    return session().scalars(chosen.order_by(Booking.starts_at, Booking.id)).all()


def _locked(which: ColumnElement[bool]) -> Sequence[Booking]:
    chosen = select(Booking).options(*WHOLE).where(which).order_by(Booking.starts_at, Booking.id)
    populating = {"populate_existing": True}
    return session().scalars(chosen.with_for_update(of=Booking), execution_options=populating).all()


def _lock_coaches_where(which: ColumnElement[bool]) -> None:
    """Lock whose time these bookings claim: their coaches, and mentees who are coaches themselves."""
    # Whatever ends or makes a claim moves free time, which is kept under the coach's lock: it always comes first. A
    # statement of its own: what is read after it is as the last holder of the lock has left it.
    people = func.array_agg(Booking.coach_id), func.array_agg(Booking.mentee_id)
    session().execute(select(func.lock_coaches(*people, clock.now())).where(which))


def lock_coach(coach_id: uuid.UUID, *mentee_ids: uuid.UUID) -> None:
    """Let nobody else move or claim times of this coach, or of these mentees as coaches, until the transaction ends.

    Before any booking is locked; all in one statement, in order, so that nobody waits for one who waits for them.
    """
    session().execute(select(func.lock_coaches(_uuids(coach_id), _uuids(*mentee_ids), clock.now())))


def lock_mentee(mentee_id: uuid.UUID) -> None:
    """Let nobody else hold or move a time for this mentee until the transaction ends. Before any coach is locked."""
    session().execute(select(User.id).where(User.id == mentee_id).with_for_update(key_share=True))


def lock_mentee_and_coach(mentee_id: uuid.UUID, coach_id: uuid.UUID) -> None:
    """The same, and let nobody else hold a time for this mentee; the mentee's row first, in one statement."""
    mentee = select(User.id).where(User.id == mentee_id).with_for_update(key_share=True).subquery()
    locking = func.lock_coaches(_uuids(coach_id), func.array_agg(mentee.c.id), clock.now())
    session().execute(select(locking))


def _uuids(*ids: uuid.UUID) -> ColumnElement[Any]:
    return cast(literal(list(ids), ARRAY(Uuid)), ARRAY(Uuid))


def refunds_of(booking: Booking) -> Sequence[Refund]:
    """What was refunded of this one session, the oldest first; of a payment for several each refund names its own."""
    if booking.payment_id is None:
        return []
    refunds = payments.refunds_of(booking.payment_id)
    return [r for r in refunds if booking.series_id is None or r.key.endswith(str(booking.id))]


def subjects_of(about: uuid.UUID) -> list[uuid.UUID]:
    """Under which ids the ledger may know a session: its own and its series'."""
    series_id = session().scalar(select(Booking.series_id).where(Booking.id == about))
    return [about] if series_id is None else [about, series_id]
