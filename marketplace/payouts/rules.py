"""Who is due a payout, who must approve it, and how it moves."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Protocol

from marketplace import money

PROPOSED, APPROVED, SENDING, PAID = "proposed", "approved", "sending", "paid"
FAILED, REVERSED, CANCELLED = "failed", "reversed", "cancelled"

NEXT: dict[str, frozenset[str]] = {
    PROPOSED: frozenset({APPROVED, FAILED, CANCELLED}),
    APPROVED: frozenset({SENDING, FAILED, CANCELLED}),
    # Back to approved: Stripe refused it for a reason that passes, and it waits.
    SENDING: frozenset({PAID, APPROVED, FAILED}),
    FAILED: frozenset({APPROVED}),
    PAID: frozenset({REVERSED}),
    REVERSED: frozenset(),
    CANCELLED: frozenset(),
}
OPEN = (PROPOSED, APPROVED, SENDING)

# A payout that waits is tried again so often, beside whenever its reason is known to have passed.
TRY_AGAIN_AFTER = timedelta(hours=6)

# Stripe opens recipient accounts in these countries (https://stripe.com/global).
COUNTRIES = tuple(
    """AT AU BE BG CA CH CY CZ DE DK EE ES FI FR GB GR HK HR HU IE IT JP LI LT LU LV MT MX NL NO NZ PL PT RO SE SG SI
    SK TH US""".split()  # noqa: SIM905  a paragraph reads better than forty lines
)

NO_BANK = "She has not connected a bank yet."
BANK_NOT_READY = "Her bank details are not complete at our payment provider."
SUSPENDED = "Her profile is suspended."
UNDER_WAY = "A payout of hers is under way; the rest follows in the next run."
NOTHING = "Nothing is payable."

_PASSES = {
    "balance_insufficient": "Our own balance at the payment provider does not cover it yet.",
    "insufficient_capabilities_for_transfer": BANK_NOT_READY,
}


class Person(Protocol):
    """Who asks."""

    @property
    def id(self) -> uuid.UUID: ...
    @property
    def is_admin(self) -> bool: ...


@dataclass(frozen=True)
class Payable:
    """What one coach has in one currency. `reason` says why it does not go into a run; None: it does.

    `balance_cents` is what she has earned and not been sent, `open_cents` what of it is in a payout that is not sent.
    """

    coach_id: uuid.UUID
    handle: str
    name: str
    currency: str
    balance_cents: int
    open_cents: int
    reason: str | None

    @property
    def payable_cents(self) -> int:
        """What a payout proposed now would carry."""
        return self.balance_cents - self.open_cents


@dataclass(frozen=True)
class Standing:
    """What else decides on a coach's payout; `oldest_at` is when the oldest cent that she still has was earned.

    `held_because` is the reason for which an admin keeps her payouts back.
    """

    coach_status: str
    connected: bool
    ready: bool
    oldest_at: datetime | None = None
    held_because: str | None = None


def may_pay_out(person: Person) -> bool:
    """Admins send money, nobody else."""
    return person.is_admin


def may_connect_bank(coach_status: str) -> bool:
    """Whoever coaches here or did: what she earned stays hers."""
    return coach_status in {"approved", "suspended"}


def minor(amount: Decimal, currency: str) -> int:
    """A setting in major units as minor units of a currency."""
    return int(amount.scaleb(money.minor_digits(currency)))


def reason_left_out(
    *,
    balance_cents: int,
    open_cents: int,
    currency: str,
    standing: Standing,
    minimum_cents: int,
    always_after: timedelta,
    now: datetime,
) -> str | None:
    """Why a coach gets no payout in a run that is proposed now; None: she gets one."""
    if balance_cents < 0:
        return f"She owes {money.spoken(-balance_cents, currency)}; it is netted from what she earns next."
    if open_cents > 0:
        return UNDER_WAY
    if balance_cents == 0:
        return NOTHING
    if standing.held_because is not None:
        return on_hold(standing.held_because)
    old = standing.oldest_at is not None and now - standing.oldest_at >= always_after
    if balance_cents < minimum_cents and not old:
        return f"Below the minimum of {money.spoken(minimum_cents, currency)}."
    return reason_to_wait(standing)


def on_hold(reason: str) -> str:
    """Why somebody whom an admin holds gets nothing."""
    return f"On hold: {reason}"


def reason_to_wait(standing: Standing) -> str | None:
    """Why an approved payout is not sent now; None: it is."""
    if standing.held_because is not None:
        return on_hold(standing.held_because)
    if standing.coach_status == "suspended":
        return SUSPENDED
    if not standing.connected:
        return NO_BANK
    return None if standing.ready else BANK_NOT_READY


def reason_uncovered(balance_cents: int, amount_cents: int, currency: str) -> str | None:
    """Why a payout must not go as it was proposed: money has gone back since. None: it is covered."""
    if balance_cents >= amount_cents:
        return None
    left = money.spoken(max(balance_cents, 0), currency)
    return f"Her balance has fallen to {left} since this was proposed; the next run carries what is left."


def reason_refused(code: str) -> str | None:
    """Why Stripe's refusal passes by itself, in our words; None where somebody has to look."""
    return _PASSES.get(code)


def needs_two_people(totals: dict[str, int], threshold: Decimal) -> bool:
    """Is a run, in cents by currency, so large that its proposer may not approve it? `threshold` in major units."""
    return any(cents > minor(threshold, currency) for currency, cents in totals.items())


@dataclass(frozen=True)
class Part:
    """What of a run is in one state and currency; `status` is 'waiting' for approved payouts that cannot go yet."""

    status: str
    currency: str
    payouts: int
    cents: int


WAITING = "waiting"
_SHOWN = (FAILED, REVERSED, WAITING, PROPOSED, APPROVED, SENDING, PAID, CANCELLED)


def shown_status(status: str, waiting_for: str | None) -> str:
    """A payout's state as it is counted: one that was approved and cannot go is waiting."""
    return WAITING if status == APPROVED and waiting_for else status


def parts(payouts: list[tuple[str, str, int]]) -> list[Part]:
    """Payouts of a run as (shown status, currency, cents), counted by state, what needs somebody first."""
    found: dict[tuple[str, str], list[int]] = {}
    for status, currency, cents in payouts:
        found.setdefault((status, currency), []).append(cents)
    ordered = sorted(found.items(), key=lambda part: (_SHOWN.index(part[0][0]), part[0][1]))
    return [Part(status, currency, len(cents), sum(cents)) for (status, currency), cents in ordered]


def totals(payouts: list[tuple[str, int]]) -> dict[str, int]:
    """Cents by currency."""
    summed: dict[str, int] = {}
    for currency, cents in payouts:
        summed[currency] = summed.get(currency, 0) + cents
    return summed
