"""Money that comes after its hold lapsed: the time is claimed again, if it is still free."""

from typing import Any

from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import IntegrityError

from marketplace import clock
from marketplace.bookings import rules
from marketplace.bookings.holds.expiry import expire_overlapping_holds
from marketplace.bookings.holds.queries import session_then
from marketplace.bookings.models import Booking
from marketplace.bookings.transitions import transition
from marketplace.db import session


def is_reclaimable(booking: Booking) -> bool:
    """Has it lapsed with its price still here? Once that is on its way back it buys nothing any more."""
    return booking.status == rules.EXPIRED and booking.refunded_cents == 0


def reclaim(booking: Booking, to: str, **details: Any) -> bool:
    """Move an expired booking back to a claim; False if its time has begun, somebody else has it or its mentee is in
    another session then.

    PostgreSQL decides who has it. `details` are those of `transition`.
    """
    if booking.starts_at <= clock.now():
        return False
    # The same mentee may hold it once more, before we heard of the money, and need not pay twice.
    taking_place = Range(booking.starts_at, booking.ends_at)
    expire_overlapping_holds(booking.coach_id, booking.mentee_id, booking.blocked, taking_place, paid=True)
    # What was bought meanwhile was bought instead.
    if session_then(booking.mentee_id, booking.starts_at, booking.ends_at, ignoring=booking.id, paid=True):
        return False
    try:
        with session().begin_nested():
            transition(booking, to, **details)
            session().flush()
    except IntegrityError:
        session().refresh(booking)
        return False
    return True
