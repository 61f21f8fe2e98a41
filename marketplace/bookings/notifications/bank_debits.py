"""What the mentee is told of a bank debit. The coach hears of the session once it is paid."""

from collections.abc import Sequence
from datetime import datetime

from marketplace.bookings.models import Booking
from marketplace.bookings.notifications.delivery import profile_url, tell_one
from marketplace.languages import LazyText


def kept(bookings: Sequence[Booking], until: datetime) -> None:
    """The mentee has done everything; the bank is sending the money."""
    _tell("kept", bookings, until=until)


def too_slow(bookings: Sequence[Booking]) -> None:
    """The debit has not arrived, and the time could be kept no longer."""
    _tell("too_slow", bookings)


def failed(bookings: Sequence[Booking], why: LazyText | str) -> None:
    """The bank sent no money."""
    _tell("failed", bookings, why=why)


def cancelled_by_coach(bookings: Sequence[Booking]) -> None:
    """The coach cancelled while the debit was under way."""
    _tell("taken_back", bookings)


def _tell(step: str, bookings: Sequence[Booking], *, until: datetime | None = None, why: LazyText | str = "") -> None:
    first = bookings[0]
    tell_one(
        first,
        first.mentee,
        f"debit-{step}",
        "debit",
        together=bookings,
        step=step,
        until=until,
        why=why,
        profile_url=profile_url(first),
    )
