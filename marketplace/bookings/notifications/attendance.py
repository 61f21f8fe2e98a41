"""What is told of a session to which somebody did not come."""

from datetime import datetime

from marketplace.bookings import rules
from marketplace.bookings.calendar_sync import service as calendar_sync
from marketplace.bookings.models import Booking
from marketplace.bookings.notifications.delivery import tell_both, tell_one


def reported(booking: Booking, *, words: str, answer_by: datetime) -> None:
    """The coach is asked; without an answer everything is refunded."""
    tell_one(
        booking,
        booking.coach.user,
        "no-show-reported",
        "no_show_reported",
        words=words,
        answer_by=answer_by,
    )


def contested(booking: Booking, *, words: str, answer: str, answer_words: str) -> None:
    """Both know what the other says, and that an admin decides."""
    tell_both(
        booking,
        "no-show-contested",
        "no_show_contested",
        words=words,
        answer=answer,
        answer_words=answer_words,
        mentee=booking.mentee.name,
        coach=booking.coach.user.name,
    )


def withdrawn(booking: Booking) -> None:
    """The coach need not answer."""
    tell_one(booking, booking.coach.user, "no-show-withdrawn", "no_show_withdrawn")


def settled(booking: Booking, *, status: str, why: str, by_admin: bool) -> None:
    """Both hear how it ended and what becomes of the money; a session that did not happen leaves their calendars."""
    if booking.status == rules.CANCELLED:
        calendar_sync.remove_session(booking)
    tell_both(
        booking,
        "no-show-settled",
        "no_show_settled",
        method="CANCEL" if booking.status == rules.CANCELLED else None,
        status=status,
        why=why,
        by_admin=by_admin,
        refund_cents=booking.refunded_cents,
        kept_cents=booking.price_cents - booking.refunded_cents,
        coach=booking.coach.user.name,
    )
