"""Who may say when that somebody did not come, and what may follow. Pure: `now` is passed in."""

import uuid
from datetime import datetime, timedelta

from marketplace.bookings.rules import COMPLETED, CONFIRMED, MENTEE_NO_SHOW, TOOK_PLACE, waiting_time

OPEN, CONTESTED = "open", "contested"
UPHELD, REJECTED, SPLIT, WITHDRAWN = "upheld", "rejected", "split", "withdrawn"

NEXT: dict[str, frozenset[str]] = {
    OPEN: frozenset({CONTESTED, UPHELD, WITHDRAWN}),
    CONTESTED: frozenset({UPHELD, REJECTED, SPLIT, WITHDRAWN}),
    UPHELD: frozenset(),
    REJECTED: frozenset(),
    SPLIT: frozenset(),
    WITHDRAWN: frozenset(),
}

COACH_NO_SHOW = "coach_no_show"
ANSWERS = (TOOK_PLACE, MENTEE_NO_SHOW, COACH_NO_SHOW)
# What an admin decides: everything back, all of it to the coach, or part of it back.
REFUND, PAY, SHARE = "refund", "pay", "split"
VERDICTS = {REFUND: UPHELD, PAY: REJECTED, SHARE: SPLIT}

REPORTABLE_FOR = timedelta(hours=24)
ANSWERABLE_FOR = timedelta(hours=24)


def reportable(*, starts_at: datetime, ends_at: datetime) -> tuple[datetime, datetime]:
    """From the end of the waiting time until a day after the session: from, until."""
    return starts_at + waiting_time(ends_at - starts_at), ends_at + REPORTABLE_FOR


def may_report(*, status: str, starts_at: datetime, ends_at: datetime, released: bool, now: datetime) -> bool:
    """May a mentee say now that her coach did not come? Not once the money is the coach's."""
    first, last = reportable(starts_at=starts_at, ends_at=ends_at)
    return status in {CONFIRMED, COMPLETED} and not released and first <= now < last


def is_live(status: str) -> bool:
    """Is it not settled yet?"""
    return bool(NEXT[status])


def may_decide(actor_id: uuid.UUID, *parties: uuid.UUID) -> bool:
    """An admin decides, but not in her own case."""
    return actor_id not in parties
