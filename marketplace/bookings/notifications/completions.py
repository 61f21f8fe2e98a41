"""What is told of a session that is over."""

from marketplace.bookings import rules
from marketplace.bookings.models import Booking
from marketplace.bookings.notifications.delivery import tell_one


def completed(booking: Booking) -> None:
    """The session is over; the mentee may say so if it was not."""
    tell_one(
        booking,
        booking.mentee,
        _fact(booking),
        "booking_completed",
        took_place=booking.outcome == rules.TOOK_PLACE,
        window_hours=booking.terms.dispute_window_hours,
    )


def taken_back(booking: Booking) -> None:
    """The coach no longer says that the mentee did not come; told before the session is open again."""
    tell_one(booking, booking.mentee, f"{_fact(booking)}-taken-back", "no_show_taken_back")


def _fact(booking: Booking) -> str:
    """What is said again, after it was taken back, is told again."""
    if booking.outcome == rules.MENTEE_NO_SHOW and booking.ended_at is not None:
        return f"no-show-{int(booking.ended_at.timestamp())}"
    return "completed"
