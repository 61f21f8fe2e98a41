"""Accounts, statements, months; a booking's whole story."""

from marketplace.books.queries.reading import (
    Account,
    Statement,
    accounts,
    all_accounts,
    begins_at,
    kinds_and_currencies,
    month,
    statement,
    statement_lines,
)
from marketplace.books.queries.stories import Fact, Left, Story, story

__all__ = [
    "Account",
    "Fact",
    "Left",
    "Statement",
    "Story",
    "accounts",
    "all_accounts",
    "begins_at",
    "kinds_and_currencies",
    "month",
    "statement",
    "statement_lines",
    "story",
]
