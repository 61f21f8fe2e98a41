"""Commands: the coach says how a session ended, or nobody does within a day."""

import uuid

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.bookings import queries
from marketplace.bookings.completions import queries as completion_queries
from marketplace.bookings.completions import rules
from marketplace.bookings.contested_sessions.service import SessionFrozen
from marketplace.bookings.models import Booking
from marketplace.bookings.notifications import completions as completion_notifications
from marketplace.bookings.rules import COMPLETED, CONFIRMED, TOOK_PLACE
from marketplace.bookings.transitions import transition
from marketplace.db import transactional
from marketplace.errors import Conflict, NotAllowed
from marketplace.languages import gettext as _


class NotOverYet(Conflict):
    """The session is not over yet."""


class NotTakenBack(Conflict):
    """That the mentee did not come can be taken back for 15 minutes, unless it is contested."""


class SessionNotConfirmed(Conflict):
    """Only a confirmed session can be completed."""


@transactional
def complete(coach_user: User, *, booking_id: uuid.UUID, outcome: str) -> Booking:
    """The coach says how it ended: took_place, or mentee_no_show after the waiting time.

    Raises NotAllowed, SessionFrozen, SessionNotConfirmed, NotOverYet.
    """
    booking = queries.locked_for(coach_user, booking_id)
    if booking.coach.user_id != coach_user.id:
        raise NotAllowed(_("Only the coach says how a session ended."))
    if booking.frozen_at is not None:
        raise SessionFrozen
    mark(booking, outcome=outcome, by=coach_user.id)
    return booking


def mark(booking: Booking, *, outcome: str, by: uuid.UUID) -> None:
    """The same inside a command that has locked the row and looked who asks. Raises SessionNotConfirmed, NotOverYet."""
    if booking.status != CONFIRMED:
        raise SessionNotConfirmed
    if not rules.may_complete(starts_at=booking.starts_at, ends_at=booking.ends_at, outcome=outcome, now=clock.now()):
        raise NotOverYet
    _complete(booking, outcome, by)


@transactional
def take_back(coach_user: User, *, booking_id: uuid.UUID) -> Booking:
    """Take back, as the coach who said so just now, that the mentee did not come: the session is open again.

    Raises NotAllowed, NotTakenBack.
    """
    booking = queries.locked_for(coach_user, booking_id)
    if booking.coach.user_id != coach_user.id:
        raise NotAllowed(_("Only the coach says how a session ended."))
    if not rules.may_take_back(
        outcome=booking.outcome,
        ended_at=booking.ended_at,
        by_coach=booking.ended_by == coach_user.id,
        is_open=booking.frozen_at is None and booking.released_at is None,
        now=clock.now(),
    ):
        raise NotTakenBack
    completion_notifications.taken_back(booking)
    transition(booking, CONFIRMED, by=coach_user.id, action="no_show_taken_back")
    return booking


def _complete(booking: Booking, outcome: str, by: uuid.UUID | None) -> None:
    transition(booking, COMPLETED, by=by, outcome=outcome)
    completion_notifications.completed(booking)


def complete_sessions() -> None:
    """Complete sessions that were not marked within a day of their end."""
    for booking_id in completion_queries.unmarked():
        _complete_unmarked(booking_id)


@transactional
def _complete_unmarked(booking_id: uuid.UUID) -> None:
    booking = queries.locked(booking_id)
    due = booking.ends_at <= clock.now() - rules.COMPLETES_ITSELF_AFTER
    if booking.status == CONFIRMED and due and booking.frozen_at is None:
        _complete(booking, TOOK_PLACE, None)
