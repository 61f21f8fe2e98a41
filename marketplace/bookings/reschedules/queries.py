"""Where a booking was rescheduled, and what is proposed."""

import uuid
from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import contains_eager

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.bookings.models import Booking
from marketplace.bookings.queries import WHOLE, one
from marketplace.bookings.reschedules import rules
from marketplace.bookings.reschedules.models import Reschedule
from marketplace.bookings.rules import CONFIRMED
from marketplace.db import session
from marketplace.errors import NotFound


def reschedules_by(booking_id: uuid.UUID, person_id: uuid.UUID) -> int:
    """How often a person has rescheduled a booking alone."""
    chosen = select(func.count()).where(
        Reschedule.booking_id == booking_id, Reschedule.proposed_by == person_id, Reschedule.status == rules.DONE
    )
    return int(session().scalar(chosen) or 0)


def reschedules_of(actor: User, booking_id: uuid.UUID) -> Sequence[Reschedule]:
    """Every reschedule and proposal of a booking that `actor` may see, the latest first; NotFound."""
    chosen = select(Reschedule).where(Reschedule.booking_id == one(actor, booking_id).id)
    return session().scalars(chosen.order_by(Reschedule.id.desc())).all()


def locked_reschedule(booking: Booking, reschedule_id: uuid.UUID) -> Reschedule:
    """One of them, locked until the transaction ends; NotFound."""
    chosen = select(Reschedule).where(Reschedule.id == reschedule_id, Reschedule.booking_id == booking.id)
    populating = {"populate_existing": True}
    found = session().scalars(chosen.with_for_update(), execution_options=populating).one_or_none()
    if found is None:
        raise NotFound
    return found


def open_proposal(booking: Booking) -> Reschedule | None:
    """The proposal that may still be answered, if there is one."""
    chosen = select(Reschedule).where(Reschedule.booking_id == booking.id, Reschedule.status == rules.PROPOSED)
    found = session().scalar(chosen)
    return found if found is not None and is_open(found, booking) else None


def open_proposals(coach_id: uuid.UUID, limit: int = 50) -> Sequence[Reschedule]:
    """What a coach has proposed and nobody has answered yet, with its booking, the first to lapse first."""
    return _open_proposals(Booking.coach_id == coach_id, limit)


def proposals_to_answer(mentee_id: uuid.UUID, limit: int = 50) -> Sequence[Reschedule]:
    """What coaches have proposed to a mentee who may still answer, in the same way."""
    return _open_proposals(Booking.mentee_id == mentee_id, limit)


def _open_proposals(whose: ColumnElement[bool], limit: int) -> Sequence[Reschedule]:
    now = clock.now()
    answer_by = func.least(Booking.starts_at, Reschedule.starts_at)
    chosen = (
        select(Reschedule)
        .join(Reschedule.booking)
        .options(*(contains_eager(Reschedule.booking).options(each) for each in WHOLE))
        .where(
            whose,
            Booking.starts_at > now,
            Booking.status == CONFIRMED,
            Reschedule.status == rules.PROPOSED,
            answer_by > now,
        )
    )
    return session().scalars(chosen.order_by(answer_by, Reschedule.id).limit(limit)).all()


def is_open(proposal: Reschedule, booking: Booking) -> bool:
    """May it still be answered?"""
    answer_by = min(booking.starts_at, proposal.starts_at)
    return rules.is_open_proposal(proposal.status, answer_by=answer_by, booking_status=booking.status, now=clock.now())


def unanswered(limit: int = 200) -> Sequence[tuple[uuid.UUID, uuid.UUID]]:
    """Proposals that cannot be answered any more, each after its booking: too late, or the session is off."""
    chosen = (
        select(Reschedule.booking_id, Reschedule.id)
        .join(Booking, Booking.id == Reschedule.booking_id)
        .where(
            Reschedule.status == rules.PROPOSED,
            or_(func.least(Booking.starts_at, Reschedule.starts_at) <= clock.now(), Booking.status != CONFIRMED),
        )
    )
    return [(booking_id, reschedule_id) for booking_id, reschedule_id in session().execute(chosen.limit(limit))]
