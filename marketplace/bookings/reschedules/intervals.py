"""A booking's interval is swapped; PostgreSQL refuses one that somebody else claims."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import IntegrityError

from marketplace.accounts.models import User
from marketplace.audit.service import record
from marketplace.bookings.holds import queries as hold_queries
from marketplace.bookings.holds.expiry import expire_overlapping_holds, notify_waitlist
from marketplace.bookings.holds.service import NotOffered, SlotTaken
from marketplace.bookings.models import Booking
from marketplace.bookings.notifications import reschedules as reschedule_notifications
from marketplace.bookings.waitlist_entries.queries import is_due_to_another
from marketplace.db import session
from marketplace.errors import Conflict
from marketplace.languages import gettext as _
from marketplace.scheduling.queries import free_times


class SameTime(Conflict):
    """The session is at that time already."""


class AnotherSessionThen(Conflict):
    """You have another session at that time. Choose another time, or cancel the other session first."""


def check_free(booking: Booking, starts_at: datetime, *, by_coach: bool) -> None:
    """Refuse a time of the coach's that is not free for this booking: SameTime, SlotTaken, NotOffered."""
    if starts_at == booking.starts_at:
        raise SameTime
    offering = hold_queries.offering_as_booked(booking, by_coach=by_coach)
    if free_times.is_free(offering, starts_at, ignoring=booking.id):
        return
    if hold_queries.claimed(booking.coach_id, _blocked(booking, starts_at), ignoring=booking.id):
        raise _taken(booking, starts_at, by_coach=by_coach)
    raise NotOffered(starts_at=_("This time is not offered. Choose one of the times that are shown."))


def mentee_is_elsewhere(booking: Booking, starts_at: datetime) -> bool:
    """Whether the mentee would be in another session if this one began then."""
    ends_at = starts_at + (booking.ends_at - booking.starts_at)
    return hold_queries.session_then(booking.mentee_id, starts_at, ends_at, ignoring=booking.id) is not None


def swap(booking: Booking, starts_at: datetime, *, by: User, proposed_by_coach: bool) -> None:
    """Put a locked booking at another time for its mentee, and tell both.

    Raises what `check_free` raises, AnotherSessionThen.
    """
    check_free(booking, starts_at, by_coach=proposed_by_coach)
    if mentee_is_elsewhere(booking, starts_at):
        raise AnotherSessionThen
    was = (booking.starts_at, booking.ends_at)
    blocked = _blocked(booking, starts_at)
    offering = hold_queries.offering_as_booked(booking, by_coach=proposed_by_coach)
    if is_due_to_another(by, offering, blocked):
        raise _taken(booking, starts_at, by_coach=proposed_by_coach)
    ends_at = starts_at + (booking.ends_at - booking.starts_at)
    expire_overlapping_holds(booking.coach_id, booking.mentee_id, blocked, Range(starts_at, ends_at))
    swapped = update(Booking).where(Booking.id == booking.id)
    values = {
        "starts_at": starts_at,
        "ends_at": ends_at,
        "blocked": blocked,
        "sequence": Booking.sequence + 1,
    }
    try:
        with session().begin_nested():
            session().execute(swapped.values(values).execution_options(synchronize_session=False))
    except IntegrityError as overlap:
        raise _taken(booking, starts_at, by_coach=proposed_by_coach) from overlap
    session().refresh(booking, ["starts_at", "ends_at", "blocked", "sequence", "changed_at"])
    record(by.id, "booking.moved", booking.id, was=was[0].isoformat(), starts_at=starts_at.isoformat())
    reschedule_notifications.rescheduled(booking, was=was, by=by)
    notify_waitlist(booking.coach_id)


def _blocked(booking: Booking, starts_at: datetime) -> Range[datetime]:
    """What it would claim at another time, with the same buffers."""
    before, after = booking.buffers()
    return Range(starts_at - before, starts_at + (booking.ends_at - booking.starts_at) + after)


def _taken(booking: Booking, starts_at: datetime, *, by_coach: bool) -> SlotTaken:
    """The refusal, with the free times nearest to the one that was wanted."""
    offering = hold_queries.offering_as_booked(booking, by_coach=by_coach)
    near: Sequence[datetime] = free_times.nearest(offering, starts_at, ignoring=booking.id)
    return SlotTaken(nearest=[time.isoformat() for time in near if time not in {booking.starts_at, starts_at}])
