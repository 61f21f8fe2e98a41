"""A session credit's states, how long it can be used, when its mentee is reminded. Pure."""

from datetime import datetime, timedelta

from marketplace.languages import LazyText
from marketplace.languages import lazy_gettext as _l
from marketplace.payments.refund_reasons.rules import CANCELLED, COACH_LEFT, NOT_SCHEDULED, PARTLY_REFUNDED
from marketplace.states import StateMachine

UNPAID, OPEN, USED = "unpaid", "open", "used"
LAPSED, REFUNDED, LOST = "lapsed", "refunded", "lost"

STATES = StateMachine(
    "session credit",
    frozenset({UNPAID}),
    {
        UNPAID: frozenset({OPEN, LAPSED}),
        OPEN: frozenset({USED, REFUNDED, LOST}),
        # The session has the payment from here on, with its rules of cancelling.
        USED: frozenset(),
        LAPSED: frozenset(),
        REFUNDED: frozenset(),
        # An appeal took the bank's decision back.
        LOST: frozenset({OPEN}),
    },
)
# Nothing was bought, or it was given back: what is paid for it all the same is refunded.
CALLED_OFF = frozenset({LAPSED, REFUNDED})
# Nothing was ever paid for it.
NEVER_PAID = frozenset({UNPAID, LAPSED})
# It is a full session of the two though none has it, as a booking would be: an appeal may give it back.
FULL_SESSION = frozenset({UNPAID, OPEN, LOST})
# All of its money has gone back.
GONE = frozenset({REFUNDED, LOST})
# The money of a payment is the credit's own while no session has it.
WITHOUT_SESSION = frozenset(STATES.states) - {USED}
STATUS_NAMES = {
    UNPAID: _l("Waits for payment"),
    OPEN: _l("To be scheduled"),
    USED: _l("Scheduled"),
    LAPSED: _l("Not paid in time"),
    REFUNDED: _l("Refunded"),
    LOST: _l("Taken back by the bank"),
}

# Why one ended, as `end_reason` and the audit trail keep it: nobody paid, or why it is refunded.
NOT_PAID = "not_paid"
END_REASONS = (NOT_PAID, NOT_SCHEDULED, COACH_LEFT, PARTLY_REFUNDED, CANCELLED)

USABLE_FOR = timedelta(days=60)
REMIND_BEFORE = (timedelta(days=30), timedelta(days=10), timedelta(days=2))


def expires_at(paid_at: datetime) -> datetime:
    """Until when a session has to be scheduled."""
    return paid_at + USABLE_FOR


def reminders_due(expires_at: datetime, now: datetime) -> int:
    """How many of the reminders are due by now."""
    return sum(now >= expires_at - before for before in REMIND_BEFORE)


def may_schedule(status: str, *, expires_at: datetime | None, disputed: bool, now: datetime) -> bool:
    """Can a session be scheduled with it? Not while a bank asks for its money back."""
    return status == OPEN and not disputed and expires_at is not None and now < expires_at


def cancelling_refused(status: str, *, expires_at: datetime | None, disputed: bool, now: datetime) -> LazyText | None:
    """Why it cannot be cancelled for a full refund now; None where it can: as long as a session can be scheduled."""
    if status == OPEN and disputed:
        return _l("The bank asks for this money back. Until it has decided, nothing can be cancelled.")
    if may_schedule(status, expires_at=expires_at, disputed=disputed, now=now):
        return None
    if status == USED:
        return _l("A session is scheduled with it. Cancel the session: its rules say what is refunded.")
    if status in NEVER_PAID:
        return _l("Nothing is paid for it, so there is nothing to refund.")
    return _l("Its time is over: all of it is refunded, or was taken back by the bank, already.")


def refund_reason(*, coach_there: bool, expires_at: datetime, now: datetime) -> str | None:
    """Why an open credit is refunded now; None where it is kept."""
    if not coach_there:
        return COACH_LEFT
    return NOT_SCHEDULED if expires_at <= now else None
