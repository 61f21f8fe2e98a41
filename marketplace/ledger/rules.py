"""Names of accounts and which side makes them grow."""

import uuid
from datetime import date, datetime, timedelta
from typing import NamedTuple

STRIPE = "stripe"
STRIPE_FEES = "stripe_fees"
REVENUE = "revenue"
SESSIONS_OWED = "sessions_owed"
TAX_OWED = "tax_owed"
IN_TRANSIT = "in_transit"
# What left our own bank: manual transfers and top-ups of Stripe's balance, less what was returned or paid out to it.
BANK = "bank"
# What Stripe put to our balance or took from it by its own account: adjustments, reserves.
ADJUSTMENTS = "stripe_adjustments"
DISPUTES = "disputes"
# The other side of what Stripe converted, in each currency its own: what one has gained by debits the other owes.
EXCHANGE = "exchange"

# What we own or have spent grows by debits; what we owe or have earned grows by credits.
GROWS_BY_DEBIT = frozenset({STRIPE, STRIPE_FEES, DISPUTES, ADJUSTMENTS})


class Posting(NamedTuple):
    """What one entry moves: `cents` to the account `debit`, from `credit`; `key` names the fact."""

    key: str
    debit: str
    credit: str
    cents: int


def coach(coach_id: uuid.UUID) -> str:
    """The account of what is payable to one coach."""
    return f"coach:{coach_id}"


def reserve(coach_id: uuid.UUID) -> str:
    """The account of what one coach has earned and somebody disputes."""
    return f"coach_reserve:{coach_id}"


def balance(account: str, debit_cents: int, credit_cents: int) -> int:
    """The balance as people expect it: positive is money we have, spent, owe or earned."""
    return debit_cents - credit_cents if account in GROWS_BY_DEBIT else credit_cents - debit_cents


# How much may wait to be summed: that many rows are read and summed in about a millisecond.
CLOSED_IN_LOTS_OF = 500
CLOSED_AFTER = timedelta(days=1)


def is_due_to_close(waiting: int, last_closed_at: datetime | None, now: datetime) -> bool:
    """Are `waiting` entries to be summed now: are they many, or is the last closing a day old?"""
    if waiting <= 0:
        return False
    return waiting >= CLOSED_IN_LOTS_OF or last_closed_at is None or now - last_closed_at >= CLOSED_AFTER


def month_after(month: date) -> date:
    """The first day of the month that follows the one of `month`."""
    return (month.replace(day=1) + timedelta(days=31)).replace(day=1)
