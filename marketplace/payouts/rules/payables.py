"""What a coach is owed, whether it goes into a run, and what it waits for."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from marketplace.coaches.rules import SUSPENDED
from marketplace.payouts.rules import reasons
from marketplace.payouts.rules.reasons import Reason
from marketplace.payouts.rules.schedules import MONTHLY, ON_DEMAND, WEEKLY

# A payout that waits is tried again so often, beside whenever its reason is known to have passed.
TRY_AGAIN_AFTER = timedelta(hours=6)
# What does not keep back a balance that is old; NOT_ASKED does not either, but whoever asks need not wait for it.
NOT_IF_OLD = frozenset({reasons.BELOW_MINIMUM, reasons.PAID_THIS_MONTH})
AGE_MATTERS = NOT_IF_OLD | {reasons.NOT_ASKED}


@dataclass(frozen=True)
class Payable:
    """What one coach has in one currency.

    `reason` says why it does not go into a run; None: it does.

    `balance_cents` is what the coach has earned and not been sent, `open_cents` what of it is in a payout that is not
    sent. `is_manual`: the coach has given an account for bank transfers, so a person transfers what is proposed.
    """

    coach_id: uuid.UUID
    handle: str
    name: str
    currency: str
    balance_cents: int
    open_cents: int
    reason: Reason | None
    schedule: str = WEEKLY
    is_manual: bool = False

    @property
    def payable_cents(self) -> int:
        """What a payout proposed now would carry."""
        return self.balance_cents - self.open_cents

    @property
    def reason_for_admins(self) -> str | None:
        """Why it does not go into a run, as an admin reads it; None: it does."""
        return self.reason.told(self.name) if self.reason else None


@dataclass(frozen=True)
class PayeeStanding:
    """What else decides on a coach's payout.

    `bank_removed`: its account at Stripe is ready but for a bank account to pay out to.
    `oldest_at` is when the oldest cent of the balance was earned.

    `held_because` is the reason for which an admin keeps the payouts on hold, `proposed_at` when a payout was last
    proposed that went on.
    """

    coach_status: str
    connected: bool
    ready: bool
    bank_removed: bool = False
    oldest_at: datetime | None = None
    held_because: str | None = None
    schedule: str = WEEKLY
    asked: bool = False
    proposed_at: datetime | None = None


def reason_left_out(
    *,
    balance_cents: int,
    open_cents: int,
    currency: str,
    standing: PayeeStanding,
    minimum_cents: int,
    always_after: timedelta,
    now: datetime,
) -> Reason | None:
    """Why a coach gets no payout in a run that is proposed now; None: there is one."""
    if balance_cents < 0:
        return reasons.of_money(reasons.DEBT, -balance_cents, currency)
    if open_cents > 0:
        return Reason(reasons.UNDER_WAY)
    if balance_cents == 0:
        return Reason(reasons.NOTHING)
    if standing.held_because is not None:
        return reasons.in_words(reasons.ON_HOLD, standing.held_because)
    old = standing.oldest_at is not None and now - standing.oldest_at >= always_after
    if balance_cents < minimum_cents and not old:
        return reasons.of_money(reasons.BELOW_MINIMUM, minimum_cents, currency)
    return reason_to_wait(standing) or (None if old else reason_not_yet(standing, now))


def reason_not_yet(standing: PayeeStanding, now: datetime) -> Reason | None:
    """Why the coach's own schedule leaves nothing for a run that is proposed now.

    Months are those of UTC.
    """
    if standing.schedule == ON_DEMAND:
        return None if standing.asked else Reason(reasons.NOT_ASKED)
    last = standing.proposed_at
    if standing.schedule == MONTHLY and last is not None and (last.year, last.month) == (now.year, now.month):
        return Reason(reasons.PAID_THIS_MONTH)
    return None


def reason_to_wait(standing: PayeeStanding) -> Reason | None:
    """Why an approved payout is not sent now; None: it is."""
    if standing.held_because is not None:
        return reasons.in_words(reasons.ON_HOLD, standing.held_because)
    if standing.coach_status == SUSPENDED:
        return Reason(reasons.SUSPENDED)
    if not standing.connected:
        return Reason(reasons.NO_BANK)
    if standing.ready:
        return None
    return Reason(reasons.NO_BANK_ACCOUNT if standing.bank_removed else reasons.BANK_NOT_READY)


def reason_uncovered(balance_cents: int, amount_cents: int, currency: str) -> Reason | None:
    """Why a payout must not go as it was proposed: its coach's balance has shrunk since.

    None: it is covered.
    """
    if balance_cents >= amount_cents:
        return None
    return reasons.of_money(reasons.NOT_COVERED, max(balance_cents, 0), currency)


def reason_refused(code: str) -> Reason | None:
    """Why Stripe's refusal of a transfer passes by itself; None where an admin has to look."""
    passing = {
        "balance_insufficient": reasons.PLATFORM_BALANCE,
        "insufficient_capabilities_for_transfer": reasons.BANK_NOT_READY,
    }.get(code)
    return Reason(passing) if passing else None
