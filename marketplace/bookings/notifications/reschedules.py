"""What is told of a session that is rescheduled, and of a proposal."""

from datetime import datetime

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
        method="REQUEST",
        was=was,
        by=by,
    )


def proposed(booking: Booking, proposal: Reschedule) -> None:
    """The mentee is asked; until the answer nothing changes."""
    tell_one(
        booking,
        booking.mentee,
        f"move-proposed:{proposal.id}",
        "reschedule_proposed",
        instead=(proposal.starts_at, proposal.ends_at),
        answer_by=min(booking.starts_at, proposal.starts_at),
        reason=proposal.reason,
    )


def withdrawn(booking: Booking, proposal: Reschedule) -> None:
    """The mentee need not answer any more."""
    tell_one(booking, booking.mentee, f"move-withdrawn:{proposal.id}", "reschedule_withdrawn")


def not_rescheduled(booking: Booking, proposal: Reschedule, *, answered: bool) -> None:
    """The coach hears that the session stays where it is: the mentee said so, or did not answer."""
    tell_one(
        booking,
        booking.coach.user,
        f"not-moved:{proposal.id}",
        "reschedule_declined",
        instead=(proposal.starts_at, proposal.ends_at),
        answered=answered,
    )
