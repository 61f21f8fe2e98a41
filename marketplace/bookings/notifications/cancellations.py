"""What is told of a cancellation."""

from marketplace.bookings.calendar_sync import service as calendar_sync
from marketplace.bookings.earnings import rules as earning_rules
from marketplace.bookings.models import Booking
from marketplace.bookings.notifications.delivery import profile_url, tell_both


def cancelled(booking: Booking, *, by_coach: bool) -> None:
    """Both hear who cancelled and what happens to the money; the event leaves their calendars."""
    calendar_sync.remove_session(booking)
    coach_cents, _fee = earning_rules.earned(booking)
    tell_both(
        booking,
        "cancelled",
        "booking_cancelled",
        method="CANCEL",
        by=booking.coach.user if by_coach else booking.mentee,
        reason=booking.end_reason or "",
        refund_cents=booking.refunded_cents,
        coach_cents=coach_cents,
        profile_url=profile_url(booking),
    )
