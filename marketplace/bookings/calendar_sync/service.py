"""Writing sessions into the coach's own calendars, and removing them."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from marketplace import clock
from marketplace.bookings import rules
from marketplace.bookings.invites.service import session_file
from marketplace.bookings.models import Booking
from marketplace.calendars.service import exports as calendar_exports
from marketplace.db import session, transactional
from marketplace.languages import speaking


def write_session(booking: Booking) -> None:
    """Put the session into the calendar as it is now, in the coach's language, moved if it stood there before."""
    with speaking(booking.coach.user.preferences):
        calendar_exports.put_event(booking.coach_id, uid=booking.event_uid, ics=session_file(booking))


def remove_session(booking: Booking) -> None:
    """Take the session out of the calendar."""
    calendar_exports.remove_event(booking.coach_id, uid=booking.event_uid)


@transactional
def export_sessions(coach_id: str) -> None:
    """Let every session that lies ahead stand in the coach's calendars; for one that has just been added."""
    ahead = select(Booking).where(
        Booking.coach_id == uuid.UUID(coach_id), Booking.status == rules.CONFIRMED, Booking.ends_at > clock.now()
    )
    for booking in session().scalars(ahead.options(joinedload(Booking.coach), joinedload(Booking.mentee))):
        write_session(booking)
