"""Who may report a no-show and when, the states of a report, and who decides. Pure."""

from datetime import datetime, timedelta

from marketplace.bookings.completions.rules import waiting_time
from marketplace.bookings.rules import AGREED, MENTEE_NO_SHOW, TOOK_PLACE
from marketplace.states import StateMachine

OPEN, CONTESTED = "open", "contested"
UPHELD, REJECTED, SPLIT, WITHDRAWN = "upheld", "rejected", "split", "withdrawn"

# Where the coach has said how it was before the mentee reports, the report is contested from the first.
STATES = StateMachine(
    "attendance report",
    frozenset({OPEN, CONTESTED}),
    {
        OPEN: frozenset({CONTESTED, UPHELD, WITHDRAWN}),
        CONTESTED: frozenset({UPHELD, REJECTED, SPLIT, WITHDRAWN}),
        UPHELD: frozenset(),
        REJECTED: frozenset(),
        SPLIT: frozenset(),
        WITHDRAWN: frozenset(),
    },
)

# Something may still become of it.
UNSETTLED = frozenset(STATES.states) - STATES.final

COACH_NO_SHOW = "coach_no_show"
ANSWERS = (TOOK_PLACE, MENTEE_NO_SHOW, COACH_NO_SHOW)
# What an admin decides: everything is refunded, all of it is the coach's, or part of it is refunded.
REFUND, PAY, SHARE = "refund", "pay", "split"
VERDICTS = {REFUND: UPHELD, PAY: REJECTED, SHARE: SPLIT}

REPORTABLE_FOR = timedelta(hours=24)
ANSWERABLE_FOR = timedelta(hours=24)


def reportable(*, starts_at: datetime, ends_at: datetime) -> tuple[datetime, datetime]:
    """The instants from which and before which a session is reported: the end of the waiting time, a day after it."""
    return starts_at + waiting_time(ends_at - starts_at), ends_at + REPORTABLE_FOR


def may_report(*, status: str, starts_at: datetime, ends_at: datetime, released: bool, now: datetime) -> bool:
    """May a mentee report now that the coach did not come? Not once the earning is released to the coach."""
    first, last = reportable(starts_at=starts_at, ends_at=ends_at)
    return status in AGREED and not released and first <= now < last


def is_unsettled(status: str) -> bool:
    """May something still become of a report in this state?"""
    return status in UNSETTLED
