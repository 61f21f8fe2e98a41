"""The states of a booking, and what they mean. Pure."""

from collections.abc import Iterable
from datetime import datetime

from marketplace.scheduling.rules import claims
from marketplace.states import StateMachine

HELD, REQUESTED, CONFIRMED = "held", "requested", "confirmed"
COMPLETED, CANCELLED, EXPIRED, DECLINED = "completed", "cancelled", "expired", "declined"
TOOK_PLACE, MENTEE_NO_SHOW = "took_place", "mentee_no_show"
OUTCOMES = (TOOK_PLACE, MENTEE_NO_SHOW)
COACH_NO_SHOW = "coach_no_show"


STATES = StateMachine(
    "booking",
    frozenset({HELD}),
    {
        HELD: frozenset({REQUESTED, CONFIRMED, CANCELLED, EXPIRED}),
        REQUESTED: frozenset({CONFIRMED, CANCELLED, EXPIRED, DECLINED}),
        CONFIRMED: frozenset({COMPLETED, CANCELLED}),
        # The coach did not come, and that was found out later.
        # A coach takes back, for a few minutes, that the mentee did not come.
        COMPLETED: frozenset({CANCELLED, CONFIRMED}),
        CANCELLED: frozenset(),
        # Money that comes, or is under way, after the hold lapsed claims the time again if it is still free.
        EXPIRED: frozenset({HELD, REQUESTED, CONFIRMED}),
        DECLINED: frozenset(),
    },
)

# The coach's time is taken: the exclusion constraint compares these.
CLAIMING = claims.CLAIMING
# It counts against the coach's limits, and nobody else is offered its time.
COUNTED = claims.COUNTED
# The time is the mentee's once the money is there.
UNCONFIRMED = CLAIMING - {CONFIRMED}
# Money for it may still come, or has come too late.
UNPAID = frozenset({HELD, EXPIRED})
# It is agreed, or it was held.
AGREED = frozenset({CONFIRMED, COMPLETED})
# Money is reserved or paid for it and it was not called off: it stands in calendars and uses its coupon up.
BOOKED = frozenset({REQUESTED, CONFIRMED, COMPLETED})
# Whatever was kept of its price is the coach's, less the fee; once it is over it may be released.
EARNING = frozenset({CONFIRMED, COMPLETED, CANCELLED})
RELEASABLE = EARNING - CLAIMING
# The session will not take place.
CALLED_OFF = frozenset({CANCELLED, EXPIRED, DECLINED})

# Why a booking expired: a code, as `end_reason` and the audit trail keep it.
NOT_PAID = "not_paid"
NOT_ANSWERED = "not_answered"
NOT_CAPTURED = "not_captured"
AUTHORISATION_GONE = "authorisation_gone"
# The coach answered in time, and the money could not be taken.
CARD_FAILED = frozenset({NOT_CAPTURED, AUTHORISATION_GONE})
DEBIT_FAILED = "debit_failed"
# Those that the site gives; every other `end_reason` is what a person wrote.
END_REASONS = (COACH_NO_SHOW, NOT_PAID, NOT_ANSWERED, NOT_CAPTURED, AUTHORISATION_GONE, DEBIT_FAILED)


def overlaps_any(starts_at: datetime, ends_at: datetime, busy: Iterable[tuple[datetime, datetime]]) -> bool:
    """Whether [starts_at, ends_at) has an instant in common with any of these."""
    return any(starts_at < ends and ends_at > begins for begins, ends in busy)
