"""Every invariant by name, and when to look at which. SQL here, run in `queries`."""

from datetime import datetime, timedelta

from marketplace.invariants.rules import background_work, coupons, documents, ledger, payments, sessions
from marketplace.invariants.rules.invariant import AT_ONCE, BALANCES, Finding, Invariant, Offender

__all__ = [
    "AT_ONCE",
    "BALANCES",
    "INVARIANTS",
    "SWEPT",
    "Finding",
    "Invariant",
    "Offender",
    "by_name",
    "is_due",
    "next_sweep",
]

INVARIANTS: tuple[Invariant, ...] = (
    *sessions.INVARIANTS,
    *coupons.INVARIANTS,
    *payments.INVARIANTS,
    *ledger.INVARIANTS,
    *documents.INVARIANTS,
    *background_work.INVARIANTS,
)

# Those that read everything there ever was are looked at so often; the others whenever somebody looks.
WHOLE_EVERY = timedelta(minutes=55)


def by_name(name: str) -> Invariant | None:
    """The invariant of that name, if there still is one."""
    return next((one for one in INVARIANTS if one.name == name), None)


def is_due(invariant: Invariant, looked_at: datetime | None, now: datetime) -> bool:
    """Is it to be looked at again?"""
    return not invariant.whole or looked_at is None or now - looked_at >= WHOLE_EVERY


# What the hourly sweep looks for, by its name, as an admin reads it.
SWEPT = {
    "messages": "Messages of Stripe that never came or were not handled",
    "payments": "Payments whose end we had not heard of",
    "refunds": "Refunds that were meant and not sent, or not settled",
    "payouts": "Payouts that should be on their way, or on their way back",
}
# The worker sweeps so many minutes past each hour.
SWEEP_MINUTE = 29


def next_sweep(now: datetime) -> datetime:
    """When the worker sweeps next."""
    at = now.replace(minute=SWEEP_MINUTE, second=0, microsecond=0)
    return at if at > now else at + timedelta(hours=1)
