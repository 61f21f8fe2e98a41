"""Commands: what a cancellation would refund, and the cancellation."""

import uuid
from collections.abc import Sequence

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.bookings import queries
from marketplace.bookings.approvals.service import AlreadyDecided
from marketplace.bookings.cancellations import rules
from marketplace.bookings.contested_sessions.service import SessionFrozen
from marketplace.bookings.holds.expiry import notify_waitlist
from marketplace.bookings.models import Booking
from marketplace.bookings.notifications import bank_debits as bank_debit_notifications
from marketplace.bookings.notifications import cancellations as cancellation_notifications
from marketplace.bookings.notifications import requests as request_notifications
from marketplace.bookings.rules import CANCELLED, CLAIMING, CONFIRMED, HELD, REQUESTED
from marketplace.bookings.transitions import transition
from marketplace.db import transactional
from marketplace.errors import Conflict, NotAllowed
from marketplace.languages import gettext as _
from marketplace.payments import queries as payment_queries
from marketplace.payments.refund_reasons import rules as refund_reasons
from marketplace.payments.service import authorizations, refunds
from marketplace.payments.service.payment_jobs import enqueue_payment


class QuoteChanged(Conflict):
    """The refund has changed since it was shown to you. Check it before you cancel."""


class CaptureUnderWay(Conflict):
    """Your request was accepted, and the payment is being taken at this moment. Try again in a minute."""


class TooLateToCancel(Conflict):
    """The session has begun, so it cannot be cancelled any more."""


class AlreadyEnded(Conflict):
    """This session has ended already."""


def quote_cancellation(actor: User, *, booking_id: uuid.UUID) -> rules.RefundQuote:
    """What a cancellation would refund right now.

    Raises AlreadyEnded, SessionFrozen, TooLateToCancel; NotAllowed for who is neither coach nor mentee.
    """
    return quote_for(actor, queries.one(actor, booking_id))


def quote_for(actor: User, booking: Booking) -> rules.RefundQuote:
    """What `quote_cancellation` answers, for a booking that is loaded already."""
    if booking.status not in CLAIMING:
        raise AlreadyEnded
    if booking.frozen_at is not None:
        raise SessionFrozen
    by_coach = booking.coach.user_id == actor.id
    if not by_coach and booking.mentee_id != actor.id:
        raise NotAllowed(_("Only the mentee and the coach of a session cancel it."))
    if booking.status == HELD:
        return rules.RefundQuote(0, 0, _("Nothing was paid yet."))
    if booking.status == REQUESTED and not is_being_captured(booking):
        return rules.RefundQuote(0, 0, "Nothing was taken from your card yet.")
    left_cents = booking.price_cents - booking.refunded_cents
    if left_cents == 0 and booking.price_cents > 0:
        return rules.RefundQuote(0, 0, _("The mentee's bank has taken the money back already."))
    now = clock.now()
    if not by_coach and not rules.may_cancel_as_mentee(starts_at=booking.starts_at, now=now):
        raise TooLateToCancel
    if booking.is_free:
        return rules.RefundQuote(0, 0, _("This session was given, so there is nothing to refund."))
    return rules.quote(
        booking.terms,
        price_cents=left_cents,
        starts_at=booking.starts_at,
        booked_at=booking.created_at,
        now=now,
        by_coach=by_coach,
        at_most_cents=booking.refund_at_most_cents,
    )


def is_being_captured(booking: Booking) -> bool:
    """Is the money of an approved request being taken, so that cancelling refunds what the terms say?"""
    return booking.payment is not None and booking.payment.capture_begun_at is not None


@transactional
def cancel(actor: User, *, booking_id: uuid.UUID, expected_refund_cents: int, reason: str = "") -> Booking:
    """Cancel a booking for the refund that was shown; QuoteChanged if it is another by now.

    An unpaid series ends as a whole. A request that was approved is cancelled before its money is taken, and nothing
    is taken; or CaptureUnderWay. Raises AlreadyDecided where a coach should decline a request instead, and what
    `quote_cancellation` raises.
    """
    series = queries.locked_with_series(queries.one(actor, booking_id))
    booking = next(b for b in series if b.id == booking_id)
    if booking.status == REQUESTED and booking.payment_id is not None:
        # As whoever captures it has left it, and nobody begins to from here on.
        payment_queries.locked(booking.payment_id)
    quote = quote_for(actor, booking)
    if quote.refund_cents != expected_refund_cents:
        raise QuoteChanged(refund_cents=quote.refund_cents, why=quote.why)
    by_coach = booking.coach.user_id == actor.id
    was = booking.status
    if was == REQUESTED:
        _withdraw_request(booking, by_coach=by_coach)
    # One payment was asked for all of an unpaid series, so it ends as a whole.
    ended = [booking] if was == CONFIRMED else [b for b in series if b.status == was]
    for each in ended:
        transition(each, CANCELLED, by=actor.id, reason=reason or None, refund_cents=quote.refund_cents, was=was)
    if was == CONFIRMED:
        _refund(booking, quote.refund_cents, by_coach=by_coach)
    elif was == REQUESTED:
        enqueue_payment("release_authorization", booking.payment_id)
        request_notifications.withdrawn(booking, ended)
    elif booking.payment_id is not None:
        _abandon_payment(booking, ended, by_coach=by_coach)
    notify_waitlist(booking.coach_id)
    return booking


def _withdraw_request(booking: Booking, *, by_coach: bool) -> None:
    """Have the money of a request not taken, whether it was approved or not; refuse where that is too late."""
    # A request has an authorised card.
    assert booking.payment is not None
    approved = booking.payment.capture_wanted_at is not None
    if by_coach and not approved:
        raise AlreadyDecided(_("Decline the request instead."))
    if by_coach or not authorizations.withdraw_capture(booking.payment.id):
        raise CaptureUnderWay


def _refund(booking: Booking, cents: int, *, by_coach: bool) -> None:
    booking.refunded_cents += cents
    if by_coach:
        booking.forget_goodwill()
    if cents and booking.payment is not None:
        refunds.intend_refund(booking.payment, cents=cents, reason=refund_reasons.CANCELLED, key=f"cancel:{booking.id}")
    cancellation_notifications.cancelled(booking, by_coach=by_coach)


def _abandon_payment(booking: Booking, ended: Sequence[Booking], *, by_coach: bool) -> None:
    enqueue_payment("abandon_payment", booking.payment_id)
    if by_coach and booking.payment is not None and booking.payment.is_settling:
        bank_debit_notifications.cancelled_by_coach(ended)
