"""The overruns of a session, and what its reader may do about them."""

from collections.abc import Sequence
from dataclasses import dataclass

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.bookings.models import Booking
from marketplace.bookings.overruns import queries, rules, service
from marketplace.bookings.overruns.models import Overrun
from marketplace.pages.wording import COACH, MENTEE, Reader


@dataclass(frozen=True)
class OverrunPart:
    """The proposals with their state, the latest first; with `usual_cents` one may be proposed, of 15 minutes."""

    overruns: Sequence[Overrun]
    usual_cents: int | None
    is_coach: bool
    is_mentee: bool

    @classmethod
    def of(cls, person: User, booking: Booking, reader: Reader) -> "OverrunPart | None":
        """None before the session has begun."""
        if booking.starts_at > clock.now():
            return None
        found = queries.of_session(person, booking.id)
        free = reader.side == COACH and service.may_propose(booking)
        free = free and not any(each.status in rules.LIVE for each in found)
        usual = service.most_cents(booking, 15) if free else None
        if not found and usual is None:
            return None
        return cls(found, usual, reader.side == COACH, reader.side == MENTEE)

    def is_open(self, overrun: Overrun) -> bool:
        """Does it wait for an answer, or for the money?"""
        return overrun.status in rules.OPEN

    def said(self, overrun: Overrun) -> str:
        """Its state in words."""
        return str(rules.STATUS_NAMES[overrun.status])
