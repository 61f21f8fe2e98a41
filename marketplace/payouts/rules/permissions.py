"""Who sends money, who may be sent it, and when two admins have to agree."""

import uuid
from decimal import Decimal
from typing import Protocol

from marketplace import money
from marketplace.coaches.rules import ONCE_APPROVED


class PayoutActor(Protocol):
    """Who asks."""

    @property
    def id(self) -> uuid.UUID: ...
    @property
    def is_admin(self) -> bool: ...


def may_pay_out(actor: PayoutActor) -> bool:
    """Admins send money, nobody else."""
    return actor.is_admin


def may_connect_bank(coach_status: str) -> bool:
    """Anybody who coaches here or did: what they earned stays theirs."""
    return coach_status in ONCE_APPROVED


def minor(amount: Decimal, currency: str) -> int:
    """A setting in major units as minor units of a currency."""
    return int(amount.scaleb(money.minor_digits(currency)))


def needs_two_people(totals: dict[str, int], threshold: Decimal) -> bool:
    """Is a run (cents by currency) above `threshold` (major units): must another approve it?"""
    return any(cents > minor(threshold, currency) for currency, cents in totals.items())
