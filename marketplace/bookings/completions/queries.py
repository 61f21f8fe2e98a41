"""Sessions that are over and not completed."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select

from marketplace import clock
from marketplace.bookings.completions import rules
from marketplace.bookings.models import Booking
from marketplace.bookings.queries import WHOLE
from marketplace.bookings.rules import CONFIRMED
from marketplace.db import session


def unmarked(limit: int = 200) -> Sequence[uuid.UUID]:
    """Confirmed sessions that ended a day ago and are not marked."""
    due = Booking.ends_at <= clock.now() - rules.COMPLETES_ITSELF_AFTER
    chosen = select(Booking.id).where(Booking.status == CONFIRMED, due, Booking.frozen_at.is_(None))
    return session().scalars(chosen.limit(limit)).all()


def to_close(coach_id: uuid.UUID, limit: int = 50) -> Sequence[Booking]:
    """A coach's sessions that are over and of which nobody has said how they went, the oldest first."""
    chosen = (
        select(Booking)
        .options(*WHOLE)
        .where(
            Booking.coach_id == coach_id,
            Booking.status == CONFIRMED,
            Booking.ends_at <= clock.now(),
            Booking.starts_at <= clock.now(),
            Booking.frozen_at.is_(None),
        )
    )
    return session().scalars(chosen.order_by(Booking.starts_at, Booking.id).limit(limit)).all()
