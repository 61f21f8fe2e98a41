"""What is told of a cancellation."""

from marketplace.bookings.calendar_sync import service as calendar_sync
from marketplace.bookings.earnings import rules as earning_rules
from marketplace.bookings.models import Booking
from marketplace.bookings.notifications.delivery import profile_url, tell_both
from marketplace.money import spoken


def cancelled(booking: Booking, *, by_coach: bool) -> None:
    """Both hear who cancelled and what happens to the money; the event leaves their calendars."""
    calendar_sync.remove_session(booking)
    coach_cents, _fee = earning_rules.earned(booking)
    who = booking.coach.user.name if by_coach else booking.mentee.name
    tell_both(
        booking,
        "cancelled",
        "booking_cancelled",
        mentee_subject=f"Cancelled: {booking.title} with {booking.coach.user.name}",
        coach_subject=f"Cancelled: {booking.title} with {booking.mentee.name}",
        method="CANCEL",
        who=who,
        reason=booking.end_reason or "",
        refund=spoken(booking.refunded_cents, booking.currency),
        refunded=booking.refunded_cents > 0,
        coach_share=spoken(coach_cents, booking.currency),
        coach_keeps=coach_cents > 0,
        profile_url=profile_url(booking),
    )
