"""Commands: both sides are asked what a session was, and say so."""

import uuid

from sqlalchemy.dialects.postgresql import insert

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.audit.service import record
from marketplace.bookings import queries as bookings
from marketplace.db import session, transactional, uuid7
from marketplace.errors import Conflict, Invalid
from marketplace.languages import gettext as _
from marketplace.session_feedback import queries, rules
from marketplace.session_feedback.models import SessionFeedback
from marketplace.session_feedback.notifications import mails
from marketplace.session_feedback.queries import FeedbackAsked

AT_ONCE = 200


class SessionNotHeld(Conflict):
    """Only of a session that took place can be said what it was."""


class FeedbackClosed(Conflict):
    """What a session was is said within 14 days of its end."""


@transactional
def give(person: User, *, booking_id: uuid.UUID, kind: str, dealt_with: bool) -> FeedbackAsked:
    """Say, as its mentee or coach, which kind of help a session was and whether it dealt with what was asked.

    Said again, it replaces what was said. Raises NotFound for anybody else, Invalid, SessionNotHeld, FeedbackClosed.
    """
    asked = queries.of_party(person, booking_id)
    _say(asked, kind=kind, dealt_with=dealt_with, by=person.id)
    return queries.of_party(person, booking_id)


@transactional
def give_by_link(booking_id: uuid.UUID, side: str, signature: str, *, kind: str, dealt_with: bool) -> FeedbackAsked:
    """The same by whoever has the link of the mail. Raises NotFound for another, and what `give` raises."""
    asked = queries.of_link(booking_id, side, signature)
    by = asked.booking.mentee_id if side == rules.MENTEE else asked.booking.coach.user_id
    _say(asked, kind=kind, dealt_with=dealt_with, by=by)
    return queries.of_link(booking_id, side, signature)


def _say(asked: FeedbackAsked, *, kind: str, dealt_with: bool, by: uuid.UUID) -> None:
    if kind not in rules.ANSWERS:
        raise Invalid(kind=_("Choose which kind of help it was."))
    booking = asked.booking
    if not rules.took_place(booking.status, booking.outcome):
        raise SessionNotHeld
    if not asked.is_open:
        raise FeedbackClosed
    said = {"kind": kind, "dealt_with": dealt_with, "said_at": clock.now()}
    row = {"id": uuid7(), "booking_id": booking.id, "side": asked.side} | said
    written = insert(SessionFeedback).values(row)
    replaced = written.on_conflict_do_update(index_elements=["booking_id", "side"], set_=said)
    record(
        by, "session_feedback.given", session().scalars(replaced.returning(SessionFeedback.id)).one(), side=asked.side
    )


def ask_for_feedback() -> None:
    """Mail both sides of sessions that took place what they were, each once. Safe to run twice."""
    for booking_id in queries.to_ask(AT_ONCE):
        _ask(booking_id)


@transactional
def _ask(booking_id: uuid.UUID) -> None:
    booking = bookings.locked(booking_id)
    if not rules.took_place(booking.status, booking.outcome):
        return
    for side in rules.SIDES:
        row = {"id": uuid7(), "booking_id": booking.id, "side": side, "asked_at": clock.now()}
        written = insert(SessionFeedback).values(row).on_conflict_do_nothing().returning(SessionFeedback.id)
        if session().scalar(written) is not None:
            mails.ask(booking, side)
