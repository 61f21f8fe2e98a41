"""What is told of a session that is rescheduled, and of a proposal."""

from datetime import datetime

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.bookings.calendar_sync import service as calendar_sync
from marketplace.bookings.models import Booking
from marketplace.bookings.notifications.delivery import tell_both, tell_one
from marketplace.bookings.reschedules.models import Reschedule


def rescheduled(booking: Booking, *, was: tuple[datetime, datetime], by: User) -> None:
    """Both get the new time beside the old one, and the invite that moves the event in their calendars."""
    calendar_sync.write_session(booking)
    tell_both(
        booking,
        "moved",
        "rescheduled",
        mentee_subject=f"Moved: {booking.title} with {booking.coach.user.name}",
        coach_subject=f"Moved: {booking.title} with {booking.mentee.name}",
        method="REQUEST",
        was=was,
        who=by.name,
    )


def proposed(booking: Booking, proposal: Reschedule) -> None:
    """The mentee is asked; until the answer nothing changes."""
    zone = booking.mentee.timezone
    tell_one(
        booking,
        booking.mentee,
        f"move-proposed:{proposal.id}",
        "reschedule_proposed",
        f"{booking.coach.user.name} asks to move your session",
        instead=clock.spoken(proposal.starts_at, zone, proposal.ends_at),
        answer_by=min(booking.starts_at, proposal.starts_at),
        reason=proposal.reason,
    )


def withdrawn(booking: Booking, proposal: Reschedule) -> None:
    """The mentee need not answer any more."""
    tell_one(
        booking,
        booking.mentee,
        f"move-withdrawn:{proposal.id}",
        "reschedule_withdrawn",
        f"{booking.coach.user.name} does not ask to move your session any more",
    )


def not_rescheduled(booking: Booking, proposal: Reschedule, *, answered: bool) -> None:
    """The coach hears that the session stays where it is: the mentee said so, or did not answer."""
    zone = booking.coach.timezone
    tell_one(
        booking,
        booking.coach.user,
        f"not-moved:{proposal.id}",
        "reschedule_declined",
        f"{booking.mentee.name}'s session stays where it is",
        instead=clock.spoken(proposal.starts_at, zone, proposal.ends_at),
        answered=answered,
    )
