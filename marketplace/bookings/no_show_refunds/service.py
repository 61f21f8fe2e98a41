"""What becomes of a session whose two do not agree on what happened. For commands that have decided who may say so."""

import uuid

from marketplace import clock
from marketplace.audit.service import record
from marketplace.bookings import rules
from marketplace.bookings.models import Booking
from marketplace.payments.service import refunds


def freeze(booking: Booking) -> None:
    """Let it neither end by itself nor pay anybody."""
    booking.frozen_at = clock.now()


def unfreeze(booking: Booking) -> None:
    """Let it go its way again."""
    booking.frozen_at = None


def end_without_coach(booking: Booking, *, by: uuid.UUID | None) -> None:
    """The coach did not come: the session is cancelled in her name, and everything goes back."""
    booking.status = rules.CANCELLED
    booking.outcome = None
    booking.ended_at = clock.now()
    booking.ended_by = booking.coach.user_id
    booking.end_reason = rules.COACH_NO_SHOW
    booking.sequence += 1
    nothing_earned(booking)
    give_back(booking, cents=booking.price_cents)
    record(by, "booking.coach_no_show", booking.id, refund_cents=booking.price_cents)


def nothing_earned(booking: Booking) -> None:
    """Everything goes back because of the coach: nothing that one side gave alone is made up for."""
    booking.platform_paid_cents = booking.coach_paid_cents = 0


def give_back(booking: Booking, *, cents: int) -> None:
    """So much of the price goes back, unless a bank has taken it back; the rest is the coach's, less our fee on it."""
    back = min(cents, booking.price_cents - booking.refunded_cents)
    booking.refunded_cents += back
    if back and booking.payment is not None:
        refunds.intend_refund(booking.payment, cents=back, reason="no-show", key=f"no-show:{booking.id}")
    unfreeze(booking)
