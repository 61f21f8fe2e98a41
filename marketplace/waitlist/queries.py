"""Reading the lines. Who waits is known to herself alone."""

import uuid
from collections.abc import Sequence

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import aliased, joinedload

from marketplace.accounts.models import User
from marketplace.bookings.models import Booking
from marketplace.coaches.models import Offering
from marketplace.db import session
from marketplace.errors import NotFound
from marketplace.waitlist import rules
from marketplace.waitlist.models import Wait

WHOLE = (
    joinedload(Wait.mentee, innerjoin=True),
    joinedload(Wait.coach, innerjoin=True),
    # With its coach: reading an offering anew without her would take her off the one that a caller has in hand.
    joinedload(Wait.offering, innerjoin=True).joinedload(Offering.coach, innerjoin=True),
    joinedload(Wait.booking).joinedload(Booking.payment),
)


def visible_to(actor: User) -> Select[Wait]:
    """The waits that exist for `actor`: her own."""
    return select(Wait).options(*WHOLE).where(Wait.mentee_id == actor.id)


def one(actor: User, wait_id: uuid.UUID) -> Wait:
    """One of them; NotFound."""
    chosen = visible_to(actor).where(Wait.id == wait_id)
    found = session().scalars(chosen, execution_options={"populate_existing": True}).one_or_none()
    if found is None:
        raise NotFound
    return found


def mine(actor: User) -> Sequence[Wait]:
    """Her open ones, the longest first."""
    chosen = visible_to(actor).where(Wait.status.in_(rules.OPEN)).order_by(Wait.created_at, Wait.id)
    return session().scalars(chosen).all()


def places_of(actor: User) -> dict[uuid.UUID, int]:
    """How many stand in line for the same coach up to each of her own, herself included."""
    other, hers = aliased(Wait), Wait
    chosen = (
        select(hers.id, func.count())
        .join(other, (other.coach_id == hers.coach_id) & (other.status == rules.WAITING))
        .where(
            hers.mentee_id == actor.id,
            hers.status == rules.WAITING,
            func.row(other.queued_at, other.id) <= func.row(hers.queued_at, hers.id),
        )
        .group_by(hers.id)
    )
    return {wait_id: int(count) for wait_id, count in session().execute(chosen)}


def coaches_waited_for() -> Sequence[uuid.UUID]:
    """Whose time somebody waits for, or has been offered."""
    return session().scalars(select(Wait.coach_id).where(Wait.status.in_(rules.OPEN)).distinct()).all()


def line_of(coach_id: uuid.UUID) -> Sequence[Wait]:
    """Who waits for a coach and has no offer of anybody's before her, in order, locked."""
    offer = aliased(Wait)
    offered = exists().where(offer.mentee_id == Wait.mentee_id, offer.status == rules.OFFERED)
    chosen = (
        select(Wait)
        .join(User, User.id == Wait.mentee_id)
        .options(*WHOLE)
        .where(Wait.coach_id == coach_id, Wait.status == rules.WAITING, User.active, ~offered)
        .order_by(Wait.queued_at, Wait.id)
        .with_for_update(of=Wait)
    )
    return session().scalars(chosen, execution_options={"populate_existing": True}).all()


def answered(coach_id: uuid.UUID) -> Sequence[Wait]:
    """Those whose offer was taken or let go, also one that was paid for after it had lapsed; locked."""
    taken = Booking.status.in_(("requested", "confirmed", "completed"))
    gone = Booking.status.in_(("expired", "cancelled", "declined"))
    chosen = (
        select(Wait)
        .join(Booking, Booking.id == Wait.booking_id)
        .options(*WHOLE)
        .where(Wait.coach_id == coach_id, Wait.status.in_(rules.OPEN), taken | (gone & (Wait.status == rules.OFFERED)))
        .with_for_update(of=Wait)
    )
    return session().scalars(chosen, execution_options={"populate_existing": True}).all()


def paid_before(wait: Wait) -> uuid.UUID | None:
    """An earlier hold of the same time, by which she has it after all; None where there is none."""
    offered = aliased(Booking)
    chosen = (
        select(Booking.id)
        .join(offered, offered.id == wait.booking_id)
        .where(
            Booking.id != offered.id,
            Booking.mentee_id == wait.mentee_id,
            Booking.coach_id == wait.coach_id,
            Booking.status.in_(("held", "requested", "confirmed", "completed")),
            Booking.blocked.overlaps(offered.blocked),
        )
    )
    return session().scalar(chosen.limit(1))
