"""The mail that asks what a session was."""

from marketplace import config
from marketplace.bookings.models import Booking
from marketplace.bookings.notifications.delivery import tell_one
from marketplace.session_feedback.rules import MENTEE, signature


def ask(booking: Booking, side: str) -> None:
    """With the link to a page that has one button; nothing is said by opening it."""
    settings = config.current()
    signed = signature(booking.id, side, key=settings.secret_key)
    tell_one(
        booking,
        booking.mentee if side == MENTEE else booking.coach.user,
        "feedback",
        "session_feedback",
        feedback_url=f"{settings.public_url}/feedback/{booking.id}/{side}/{signed}",
    )
