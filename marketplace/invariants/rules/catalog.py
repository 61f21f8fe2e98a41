"""Every invariant by name, and when each is due for evaluation."""

from datetime import datetime, timedelta

from marketplace.invariants.rules import (
    asks,
    background_work,
    coupons,
    documents,
    earlier_answers,
    ledger,
    payments,
    sessions,
    unpaid_time,
)
from marketplace.invariants.rules.invariant import Invariant

INVARIANTS: tuple[Invariant, ...] = (
    *sessions.INVARIANTS,
    *coupons.INVARIANTS,
    *asks.INVARIANTS,
    *earlier_answers.INVARIANTS,
    *unpaid_time.INVARIANTS,
    *payments.INVARIANTS,
    *ledger.INVARIANTS,
    *documents.INVARIANTS,
    *background_work.INVARIANTS,
)

# Those that read everything there ever was are evaluated so often; the others each time.
WHOLE_EVERY = timedelta(minutes=55)


def by_name(name: str) -> Invariant | None:
    """The invariant of that name, if there still is one."""
    return next((one for one in INVARIANTS if one.name == name), None)


def is_due(invariant: Invariant, looked_at: datetime | None, now: datetime) -> bool:
    """Is it to be evaluated again?"""
    return not invariant.whole or looked_at is None or now - looked_at >= WHOLE_EVERY
