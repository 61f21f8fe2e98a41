"""Who sends money, who may be sent it, and when two admins have to agree."""

import uuid
from typing import Protocol

from marketplace.coaches.rules import ONCE_APPROVED
from marketplace.currencies import Amounts


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


def above_threshold(totals: dict[str, int], threshold: Amounts) -> list[str]:
    """The currencies in which a run (cents by currency) is above `threshold`: if any, another approves it."""
    return [currency for currency, cents in sorted(totals.items()) if cents > threshold.cents(currency)]
