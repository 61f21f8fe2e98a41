"""After the session: how it ended, and when what was kept becomes the coach's."""

import uuid

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.audit.service import record
from marketplace.bookings import queries, rules
from marketplace.bookings.earnings import queries as earning_queries
from marketplace.bookings.models import Booking
from marketplace.bookings.notifications import bookings as booking_notifications
from marketplace.db import transactional
from marketplace.errors import Conflict, NotAllowed
from marketplace.ledger import rules as ledger_accounts
from marketplace.ledger.service.postings import post_all


class NotOverYet(Conflict):
    """The session is not over yet."""


class NotConfirmedSession(Conflict):
    """Only a confirmed session can be completed."""


class Frozen(Conflict):
    """The two do not agree on what happened. Until that is settled, nothing else is decided."""


@transactional
def complete(coach_user: User, *, booking_id: uuid.UUID, outcome: str) -> Booking:
    """The coach says how it ended: took_place, or mentee_no_show after the waiting time."""
    booking = queries.locked_for(coach_user, booking_id)
    if booking.coach.user_id != coach_user.id:
        raise NotAllowed("Only the coach says how a session ended.")
    if booking.frozen_at is not None:
        raise Frozen
    mark(booking, outcome=outcome, by=coach_user.id)
    return booking


def mark(booking: Booking, *, outcome: str, by: uuid.UUID) -> None:
    """The same inside a command that has locked the row and looked who asks. Raises NotConfirmedSession, NotOverYet."""
    if booking.status != rules.CONFIRMED:
        raise NotConfirmedSession
    if not rules.may_complete(starts_at=booking.starts_at, ends_at=booking.ends_at, outcome=outcome, now=clock.now()):
        raise NotOverYet
    _complete(booking, outcome, by)


def _complete(booking: Booking, outcome: str, by: uuid.UUID | None) -> None:
    booking.status = rules.COMPLETED
    booking.outcome = outcome
    booking.ended_at = clock.now()
    booking.ended_by = by
    record(by, "booking.completed", booking.id, outcome=outcome)
    booking_notifications.completed(booking)


def complete_sessions() -> None:
    """Complete sessions that nobody marked within a day of their end."""
    for booking_id in earning_queries.over_without_a_word():
        _complete_unmarked(booking_id)


@transactional
def _complete_unmarked(booking_id: uuid.UUID) -> None:
    booking = queries.locked(booking_id)
    due = booking.ends_at <= clock.now() - rules.COMPLETES_ITSELF_AFTER
    if booking.status == rules.CONFIRMED and due and booking.frozen_at is None:
        _complete(booking, rules.TOOK_PLACE, None)


def release_earnings() -> None:
    """Make payable whatever has passed its window, is settled and is not disputed."""
    for booking_id in earning_queries.unreleased():
        release(booking_id)


@transactional
def release(booking_id: uuid.UUID) -> bool:
    """Book one ended session's kept money to coach and fee, once; False if it is not due."""
    booking = queries.locked(booking_id)
    payment = booking.payment
    now = clock.now()
    if (
        booking.released_at is not None
        or booking.frozen_at is not None
        or booking.status not in {rules.COMPLETED, rules.CANCELLED}
        or rules.releasable_at(booking.terms, booking.ends_at) > now
        or payment is None
        or payment.status != "paid"
        or payment.disputed_at is not None
        or payment.available_on is None
        or payment.available_on > now
    ):
        return False
    coach, fee = rules.earned(booking)
    postings = []
    for name, account, cents in (
        ("coach", ledger_accounts.coach(booking.coach_id), coach),
        ("fee", ledger_accounts.REVENUE, fee),
    ):
        # A fee below zero: we gave back more than it was, and make up the coach's share.
        debit, credit = (
            (ledger_accounts.SESSIONS_OWED, account) if cents >= 0 else (account, ledger_accounts.SESSIONS_OWED)
        )
        postings.append(ledger_accounts.Posting(f"release-{name}:{booking.id}", debit, credit, abs(cents)))
    post_all(postings, currency=booking.currency, subject_id=booking.id)
    booking.released_at = now
    record(None, "booking.released", booking.id, coach_cents=coach, fee_cents=fee)
    return True
