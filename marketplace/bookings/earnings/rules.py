"""Our fee, and what of a session's price is the coach's, and when. Pure."""

from datetime import datetime, timedelta
from typing import Protocol

from marketplace.money import split
from marketplace.policies.rules import Terms


def fee_basis_points(paid_before_cents: int, loyal_after_cents: int, fee: int, loyal_fee: int) -> int:
    """Our fee for a pair that has paid so much already, in ten-thousandths."""
    return loyal_fee if paid_before_cents >= loyal_after_cents else fee


def shares(kept_cents: int, basis_points: int) -> tuple[int, int]:
    """What was kept as (coach, fee): every cent goes to one of them, the odd one to the coach."""
    coach, fee = split(kept_cents, [10_000 - basis_points, basis_points]) if kept_cents else (0, 0)
    return coach, fee


class PaidSession(Protocol):
    """What was paid, what was refunded, and what of that the platform or the coach alone bears."""

    @property
    def price_cents(self) -> int: ...
    @property
    def refunded_cents(self) -> int: ...
    @property
    def platform_paid_cents(self) -> int: ...
    @property
    def coach_paid_cents(self) -> int: ...
    @property
    def fee_basis_points(self) -> int: ...


def earned(paid: PaidSession, *, less_cents: int = 0, platform_cents: int = 0, coach_cents: int = 0) -> tuple[int, int]:
    """What was kept as (coach, fee), should `less_cents` more be refunded, of it so much at one side's cost.

    Whatever one side refunded alone is shared as if it had been kept; a fee below zero is what it cost us.
    """
    kept = paid.price_cents - paid.refunded_cents - less_cents
    coach_paid = paid.coach_paid_cents + coach_cents
    as_if = kept + paid.platform_paid_cents + platform_cents + coach_paid
    coach = max(0, shares(as_if, paid.fee_basis_points)[0] - coach_paid)
    return coach, kept - coach


def releasable_at(terms: Terms, ends_at: datetime) -> datetime:
    """When the window for disputes is over and what was kept becomes the coach's."""
    return ends_at + timedelta(hours=terms.dispute_window_hours)
