"""What the two are told of a session's way to another time."""

from datetime import datetime

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.bookings.calendar_sync import service as calendar_sync
from marketplace.bookings.models import Booking, Move
from marketplace.bookings.notifications.bookings import tell_both, tell_one


def moved(booking: Booking, *, was: tuple[datetime, datetime], by: User) -> None:
    """Both get the new time beside the old one, and the invite that moves the event in their calendars."""
    calendar_sync.appears(booking)
    tell_both(
        booking,
        "moved",
        "booking_moved",
        mentee_subject=f"Moved: {booking.title} with {booking.coach.user.name}",
        coach_subject=f"Moved: {booking.title} with {booking.mentee.name}",
        method="REQUEST",
        was=was,
        who=by.name,
    )


def proposed(booking: Booking, move: Move) -> None:
    """The mentee is asked; until she answers nothing changes."""
    zone = booking.mentee.timezone
    tell_one(
        booking,
        booking.mentee,
        f"move-proposed:{move.id}",
        "move_proposed",
        f"{booking.coach.user.name} asks to move your session",
        instead=clock.spoken(move.starts_at, zone, move.ends_at),
        answer_by=min(booking.starts_at, move.starts_at),
        reason=move.reason,
    )


def withdrawn(booking: Booking, move: Move) -> None:
    """The mentee need not answer any more."""
    tell_one(
        booking,
        booking.mentee,
        f"move-withdrawn:{move.id}",
        "move_withdrawn",
        f"{booking.coach.user.name} does not ask to move your session any more",
    )


def not_moved(booking: Booking, move: Move, *, answered: bool) -> None:
    """The coach hears that the session stays where it is: the mentee said so, or said nothing."""
    zone = booking.coach.timezone
    tell_one(
        booking,
        booking.coach.user,
        f"not-moved:{move.id}",
        "move_declined",
        f"{booking.mentee.name}'s session stays where it is",
        instead=clock.spoken(move.starts_at, zone, move.ends_at),
        answered=answered,
    )
