"""Refunds for a no-show, inside a command that has locked the booking and decided who may."""

import uuid

from marketplace.bookings import rules
from marketplace.bookings.contested_sessions.service import unfreeze
from marketplace.bookings.models import Booking
from marketplace.bookings.transitions import transition
from marketplace.payments.refund_reasons import rules as refund_reasons
from marketplace.payments.service import refunds


def cancel_for_no_show(booking: Booking, *, by: uuid.UUID | None) -> None:
    """The coach did not come: the session is cancelled in the coach's name and refunded in full."""
    transition(
        booking,
        rules.CANCELLED,
        by=by,
        ended_by=booking.coach.user_id,
        reason=rules.COACH_NO_SHOW,
        action="coach_no_show",
        refund_cents=booking.price_cents,
    )
    booking.forget_goodwill()
    refund(booking, cents=booking.price_cents)


def refund(booking: Booking, *, cents: int) -> None:
    """Refund so much of the price, unless a bank has taken it back; the rest is the coach's, less our fee on it."""
    refunded = min(cents, booking.price_cents - booking.refunded_cents)
    booking.refunded_cents += refunded
    if refunded and booking.payment is not None:
        refunds.intend_refund(
            booking.payment, cents=refunded, reason=refund_reasons.NO_SHOW, key=f"no-show:{booking.id}"
        )
    unfreeze(booking)
