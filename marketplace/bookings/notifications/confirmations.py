"""What is told of a session that is confirmed."""

from marketplace.bookings.calendar_sync import service as calendar_sync
from marketplace.bookings.models import Booking
from marketplace.bookings.notifications.delivery import tell_both


def confirmed(booking: Booking) -> None:
    """Both get the session in their own zone, and the invite."""
    calendar_sync.write_session(booking)
    tell_both(
        booking,
        "confirmed",
        "booking_confirmed",
        mentee_subject=f"Booked: {booking.title} with {booking.coach.user.name}",
        coach_subject=f"{booking.mentee.name} booked {booking.title}",
        method="REQUEST",
        policy=booking.terms.sentences(),
        by_approval=booking.by_approval,
    )
