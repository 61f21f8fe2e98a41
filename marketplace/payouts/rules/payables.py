"""Who is due a payout, who must approve it, and how it moves."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Protocol

from marketplace import money
from marketplace.payouts.rules.bank_details import BY_HAND, STRIPE

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

# What an admin takes back of a paid payout; a refusal that was final is asked anew by hand.
INTENDED, MADE = "intended", "made"
REVERSAL_NEXT: dict[str, frozenset[str]] = {
    INTENDED: frozenset({MADE, FAILED}),
    FAILED: frozenset({INTENDED, MADE}),
    MADE: frozenset(),
}

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
NOT_ASKED = "She asks for her payouts herself, and has not asked."

WEEKLY, MONTHLY, ON_DEMAND = "weekly", "monthly", "on_demand"
SCHEDULES = {WEEKLY: "Every week", MONTHLY: "Every month", ON_DEMAND: "When I ask"}

# What the ledger's keys of money that was sent, or came back, begin with.
PAYOUT_FACTS = ("payout-sent", "payout-returned", "payout-reversed")

# What a statement calls an entry of her account, by the front of its key; a session that she earned needs no word.
_LINES = {
    "beyond-coach": "given back to the mentee",
    "dispute-reserve": "set aside: the mentee's bank disputes it",
    "dispute-won": "yours again: the dispute is over",
    "dispute-eased": "yours again: less was lost than set aside",
    "dispute-released-coach": "earned: an appeal was won",
}
CARRIED = "Carried over from before"

_PASSES = {
    "balance_insufficient": "Our own balance at the payment provider does not cover it yet.",
    "insufficient_capabilities_for_transfer": BANK_NOT_READY,
}

SPENT = (
    "Her balance at our payment provider is smaller than this: what was sent has gone on to her bank. "
    "Try again when she has as much there."
)


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
    `by_hand`: she has given an account for bank transfers, so a person transfers what is proposed.
    """

    coach_id: uuid.UUID
    handle: str
    name: str
    currency: str
    balance_cents: int
    open_cents: int
    reason: str | None
    schedule: str = WEEKLY
    by_hand: bool = False

    @property
    def payable_cents(self) -> int:
        """What a payout proposed now would carry."""
        return self.balance_cents - self.open_cents


@dataclass(frozen=True)
class Standing:
    """What else decides on a coach's payout; `oldest_at` is when the oldest cent that she still has was earned.

    `held_because` is the reason for which an admin keeps her payouts back, `proposed_at` when a payout of hers was last
    proposed that went on.
    """

    coach_status: str
    connected: bool
    ready: bool
    oldest_at: datetime | None = None
    held_because: str | None = None
    schedule: str = WEEKLY
    asked: bool = False
    proposed_at: datetime | None = None


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
    return reason_to_wait(standing) or (None if old else reason_not_yet(standing, now))


def reason_not_yet(standing: Standing, now: datetime) -> str | None:
    """Why her own choice of when keeps her out of a run that is proposed now; months are those of UTC."""
    if standing.schedule == ON_DEMAND:
        return None if standing.asked else NOT_ASKED
    last = standing.proposed_at
    if standing.schedule == MONTHLY and last is not None and (last.year, last.month) == (now.year, now.month):
        return "She is paid out once a month, and this month's payout has been proposed."
    return None


def is_due_today(schedule: str, now: datetime, *, weekday: int) -> bool:
    """Does the calendar propose payouts of this schedule today (UTC)? Weekly on that weekday, Monday being 0; monthly
    on the first; of who asks, any day."""
    return {WEEKLY: now.weekday() == weekday, MONTHLY: now.day == 1}.get(schedule, True)


def line_words(key: str | None) -> str:
    """What an entry about a session is, as her statement says it; '' where she earned it."""
    return _LINES.get((key or "").partition(":")[0], "")


def line_title(key: str | None) -> str:
    """What an entry about no session is; None: what older payouts could not tell."""
    if key is None:
        return CARRIED
    return "A payout that came back" if key.startswith("payout-") else "Something else"


def to_herself(reason: str) -> str:
    """A reason as its coach reads it: 'She owes …' -> 'You owe …'."""
    said = {"She owes": "You owe", "She has": "You have", "She is": "You are", "Her ": "Your ", " hers": " yours"}
    for hers, yours in {**said, " she earns": " you earn", " her ": " your "}.items():
        reason = reason.replace(hers, yours)
    return reason


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


def reason_not_reversed(code: str, sentence: str) -> str:
    """Why Stripe did not take a transfer back, in our words where we have any."""
    return SPENT if code in {"balance_insufficient", "insufficient_funds"} else sentence


def left_to_reverse(amount_cents: int, *, reversed_cents: int, intended_cents: int) -> int:
    """What of a payout can still be taken back: neither taken back nor about to be."""
    return max(amount_cents - reversed_cents - intended_cents, 0)


def needs_two_people(totals: dict[str, int], threshold: Decimal) -> bool:
    """Is a run, in cents by currency, so large that its proposer may not approve it? `threshold` in major units."""
    return any(cents > minor(threshold, currency) for currency, cents in totals.items())


@dataclass(frozen=True)
class Part:
    """What of a run is in one state and currency; `status` is 'waiting' for approved payouts that cannot go yet, and
    'to_transfer' for those that wait for a person's transfer."""

    status: str
    currency: str
    payouts: int
    cents: int


WAITING = "waiting"
TO_TRANSFER = "to_transfer"
_SHOWN = (FAILED, REVERSED, WAITING, TO_TRANSFER, PROPOSED, APPROVED, SENDING, PAID, CANCELLED)


def shown_status(status: str, waiting_for: str | None, rail: str = STRIPE) -> str:
    """A payout's state as it is counted: one that was approved and cannot go is waiting, one by hand to be made."""
    if status == SENDING and rail == BY_HAND:
        return TO_TRANSFER
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
