"""What a run consists of: its payouts counted by state and currency."""

from dataclasses import dataclass

from marketplace.payouts.rules.states import (
    APPROVED,
    CANCELLED,
    FAILED,
    MANUAL,
    PAID,
    PROPOSED,
    REVERSED,
    SENDING,
    STRIPE,
)

WAITING = "waiting"
TO_TRANSFER = "to_transfer"
_SHOWN = (FAILED, REVERSED, WAITING, TO_TRANSFER, PROPOSED, APPROVED, SENDING, PAID, CANCELLED)


@dataclass(frozen=True)
class RunPart:
    """What of a run is in one state and currency.

    `status` is 'waiting' for approved payouts that cannot go yet, and 'to_transfer' for those that wait for a person's
    transfer.
    """

    status: str
    currency: str
    payouts: int
    cents: int


def shown_status(status: str, *, waits: bool, rail: str = STRIPE) -> str:
    """A payout's state as a run counts it: also `waiting` and `to_transfer`."""
    if status == SENDING and rail == MANUAL:
        return TO_TRANSFER
    return WAITING if status == APPROVED and waits else status


def parts(payouts: list[tuple[str, str, int]]) -> list[RunPart]:
    """Payouts as (shown status, currency, cents), counted by state, what needs an admin first."""
    found: dict[tuple[str, str], list[int]] = {}
    for status, currency, cents in payouts:
        found.setdefault((status, currency), []).append(cents)
    ordered = sorted(found.items(), key=lambda part: (_SHOWN.index(part[0][0]), part[0][1]))
    return [RunPart(status, currency, len(cents), sum(cents)) for (status, currency), cents in ordered]


def totals(payouts: list[tuple[str, int]]) -> dict[str, int]:
    """Cents by currency."""
    summed: dict[str, int] = {}
    for currency, cents in payouts:
        summed[currency] = summed.get(currency, 0) + cents
    return summed
