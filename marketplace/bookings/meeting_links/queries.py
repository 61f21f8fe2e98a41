"""The sessions that a new meeting link is for."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select

from marketplace import clock
from marketplace.bookings import rules
from marketplace.bookings.models import Booking
from marketplace.db import session


def confirmed_ahead(coach_id: uuid.UUID) -> Sequence[uuid.UUID]:
    """A coach's confirmed sessions that have not begun, the next one first."""
    chosen = select(Booking.id).where(Booking.coach_id == coach_id, Booking.status == rules.CONFIRMED)
    return session().scalars(chosen.where(Booking.starts_at > clock.now()).order_by(Booking.starts_at)).all()
