"""Freezing a session, inside a command that has locked it and decided who may."""

from marketplace import clock
from marketplace.bookings.models import Booking
from marketplace.errors import Conflict


class SessionFrozen(Conflict):
    """Mentee and coach do not agree on what happened. Until that is settled, nothing else is decided."""


def freeze(booking: Booking) -> None:
    """From now on it neither ends by itself nor pays anybody."""
    booking.frozen_at = clock.now()


def unfreeze(booking: Booking) -> None:
    """It goes its usual way again."""
    booking.frozen_at = None
