"""What is told of a session that is over."""

from marketplace.bookings import rules
from marketplace.bookings.models import Booking
from marketplace.bookings.notifications.delivery import tell_one


def completed(booking: Booking) -> None:
    """The session is over; the mentee may say so if it was not."""
    tell_one(
        booking,
        booking.mentee,
        "completed",
        "booking_completed",
        took_place=booking.outcome == rules.TOOK_PLACE,
        window_hours=booking.terms.dispute_window_hours,
    )
