"""Names of accounts and which side makes them grow."""

import uuid

STRIPE = "stripe"
STRIPE_FEES = "stripe_fees"
REVENUE = "revenue"
SESSIONS_OWED = "sessions_owed"
IN_TRANSIT = "in_transit"
DISPUTES = "disputes"

# What we own or have spent grows by debits; what we owe or have earned grows by credits.
GROWS_BY_DEBIT = frozenset({STRIPE, STRIPE_FEES, DISPUTES})


def coach(coach_id: uuid.UUID) -> str:
    """The account of what is payable to one coach."""
    return f"coach:{coach_id}"


def reserve(coach_id: uuid.UUID) -> str:
    """The account of what one coach has earned and somebody disputes."""
    return f"coach_reserve:{coach_id}"


def balance(account: str, debit_cents: int, credit_cents: int) -> int:
    """The balance as people expect it: positive is money we have, have spent, owe or have earned."""
    return debit_cents - credit_cents if account in GROWS_BY_DEBIT else credit_cents - debit_cents
