"""Command: change what a session is to be about."""

import uuid
from datetime import date

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.audit.service import record
from marketplace.bookings import queries
from marketplace.bookings.briefs import rules
from marketplace.bookings.calendar_sync import service as calendar_sync
from marketplace.bookings.models import Booking
from marketplace.bookings.notifications.delivery import tell_one
from marketplace.bookings.rules import CONFIRMED, HELD
from marketplace.db import transactional, uuid7
from marketplace.errors import Conflict, NotAllowed


class NotYourBrief(NotAllowed):
    """What a session is to be about is for its mentee to say."""


class BriefIsFixed(Conflict):
    """This session has begun or was called off: what it is about stays as it was."""


@transactional
def change_brief(user: User, *, booking_id: uuid.UUID, brief: str, **details: str | date | None) -> Booking:
    """Say anew what a session is to be about; its coach is told, once there is anything to be told of.

    `details` are the other fields of an ask's brief; what is left out is empty then.
    Raises NotFound, NotYourBrief, BriefIsFixed.
    """
    booking, now = queries.locked_for(user, booking_id), clock.now()
    if user.id != booking.mentee_id:
        raise NotYourBrief
    starts_at, status = booking.starts_at, booking.status
    if not rules.may_change(
        person_id=user.id, mentee_id=booking.mentee_id, status=status, starts_at=starts_at, now=now
    ):
        raise BriefIsFixed
    said = rules.kept(details)
    if (booking.brief, booking.brief_details) == (brief, said):
        return booking
    booking.brief, booking.brief_details, booking.changed_at = brief, said, now
    record(user.id, "booking.brief_changed", booking.id)
    if booking.status == CONFIRMED:
        calendar_sync.write_session(booking)
    if booking.status != HELD:
        invites = "REQUEST" if booking.status == CONFIRMED else None
        tell_one(booking, booking.coach.user, f"brief:{uuid7()}", "brief_changed", method=invites)
    return booking
