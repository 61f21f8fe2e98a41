"""What is told of a session to which somebody did not come."""

from datetime import datetime

from marketplace.bookings import rules
from marketplace.bookings.calendar_sync import service as calendar_sync
from marketplace.bookings.models import Booking
from marketplace.bookings.notifications.delivery import tell_both, tell_one
from marketplace.money import spoken


def reported(booking: Booking, *, words: str, answer_by: datetime) -> None:
    """The coach is asked; without an answer everything is refunded."""
    tell_one(
        booking,
        booking.coach.user,
        "no-show-reported",
        "no_show_reported",
        f"{booking.mentee.name} says that you did not come",
        words=words,
        answer_by=answer_by,
    )


def contested(booking: Booking, *, words: str, answer: str, answer_words: str) -> None:
    """Both know what the other says, and that an admin decides."""
    tell_both(
        booking,
        "no-show-contested",
        "no_show_contested",
        mentee_subject=f"An admin decides about your session with {booking.coach.user.name}",
        coach_subject=f"An admin decides about your session with {booking.mentee.name}",
        words=words,
        answer=answer,
        answer_words=answer_words,
        mentee=booking.mentee.name,
        coach=booking.coach.user.name,
    )


def withdrawn(booking: Booking) -> None:
    """The coach need not answer."""
    tell_one(
        booking,
        booking.coach.user,
        "no-show-withdrawn",
        "no_show_withdrawn",
        f"{booking.mentee.name} has withdrawn the report that you did not come",
    )


def settled(booking: Booking, *, status: str, why: str, by_admin: bool) -> None:
    """Both hear how it ended and what becomes of the money; a session that did not happen leaves their calendars."""
    if booking.status == rules.CANCELLED:
        calendar_sync.remove_session(booking)
    tell_both(
        booking,
        "no-show-settled",
        "no_show_settled",
        mentee_subject=f"Settled: {booking.title} with {booking.coach.user.name}",
        coach_subject=f"Settled: {booking.title} with {booking.mentee.name}",
        method="CANCEL" if booking.status == rules.CANCELLED else None,
        status=status,
        why=why,
        by_admin=by_admin,
        refund=spoken(booking.refunded_cents, booking.currency),
        kept=spoken(booking.price_cents - booking.refunded_cents, booking.currency),
        coach=booking.coach.user.name,
    )
