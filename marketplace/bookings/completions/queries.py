"""Sessions that are over and not completed."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select

from marketplace import clock
from marketplace.bookings.completions import rules
from marketplace.bookings.models import Booking
from marketplace.bookings.rules import CONFIRMED
from marketplace.db import session


def unmarked(limit: int = 200) -> Sequence[uuid.UUID]:
    """Confirmed sessions that ended a day ago and are not marked."""
    due = Booking.ends_at <= clock.now() - rules.COMPLETES_ITSELF_AFTER
    chosen = select(Booking.id).where(Booking.status == CONFIRMED, due, Booking.frozen_at.is_(None))
    return session().scalars(chosen.limit(limit)).all()
