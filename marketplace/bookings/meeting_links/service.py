"""The meeting link of a session, and the command that sets a coach's own link."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.audit.service import record
from marketplace.bookings import queries
from marketplace.bookings.calendar_sync import service as calendar_sync
from marketplace.bookings.invites.service import meeting_url
from marketplace.bookings.meeting_links import queries as meeting_link_queries
from marketplace.bookings.meeting_links import rules
from marketplace.bookings.models import Booking
from marketplace.bookings.notifications.delivery import tell_both
from marketplace.bookings.rules import CONFIRMED
from marketplace.coaches.models import Coach
from marketplace.coaches.queries import profile_of
from marketplace.db import session, transactional, uuid7
from marketplace.jobs import enqueue


@dataclass(frozen=True)
class MeetingAccess:
    """The meeting link: from when until when it is shown, and the address while it is."""

    opens_at: datetime
    closes_at: datetime
    url: str | None


def meeting_of(actor: User, *, booking_id: uuid.UUID) -> MeetingAccess:
    """How coach and mentee get in. NotFound for everybody else, admins too, and where nothing is booked."""
    return meeting(queries.confirmed_of_party(actor, booking_id))


def meeting(booking: Booking) -> MeetingAccess:
    """The same, for a caller that has checked who asks."""
    opens_at, closes_at = rules.meeting_shown(starts_at=booking.starts_at, ends_at=booking.ends_at)
    shown = opens_at <= clock.now() < closes_at
    return MeetingAccess(opens_at, closes_at, meeting_url(booking) if shown else None)


@transactional
def set_meeting_link(user: User, *, url: str | None) -> Coach:
    """Meet at the coach's own https link from now on, or in a room of each session's own.

    Those who have a session ahead get its invite again.
    """
    coach = session().get_one(Coach, profile_of(user).id, with_for_update={"of": Coach, "key_share": True})
    if coach.meeting_url != url:
        coach.meeting_url = url
        record(user.id, "coach.meeting_link_changed", coach.id)
        once = f"send_meeting_link:{coach.id}"
        enqueue("send_meeting_link", once=once, coach_id=str(coach.id), change=str(uuid7()))
    return coach


def send_meeting_link(coach_id: str, change: str) -> None:
    """Send the invite of every session ahead with the link as it is now; once for each `change`."""
    for booking_id in meeting_link_queries.confirmed_ahead(uuid.UUID(coach_id)):
        _tell_of(booking_id, change)


@transactional
def _tell_of(booking_id: uuid.UUID, change: str) -> None:
    booking = queries.locked(booking_id)
    if booking.status != CONFIRMED:
        return
    # RFC 5545 3.8.7.4: another place leaves the SEQUENCE; the later DTSTAMP makes it the newer invite.
    booking.changed_at = clock.now()
    calendar_sync.write_session(booking)
    tell_both(
        booking,
        f"meeting:{change}",
        "meeting_link_changed",
        method="REQUEST",
    )
