"""Reads: what is payable and why not, runs, payouts, banks."""

from marketplace.payouts.queries.banks import account, account_of, accounts_to_check
from marketplace.payouts.queries.lines import (
    StatementLine,
    count_lines,
    first_lines,
    line_counts,
    statement_lines,
)
from marketplace.payouts.queries.payable import all_payables, hold_of, holds_of, payables, standing_of, terms_of
from marketplace.payouts.queries.reversals import (
    find_reversal,
    left_to_reverse,
    made_reversals,
    reversal,
    reversals_of,
    reversed_cents,
    unsent_reversals,
)
from marketplace.payouts.queries.runs import (
    count_waiting,
    counts,
    find,
    locked,
    names_of,
    payouts_of,
    people_of,
    run,
    runs,
    unfinished,
    visible_payout,
    waiting_of,
)
from marketplace.payouts.queries.statements import Earnings, earnings_of
from marketplace.payouts.queries.years import Month, Year, year_of, years_of

__all__ = [
    "Earnings",
    "Month",
    "StatementLine",
    "Year",
    "account",
    "account_of",
    "accounts_to_check",
    "all_payables",
    "count_lines",
    "count_waiting",
    "counts",
    "earnings_of",
    "find",
    "find_reversal",
    "first_lines",
    "hold_of",
    "holds_of",
    "left_to_reverse",
    "line_counts",
    "locked",
    "made_reversals",
    "names_of",
    "payables",
    "payouts_of",
    "people_of",
    "reversal",
    "reversals_of",
    "reversed_cents",
    "run",
    "runs",
    "standing_of",
    "statement_lines",
    "terms_of",
    "unfinished",
    "unsent_reversals",
    "visible_payout",
    "waiting_of",
    "year_of",
    "years_of",
]
