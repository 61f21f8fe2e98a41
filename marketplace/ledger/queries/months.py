"""A month in milliseconds: what each kind of account had, what was moved, what it has."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, cast, func, literal, select, union_all

from marketplace.db import session
from marketplace.ledger import rules
from marketplace.ledger.models import ClosedMonth, Entry, LedgerAccount
from marketplace.ledger.queries.balances import tail


@dataclass(frozen=True)
class MonthLine:
    """One kind and currency in cents: before the month, its two sides, how many entries."""

    kind: str
    currency: str
    opening_cents: int
    debit_cents: int
    credit_cents: int
    entries: int

    @property
    def closing_cents(self) -> int:
        """What they have at its end."""
        return self.opening_cents + rules.balance(self.kind, self.debit_cents, self.credit_cents)


def month(first: date) -> list[MonthLine]:
    """The month (UTC) that begins on `first`, by currency and kind.

    Kinds that nothing happened to before its end are left out.
    """
    since = tail()
    account = select(LedgerAccount.kind, LedgerAccount.currency).where(LedgerAccount.id == since.c.account_id)
    named = account.lateral()
    closed = select(
        ClosedMonth.kind,
        ClosedMonth.currency,
        ClosedMonth.month.label("day"),
        ClosedMonth.debit_cents.label("debit"),
        ClosedMonth.credit_cents.label("credit"),
        ClosedMonth.entries,
    )
    newer = select(named.c.kind, named.c.currency, since.c.day, since.c.debit, since.c.credit, literal(1)).join_from(
        since, named, literal(True)
    )
    both = union_all(closed, newer).subquery()
    before, within = both.c.day < first, both.c.day >= first

    def sum_(what: Any, when: Any) -> Any:
        return cast(func.coalesce(func.sum(what).filter(when), 0), BigInteger)

    chosen = (
        select(
            both.c.kind,
            both.c.currency,
            sum_(both.c.debit, before),
            sum_(both.c.credit, before),
            sum_(both.c.debit, within),
            sum_(both.c.credit, within),
            sum_(both.c.entries, within),
        )
        .where(both.c.day < rules.month_after(first))
        .group_by(both.c.kind, both.c.currency)
        .order_by(both.c.currency, both.c.kind)
    )
    return [
        MonthLine(kind, currency, rules.balance(kind, debit, credit), *moved)
        for kind, currency, debit, credit, *moved in session().execute(chosen)
    ]


def first_booked_at() -> datetime | None:
    """When the ledger begins."""
    return session().scalar(select(func.min(Entry.booked_at)))
