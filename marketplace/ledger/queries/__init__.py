"""Balances, months, statements and single entries; whether what is summed is true."""

from marketplace.ledger.queries.balances import (
    SORTS,
    AccountLine,
    accounts,
    balance,
    balances,
    closed_through,
    is_due_to_close,
    kinds,
)
from marketplace.ledger.queries.lines import Line, cents_of, lines, stripe_net_by_source, stripe_sources_since
from marketplace.ledger.queries.months import MonthLine, first_booked_at, month
from marketplace.ledger.queries.proof import SumDiffers, sums_that_differ
from marketplace.ledger.queries.statements import Statement, StatementLine, statement

__all__ = [
    "SORTS",
    "AccountLine",
    "Line",
    "MonthLine",
    "Statement",
    "StatementLine",
    "SumDiffers",
    "accounts",
    "balance",
    "balances",
    "cents_of",
    "closed_through",
    "first_booked_at",
    "is_due_to_close",
    "kinds",
    "lines",
    "month",
    "statement",
    "stripe_net_by_source",
    "stripe_sources_since",
    "sums_that_differ",
]
