"""The states of an overrun, when one may be proposed, and what it may cost at most. Pure."""

from datetime import datetime, timedelta

from marketplace.bookings.rules import COMPLETED, CONFIRMED, MENTEE_NO_SHOW
from marketplace.languages import lazy_gettext as _l
from marketplace.states import StateMachine

PROPOSED, ACCEPTED, PAID, DECLINED, WITHDRAWN, LAPSED = (
    "proposed",
    "accepted",
    "paid",
    "declined",
    "withdrawn",
    "lapsed",
)
# Once it was accepted its page is open: only what became of the payment ends it.
OVERRUN_STATES = StateMachine(
    "overrun",
    frozenset({PROPOSED}),
    {
        PROPOSED: frozenset({ACCEPTED, DECLINED, WITHDRAWN, LAPSED}),
        ACCEPTED: frozenset({PAID, LAPSED}),
        PAID: frozenset(),
        DECLINED: frozenset(),
        WITHDRAWN: frozenset(),
        LAPSED: frozenset(),
    },
)
# A session has one of these at most.
LIVE = frozenset({PROPOSED, ACCEPTED, PAID})
# It waits for an answer, or for the money.
OPEN = frozenset({PROPOSED, ACCEPTED})
# It has a payment.
WITH_PAYMENT = frozenset({ACCEPTED, PAID})
# Its minutes are the coach's gift.
UNPAID = frozenset({DECLINED, LAPSED})
STATUS_NAMES = {
    PROPOSED: _l("Waits for an answer"),
    ACCEPTED: _l("Accepted, being paid for"),
    PAID: _l("Paid"),
    DECLINED: _l("Declined"),
    WITHDRAWN: _l("Withdrawn"),
    LAPSED: _l("Over"),
}
LEAST_MINUTES, MOST_MINUTES = 5, 120
PROPOSED_UNTIL = timedelta(hours=1)
STANDS_FOR = timedelta(hours=72)
# A page to pay on is open for a day at most.
PAYABLE_FOR = timedelta(hours=23)


def may_propose(
    *, status: str, outcome: str | None, frozen: bool, starts_at: datetime, ends_at: datetime, now: datetime
) -> bool:
    """May the coach propose one: in the session or until an hour after it, unless nobody came or that is contested?"""
    agreed = status in {CONFIRMED, COMPLETED} and outcome != MENTEE_NO_SHOW
    return agreed and not frozen and starts_at <= now <= ends_at + PROPOSED_UNTIL


def most_cents(minutes: int, *, price_cents: int, session_minutes: int) -> int:
    """What so many minutes cost at the session's own rate, rounded down: more may not be asked."""
    return price_cents * minutes // session_minutes


def payable_until(*, lapses_at: datetime, now: datetime) -> datetime:
    """Until when the page to pay on is open that is opened now."""
    return min(lapses_at, now + PAYABLE_FOR)
