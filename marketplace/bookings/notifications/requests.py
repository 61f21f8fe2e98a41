"""What is told of a request and of its answer."""

from collections.abc import Sequence

from marketplace.bookings import rules
from marketplace.bookings.models import Booking
from marketplace.bookings.notifications.delivery import profile_url, tell_both, tell_one


def requested(booking: Booking, together: Sequence[Booking]) -> None:
    """The coach is asked, the mentee knows what happens to the money."""
    tell_both(
        booking,
        "requested",
        "booking_requested",
        decide_by=booking.decide_by,
        together=together,
    )


def declined(booking: Booking, together: Sequence[Booking]) -> None:
    """Nothing was taken."""
    tell_one(
        booking,
        booking.mentee,
        "declined",
        "booking_declined",
        reason=booking.end_reason or "",
        profile_url=profile_url(booking),
        together=together,
    )


def lapsed(booking: Booking, together: Sequence[Booking]) -> None:
    """It was not answered, or accepted and the card could not be charged."""
    tell_both(
        booking,
        "lapsed",
        "booking_lapsed",
        card_gone=booking.end_reason == rules.AUTHORISATION_GONE,
        not_captured=booking.end_reason == rules.NOT_CAPTURED,
        profile_url=profile_url(booking),
        together=together,
    )


def withdrawn(booking: Booking, together: Sequence[Booking]) -> None:
    """The mentee withdrew it before the coach answered."""
    tell_one(booking, booking.coach.user, "withdrawn", "booking_withdrawn", together=together)
