"""Where a session has moved, and where it is asked to."""

import uuid
from collections.abc import Sequence

from sqlalchemy import func, or_, select

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.bookings import rules
from marketplace.bookings.models import Booking, Move
from marketplace.bookings.queries import one
from marketplace.db import session
from marketplace.errors import NotFound


def moves_by(booking_id: uuid.UUID, person_id: uuid.UUID) -> int:
    """How often somebody has moved a session herself."""
    chosen = select(func.count()).where(
        Move.booking_id == booking_id, Move.proposed_by == person_id, Move.status == rules.DONE
    )
    return int(session().scalar(chosen) or 0)


def moves_of(actor: User, booking_id: uuid.UUID) -> Sequence[Move]:
    """Every move and proposal of a session that `actor` may see, the latest first; NotFound."""
    booking = one(actor, booking_id)
    return session().scalars(select(Move).where(Move.booking_id == booking.id).order_by(Move.id.desc())).all()


def move_of(booking: Booking, move_id: uuid.UUID) -> Move:
    """One of them, locked until the transaction ends; NotFound."""
    chosen = select(Move).where(Move.id == move_id, Move.booking_id == booking.id).with_for_update()
    found = session().scalars(chosen, execution_options={"populate_existing": True}).one_or_none()
    if found is None:
        raise NotFound
    return found


def open_proposal(booking: Booking) -> Move | None:
    """The proposal that waits for its answer, if one does."""
    found = session().scalar(select(Move).where(Move.booking_id == booking.id, Move.status == rules.PROPOSED))
    if found is None:
        return None
    answer_by = min(booking.starts_at, found.starts_at)
    waits = rules.is_open_proposal(found.status, answer_by=answer_by, booking_status=booking.status, now=clock.now())
    return found if waits else None


def unanswered_moves(limit: int = 200) -> Sequence[tuple[uuid.UUID, uuid.UUID]]:
    """Proposals that nobody can answer any more, each with its booking: too late, or the session is off."""
    chosen = (
        select(Move.booking_id, Move.id)
        .join(Booking, Booking.id == Move.booking_id)
        .where(
            Move.status == rules.PROPOSED,
            or_(func.least(Booking.starts_at, Move.starts_at) <= clock.now(), Booking.status != rules.CONFIRMED),
        )
    )
    return [(booking_id, move_id) for booking_id, move_id in session().execute(chosen.limit(limit))]
