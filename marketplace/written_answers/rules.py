"""The states of a written answer, its deadlines, and who may ask, report and decide. Pure."""

from datetime import datetime, timedelta

from marketplace.bookings.approvals.rules import CAPTURE_MARGIN, CAPTURE_PATIENCE
from marketplace.languages import lazy_gettext as _l
from marketplace.states import StateMachine

UNPAID, ORDERED, SUBMITTED, DELIVERED = "unpaid", "ordered", "submitted", "delivered"
EXPIRED, LATE, CANCELLED, UNCAPTURED, REFUNDED = "expired", "late", "cancelled", "uncaptured", "refunded"

STATES = StateMachine(
    "written answer",
    frozenset({UNPAID}),
    {
        UNPAID: frozenset({ORDERED, EXPIRED}),
        # What is authorised is captured once the coach has submitted the answer, and only then is it delivered.
        ORDERED: frozenset({SUBMITTED, LATE, CANCELLED}),
        SUBMITTED: frozenset({DELIVERED, UNCAPTURED}),
        # What was taken after it was given up pays for the answer that is there.
        UNCAPTURED: frozenset({DELIVERED}),
        DELIVERED: frozenset({REFUNDED}),
        EXPIRED: frozenset(),
        LATE: frozenset(),
        CANCELLED: frozenset(),
        REFUNDED: frozenset(),
    },
)
# Money is awaited or reserved for it.
CLAIMING = frozenset({UNPAID, ORDERED, SUBMITTED})
# The coach has something to do, or Stripe has.
UNDER_WAY = frozenset({ORDERED, SUBMITTED})
# The mentee has it, whatever became of its price.
HANDED_OVER = frozenset({DELIVERED, REFUNDED})
# The coach has written it.
WRITTEN = frozenset({SUBMITTED, DELIVERED, UNCAPTURED, REFUNDED})
# It was ordered and is not written, or not paid.
GIVEN_UP = frozenset({CANCELLED, UNCAPTURED})
# Nothing was bought: what is paid for it all the same is refunded.
CALLED_OFF = frozenset({EXPIRED, LATE, CANCELLED, UNCAPTURED})
STATUS_NAMES = {
    UNPAID: _l("Waits for payment"),
    ORDERED: _l("Ordered"),
    SUBMITTED: _l("Sent, payment is being taken"),
    DELIVERED: _l("Delivered"),
    EXPIRED: _l("Not paid in time"),
    LATE: _l("Not answered in time"),
    CANCELLED: _l("Called off"),
    UNCAPTURED: _l("The card could not be charged"),
    REFUNDED: _l("Refunded"),
}

# Why one ended, as `end_reason` and the audit trail keep it.
NOT_PAID = "not_paid"
AUTHORISATION_GONE = "authorisation_gone"
BY_COACH = "coach_cannot_answer"
NOT_CAPTURED = "not_captured"

# An authorisation is never held longer (DESIGN.md, section 6).
HELD_AT_MOST = timedelta(days=6)
LATEST_DELIVERY = HELD_AT_MOST - CAPTURE_MARGIN
# From the offer to the promised time; the asker has to have a part of it to decide and to pay in.
SHORTEST_DELIVERY = timedelta(hours=12)
REMIND_BEFORE = timedelta(hours=24)

FOLLOW_UP_WITHIN = timedelta(days=7)
REMIND_OF_FOLLOW_UP_AFTER = timedelta(days=2)
REPORTABLE_FOR = timedelta(days=7)
ANSWERABLE_FOR = timedelta(hours=72)

LONGEST_ANSWER = 20_000
LONGEST_FOLLOW_UP = 2_000
MOST_FILES = 5


def may_promise(deliver_by: datetime, now: datetime) -> bool:
    """Can a card's authorisation be held so long, and is there time to pay and to write before?"""
    return now + SHORTEST_DELIVERY <= deliver_by <= now + LATEST_DELIVERY


def offer_ends(valid_until: datetime, deliver_by: datetime) -> datetime:
    """Until when it can be ordered: half of `SHORTEST_DELIVERY` is left to write it in."""
    return min(valid_until, deliver_by - SHORTEST_DELIVERY / 2)


def deliver_by(promised: datetime, *, ordered_at: datetime, capture_before: datetime | None) -> datetime:
    """Until when it is delivered: as promised, while the authorisation certainly lasts."""
    limits = [promised, ordered_at + LATEST_DELIVERY]
    if capture_before is not None:
        limits.append(capture_before - CAPTURE_MARGIN)
    return min(limits)


def may_submit(status: str, *, deliver_by: datetime, now: datetime) -> bool:
    """May the coach send the answer now?"""
    return status == ORDERED and now < deliver_by


def capture_given_up_at(
    *, wanted_at: datetime, begun: bool, deliver_by: datetime, capture_before: datetime | None
) -> datetime:
    """When an answer that was submitted in time is given up because its money could not be taken.

    Never before that was tried: our own delay is not the coach's.
    """
    if not begun:
        return capture_before or wanted_at + CAPTURE_MARGIN
    return max(deliver_by, wanted_at + CAPTURE_PATIENCE)


def may_follow_up(status: str, *, delivered_at: datetime | None, asked: bool, frozen: bool, now: datetime) -> bool:
    """May the mentee ask the one question that is included?"""
    return (
        status == DELIVERED
        and delivered_at is not None
        and not asked
        and not frozen
        and now < delivered_at + FOLLOW_UP_WITHIN
    )


def window_ends(delivered_at: datetime, follow_up_at: datetime | None) -> datetime:
    """Until when it may be reported, and is not released: seven days from the answer, or from the question after it."""
    return max(delivered_at, follow_up_at or delivered_at) + REPORTABLE_FOR


def may_report(
    status: str, *, delivered_at: datetime | None, follow_up_at: datetime | None, released: bool, now: datetime
) -> bool:
    """May the mentee say that this is no answer? Not once the earning is released to the coach."""
    if status != DELIVERED or delivered_at is None or released:
        return False
    return now < window_ends(delivered_at, follow_up_at)


def releasable_at(delivered_at: datetime, follow_up_at: datetime | None, *, dispute_window_hours: int) -> datetime:
    """When what was kept becomes the coach's."""
    return max(window_ends(delivered_at, follow_up_at), delivered_at + timedelta(hours=dispute_window_hours))


OPEN, CONTESTED = "open", "contested"
UPHELD, REJECTED, WITHDRAWN = "upheld", "rejected", "withdrawn"
REPORTS = StateMachine(
    "report of a written answer",
    frozenset({OPEN}),
    {
        OPEN: frozenset({CONTESTED, UPHELD, WITHDRAWN}),
        CONTESTED: frozenset({UPHELD, REJECTED, WITHDRAWN}),
        UPHELD: frozenset(),
        REJECTED: frozenset(),
        WITHDRAWN: frozenset(),
    },
)
UNSETTLED = frozenset(REPORTS.states) - REPORTS.final
REPORT_NAMES = {
    OPEN: _l("Reported"),
    CONTESTED: _l("Contested"),
    UPHELD: _l("Refunded"),
    REJECTED: _l("Paid to the coach"),
    WITHDRAWN: _l("Withdrawn"),
}
# What a coach answers, and what an admin decides.
AGREES, DISAGREES = "agree", "disagree"
REFUND, PAY = "refund", "pay"
VERDICTS = {REFUND: UPHELD, PAY: REJECTED}
