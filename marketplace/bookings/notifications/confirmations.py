"""What is told of a session, or of a series, that is confirmed."""

from collections.abc import Sequence

from marketplace.bookings.calendar_sync import service as calendar_sync
from marketplace.bookings.models import Booking
from marketplace.bookings.notifications.delivery import tell_both


def confirmed(bookings: Sequence[Booking]) -> None:
    """Both get all of it in one mail, in their own zone, and the invite: of a series, a file with every session."""
    for booking in bookings:
        calendar_sync.write_session(booking)
    first = bookings[0]
    tell_both(
        first,
        "confirmed",
        "booking_confirmed",
        method="REQUEST" if len(bookings) == 1 else "PUBLISH",
        together=bookings,
        terms=first.terms,
    )
