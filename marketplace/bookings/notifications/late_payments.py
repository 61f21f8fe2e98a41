"""What is told of a payment that came too late."""

from collections.abc import Sequence
from typing import Any

from marketplace import clock
from marketplace.bookings import rules
from marketplace.bookings.models import Booking
from marketplace.bookings.notifications.delivery import profile_url, tell_one
from marketplace.coaches.queries import offering_for_booking
from marketplace.errors import NotFound
from marketplace.scheduling.queries import free_times


def paid_too_late(booking: Booking) -> None:
    """It is refunded, and the next free times are named."""
    tell_one(
        booking,
        booking.mentee,
        "late",
        "booking_paid_too_late",
        given_back=booking.status == rules.CANCELLED,
        nearest=_next_times(booking),
        profile_url=profile_url(booking),
    )


def authorized_too_late(bookings: Sequence[Booking]) -> None:
    """The card was authorised for a time that is gone: nothing is taken, and the next free times are named."""
    first = bookings[0]
    tell_one(
        first,
        first.mentee,
        "authorized-late",
        "booking_authorized_too_late",
        given_up=first.status == rules.CANCELLED,
        nearest=_next_times(first),
        profile_url=profile_url(first),
        together=bookings,
    )


def _next_times(booking: Booking) -> list[Any]:
    """The three free times next to the one that is gone; none if it is not offered any more."""
    try:
        offering = offering_for_booking(booking.offering_id)
    except NotFound:
        return []
    return list(free_times.nearest(offering, max(booking.starts_at, clock.now())))
