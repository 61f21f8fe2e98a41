"""What the page of a session says about other times, and about the series it belongs to."""

from dataclasses import dataclass
from datetime import datetime

from marketplace.accounts.models import User
from marketplace.bookings import queries, rules
from marketplace.bookings.models import Booking, Move
from marketplace.bookings.reschedules import queries as reschedule_queries
from marketplace.bookings.reschedules import service as reschedules
from marketplace.errors import Conflict
from marketplace.pages.wording import ADMIN, Reader


@dataclass(frozen=True)
class Moving:
    """May the reader move it, or propose to; what is proposed, and until when it may be answered.

    `together`: how many sessions an open request or hold is about, `together_cents` what they cost in all.
    """

    may: bool = False
    proposal: Move | None = None
    answer_by: datetime | None = None
    together: int = 1
    together_cents: int = 0

    @classmethod
    def of(cls, person: User, booking: Booking, reader: Reader) -> "Moving":
        """As one of the two, or an admin who looks on, may know it."""
        unpaid = booking.status in {rules.HELD, rules.REQUESTED}
        series = queries.series_of(person, booking.series_id) if booking.series_id and unpaid else [booking]
        alike = [each for each in series if each.status == booking.status]
        proposal = reschedule_queries.open_proposal(booking) if booking.status == rules.CONFIRMED else None
        return cls(
            may=reader.side != ADMIN and _may(person, booking),
            proposal=proposal,
            answer_by=min(booking.starts_at, proposal.starts_at) if proposal is not None else None,
            together=len(alike),
            together_cents=sum(each.price_cents for each in alike),
        )


def _may(person: User, booking: Booking) -> bool:
    try:
        reschedules.may_move(person, booking)
    except Conflict:
        return False
    return True
