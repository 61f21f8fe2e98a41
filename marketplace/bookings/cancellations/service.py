"""Approving, declining, cancelling: what either side may decide, with the money that follows."""

import uuid

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.audit.service import record
from marketplace.bookings import queries, rules
from marketplace.bookings.earnings.service import Frozen
from marketplace.bookings.holds.service import freed
from marketplace.bookings.models import Booking
from marketplace.bookings.no_show_refunds.service import nothing_earned
from marketplace.bookings.notifications import bookings as booking_notifications
from marketplace.bookings.payment_outcomes import bank_debits
from marketplace.db import transactional
from marketplace.errors import Conflict, NotAllowed
from marketplace.jobs import enqueue
from marketplace.payments.service import refunds


class QuoteChanged(Conflict):
    """What comes back has changed since it was shown to you. Look again before you cancel."""


class TooLateToCancel(Conflict):
    """The session has begun, so it cannot be cancelled any more."""


class AlreadyEnded(Conflict):
    """This session has ended already."""


class AlreadyDecided(Conflict):
    """This request has been answered already, or has lapsed."""


class NotYourRequest(NotAllowed):
    """Only the coach answers a request."""


def quote_cancellation(actor: User, *, booking_id: uuid.UUID) -> rules.Quote:
    """What cancelling would bring back right now. Raises AlreadyEnded, TooLateToCancel."""
    return quote_for(actor, queries.one(actor, booking_id))


def quote_for(actor: User, booking: Booking) -> rules.Quote:
    """The same for a row at hand."""
    if booking.status not in rules.CLAIMING:
        raise AlreadyEnded
    if booking.frozen_at is not None:
        raise Frozen
    by_coach = booking.coach.user_id == actor.id
    if not by_coach and booking.mentee_id != actor.id:
        raise NotAllowed("Only the two people of a session cancel it.")
    if booking.status != rules.CONFIRMED:
        why = "Nothing was paid yet." if booking.status == rules.HELD else "Nothing was taken from your card yet."
        return rules.Quote(0, 0, why)
    left = booking.price_cents - booking.refunded_cents
    if left == 0:
        return rules.Quote(0, 0, "The mentee's bank has taken the money back already.")
    now = clock.now()
    if not by_coach and not rules.may_cancel_as_mentee(starts_at=booking.starts_at, now=now):
        raise TooLateToCancel
    return rules.quote(
        booking.terms,
        price_cents=left,
        starts_at=booking.starts_at,
        booked_at=booking.created_at,
        now=now,
        by_coach=by_coach,
        at_most_cents=booking.refund_at_most_cents,
    )


@transactional
def cancel(actor: User, *, booking_id: uuid.UUID, expected_refund_cents: int, reason: str = "") -> Booking:
    """Cancel for exactly the refund that was shown; QuoteChanged if it is another by now."""
    together = queries.locked_together(queries.one(actor, booking_id))
    booking = next(b for b in together if b.id == booking_id)
    quote = quote_for(actor, booking)
    if quote.refund_cents != expected_refund_cents:
        raise QuoteChanged(refund_cents=quote.refund_cents, why=quote.why)
    by_coach = booking.coach.user_id == actor.id
    before = booking.status
    if before == rules.REQUESTED and by_coach:
        raise AlreadyDecided("Decline the request instead.")
    # One payment was asked for all of an unpaid series, so it is given back whole.
    ended = [booking] if before == rules.CONFIRMED else [b for b in together if b.status == before]
    for one in ended:
        _end(one, rules.CANCELLED, actor, reason)
        one.sequence += 1
        record(actor.id, "booking.cancelled", one.id, refund_cents=quote.refund_cents, was=before)
    if before == rules.CONFIRMED:
        booking.refunded_cents += quote.refund_cents
        if by_coach:
            nothing_earned(booking)
        if quote.refund_cents and booking.payment is not None:
            refunds.intend_refund(
                booking.payment, cents=quote.refund_cents, reason="cancelled", key=f"cancel:{booking.id}"
            )
        booking_notifications.cancelled(booking, by_coach=by_coach)
    elif before == rules.REQUESTED:
        enqueue("release_authorization", payment_id=str(booking.payment_id))
        booking_notifications.request_withdrawn(booking, ended)
    elif booking.payment_id is not None:
        enqueue("abandon_payment", payment_id=str(booking.payment_id))
        if by_coach and booking.payment is not None and booking.payment.is_settling:
            bank_debits.tell_taken_back(ended)
    freed(booking.coach_id)
    return booking


def _end(booking: Booking, status: str, by: User, reason: str) -> None:
    booking.status = status
    booking.ended_at = clock.now()
    booking.ended_by = by.id
    booking.end_reason = reason or None


def _open_request(coach_user: User, booking_id: uuid.UUID) -> list[Booking]:
    """A request, alone or with the rest of its series, which is one request; the one that was named comes first."""
    together = queries.locked_together(queries.one(coach_user, booking_id))
    booking = next(b for b in together if b.id == booking_id)
    if booking.coach.user_id != coach_user.id:
        raise NotYourRequest
    due = booking.decide_by is not None and booking.decide_by > clock.now()
    if booking.status != rules.REQUESTED or not due or booking.payment is None or booking.payment.capture_wanted_at:
        raise AlreadyDecided
    return [booking, *(b for b in together if b is not booking and b.status == rules.REQUESTED)]


@transactional
def approve(coach_user: User, *, booking_id: uuid.UUID) -> Booking:
    """Accept a request: the money is taken by the worker, and with it the session is confirmed."""
    asked = _open_request(coach_user, booking_id)
    # A request without a payment counts as decided.
    assert asked[0].payment is not None
    asked[0].payment.capture_wanted_at = clock.now()
    for booking in asked:
        record(coach_user.id, "booking.approved", booking.id)
    enqueue("capture_payment", payment_id=str(asked[0].payment_id))
    return asked[0]


@transactional
def decline(coach_user: User, *, booking_id: uuid.UUID, reason: str = "") -> Booking:
    """Refuse a request: the time is free again and nothing is taken."""
    asked = _open_request(coach_user, booking_id)
    for booking in asked:
        _end(booking, rules.DECLINED, coach_user, reason)
        record(coach_user.id, "booking.declined", booking.id)
    enqueue("release_authorization", payment_id=str(asked[0].payment_id))
    booking_notifications.declined(asked[0], asked)
    freed(asked[0].coach_id)
    return asked[0]
