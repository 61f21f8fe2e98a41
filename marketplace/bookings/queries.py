"""One booking, or those that belong together; what nobody may see is not there."""

import uuid
from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import joinedload

from marketplace.accounts.models import User
from marketplace.bookings import rules
from marketplace.bookings.models import Booking, Loss
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


def own_profile(actor: User) -> Select[uuid.UUID]:
    """The ids of what `actor` is a coach as."""
    return select(Coach.id).where(Coach.user_id == actor.id)


def visible_to(actor: User) -> Select[Booking]:
    """The bookings that exist for `actor`: hers as a mentee, hers as a coach, all for an admin."""
    chosen = select(Booking).options(*WHOLE)
    if actor.is_admin:
        return chosen
    return chosen.where(or_(Booking.mentee_id == actor.id, Booking.coach_id.in_(own_profile(actor))))


def one(actor: User, booking_id: uuid.UUID) -> Booking:
    """One booking that `actor` may see, with coach, mentee and payment; NotFound."""
    chosen = visible_to(actor).where(Booking.id == booking_id)
    found = session().scalars(chosen, execution_options={"populate_existing": True}).one_or_none()
    if found is None:
        raise NotFound
    return found


def confirmed_of_the_two(actor: User, booking_id: uuid.UUID) -> Booking:
    """A confirmed session of which `actor` is one of the two; NotFound for everybody else, admins too."""
    booking = one(actor, booking_id)
    if actor.id not in {booking.mentee_id, booking.coach.user_id} or booking.status != rules.CONFIRMED:
        raise NotFound
    return booking


def found(booking_id: uuid.UUID) -> Booking:
    """The row itself, whoever asks; NotFound."""
    booking = session().get(Booking, booking_id)
    if booking is None:
        raise NotFound
    return booking


def locked(booking_id: uuid.UUID) -> Booking:
    """The row as it is now, locked until the transaction ends, its coach's before it; NotFound."""
    # Whatever ends or makes a claim moves free time, which is kept under the coach's lock: it always comes first.
    coach_id = session().scalar(select(Booking.coach_id).where(Booking.id == booking_id))
    if coach_id is None:
        raise NotFound
    lock_coach(coach_id)
    chosen = select(Booking).options(*WHOLE).where(Booking.id == booking_id).with_for_update(of=Booking)
    return session().scalars(chosen, execution_options={"populate_existing": True}).one()


def locked_for(actor: User, booking_id: uuid.UUID) -> Booking:
    """The same, for somebody who may see it."""
    one(actor, booking_id)
    return locked(booking_id)


def locked_together(booking: Booking) -> Sequence[Booking]:
    """A booking with the others of its series, in order of start, as they are now and locked."""
    if booking.series_id is None:
        return [locked(booking.id)]
    lock_coach(booking.coach_id)
    return _locked(Booking.series_id == booking.series_id)


def locked_of_payment(payment_id: uuid.UUID) -> Sequence[Booking]:
    """What a payment pays for, locked. Claiming a lapsed time again moves it back: the coach's row is locked first."""
    coach_id = session().scalar(select(Booking.coach_id).where(Booking.payment_id == payment_id).limit(1))
    if coach_id is None:
        return []
    lock_coach(coach_id)
    return _locked(Booking.payment_id == payment_id)


def of_payment(payment_id: uuid.UUID) -> Sequence[Booking]:
    """What a payment pays for, in order of start."""
    chosen = select(Booking).options(*WHOLE).where(Booking.payment_id == payment_id)
    return session().scalars(chosen.order_by(Booking.starts_at, Booking.id)).all()


def _locked(which: ColumnElement[bool]) -> Sequence[Booking]:
    chosen = select(Booking).options(*WHOLE).where(which).order_by(Booking.starts_at, Booking.id)
    populating = {"populate_existing": True}
    return session().scalars(chosen.with_for_update(of=Booking), execution_options=populating).all()


def lock_coach(coach_id: uuid.UUID) -> None:
    """Let nobody else move or claim times of this coach until the transaction ends. Before any booking is locked."""
    session().execute(select(Coach.id).where(Coach.id == coach_id).with_for_update(key_share=True))


def series_of(actor: User, series_id: uuid.UUID) -> Sequence[Booking]:
    """The sessions of a series that `actor` may see, in order of start; NotFound."""
    chosen = visible_to(actor).where(Booking.series_id == series_id).order_by(Booking.starts_at)
    found = session().scalars(chosen, execution_options={"populate_existing": True}).all()
    if not found:
        raise NotFound
    return found


def refunds_of(booking: Booking) -> Sequence[Refund]:
    """What went back for this one session, the oldest first; of a payment for several each refund names its own."""
    if booking.payment_id is None:
        return []
    refunds = payments.refunds_of(booking.payment_id)
    return [r for r in refunds if booking.series_id is None or r.key.endswith(str(booking.id))]


def losses_of(dispute_id: uuid.UUID) -> Sequence[Loss]:
    """What a dispute took of each session."""
    return session().scalars(select(Loss).where(Loss.dispute_id == dispute_id)).all()


def subjects_of(about: uuid.UUID) -> list[uuid.UUID]:
    """Under which ids the ledger may know a session: its own and its series'."""
    series_id = session().scalar(select(Booking.series_id).where(Booking.id == about))
    return [about] if series_id is None else [about, series_id]
