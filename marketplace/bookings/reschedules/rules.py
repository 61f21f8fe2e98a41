"""The states of a reschedule; until when and how often a session may be rescheduled. Pure."""

from datetime import datetime, timedelta

from marketplace.bookings.rules import CONFIRMED
from marketplace.policies.rules import Terms
from marketplace.states import StateMachine

PROPOSED, ACCEPTED, DECLINED = "proposed", "accepted", "declined"
WITHDRAWN, LAPSED, DONE = "withdrawn", "lapsed", "done"

STATES = StateMachine(
    "reschedule",
    # A coach proposes; a mentee need not ask anybody.
    frozenset({PROPOSED, DONE}),
    {
        PROPOSED: frozenset({ACCEPTED, DECLINED, WITHDRAWN, LAPSED}),
        ACCEPTED: frozenset(),
        DECLINED: frozenset(),
        WITHDRAWN: frozenset(),
        LAPSED: frozenset(),
        DONE: frozenset(),
    },
)

# The session went to the other time.
MOVED = frozenset({ACCEPTED, DONE})


def is_too_late_to_reschedule(terms: Terms, *, starts_at: datetime, now: datetime) -> bool:
    """Is there no time left for somebody else to take the hour? Then a mentee does not reschedule any more."""
    return starts_at - now < timedelta(hours=terms.reschedule_hours)


def reschedules_left(terms: Terms, done: int) -> int:
    """How often a mentee who has rescheduled a session `done` times may still do so."""
    return max(0, terms.reschedules - done)


def is_open_proposal(status: str, *, answer_by: datetime, booking_status: str, now: datetime) -> bool:
    """May a proposal still be answered?"""
    return status == PROPOSED and booking_status == CONFIRMED and now < answer_by
