"""Balances: the closed sum and the tail of entries since, by one statement each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CTE, BigInteger, ColumnElement, Date, Select, case, cast, func, literal, select, union_all

from marketplace import clock
from marketplace.db import session
from marketplace.ledger import rules
from marketplace.ledger.models import ClosedBalance, Closing, Entry, LedgerAccount

# With both ends given, the planner takes a tail for the short thing that it is; see docs/decisions.
BEYOND_EVERY_SEQ = 2**62

SORTS = ("name", "balance", "entries")


@dataclass(frozen=True)
class AccountLine:
    """An account in one currency: its two sides and balance in cents, and its entries' number."""

    name: str
    currency: str
    debit_cents: int
    credit_cents: int
    entries: int

    @property
    def balance_cents(self) -> int:
        """As people expect it: negative is money that somebody owes us."""
        return rules.balance(self.name, self.debit_cents, self.credit_cents)


def closed_through() -> int:
    """The `seq` up to which entries are summed; 0 before the first closing."""
    return int(session().scalar(select(_closed())) or 0)


def _closed() -> Any:
    return select(func.coalesce(func.max(Closing.through_seq), 0)).scalar_subquery()


def is_due_to_close() -> bool:
    """Is there enough, or has it waited long enough, to be summed?"""
    last = select(func.coalesce(func.max(Entry.seq), 0)).scalar_subquery()
    last_closed_at = select(func.max(Closing.closed_at)).scalar_subquery()
    waiting, closed_at = session().execute(select(last - _closed(), last_closed_at)).one()
    return rules.is_due_to_close(waiting, closed_at, clock.now())


def tail() -> CTE:
    """Both sides of every entry that is not summed: account_id, day (UTC), debit, credit."""
    day = cast(func.timezone("UTC", Entry.booked_at), Date).label("day")
    newer = Entry.seq > _closed(), Entry.seq <= BEYOND_EVERY_SEQ
    zero = literal(0, BigInteger)
    debits = select(Entry.debit_id.label("account_id"), day, Entry.cents.label("debit"), zero.label("credit"))
    credits_ = select(Entry.credit_id, day, zero, Entry.cents)
    # Read by itself: the planner takes it for a two-hundredth of the table, and in a large one would start other
    # processes to sum it, which takes longer than all the rest.
    return union_all(debits.where(*newer), credits_.where(*newer)).cte("tail").prefix_with("MATERIALIZED")


def _totals(*wanted: ColumnElement[bool]) -> Select[Any]:
    """name, currency, debit cents, credit cents, number of entries of the accounts that fit."""
    since = tail()
    # By subquery, so that each account looks its own few rows up in the tail, which is read once.
    newer = (
        select(
            since.c.account_id,
            func.sum(since.c.debit).label("debit"),
            func.sum(since.c.credit).label("credit"),
            func.count().label("entries"),
        )
        .group_by(since.c.account_id)
        .subquery()
    )

    def sum_(closed: Any, later: Any) -> Any:
        return cast(func.coalesce(closed, 0) + func.coalesce(later, 0), BigInteger)

    return (
        select(
            LedgerAccount.name,
            LedgerAccount.currency,
            sum_(ClosedBalance.debit_cents, newer.c.debit).label("debit"),
            sum_(ClosedBalance.credit_cents, newer.c.credit).label("credit"),
            sum_(ClosedBalance.entries, newer.c.entries).label("entries"),
        )
        .outerjoin(ClosedBalance, ClosedBalance.account_id == LedgerAccount.id)
        .outerjoin(newer, newer.c.account_id == LedgerAccount.id)
        .where(*wanted)
    )


def balances(prefix: str = "") -> dict[tuple[str, str], int]:
    """The balance in cents of each account whose name begins so, by (name, currency)."""
    rows = session().execute(_totals(LedgerAccount.name.startswith(prefix, autoescape=True)))
    return {(row.name, row.currency): rules.balance(row.name, row.debit, row.credit) for row in rows}


def balance(name: str, currency: str) -> int:
    """One account's balance in cents; 0 if it was never used."""
    row = session().execute(_totals(LedgerAccount.name == name, LedgerAccount.currency == currency)).one_or_none()
    return 0 if row is None else rules.balance(name, row.debit, row.credit)


def accounts(
    *,
    kind: str | None = None,
    currency: str | None = None,
    names: Sequence[str] | None = None,
    owing: bool = False,
    sort: str = "name",
    offset: int = 0,
    limit: int | None = 100,
) -> list[AccountLine]:
    """Accounts with balances: of a kind, a currency, these names, below zero (`owing`).

    `sort`: by name; or the largest balance or the most entries first.
    """
    totals = _totals(*([] if names is None else [LedgerAccount.name.in_(names)])).add_columns(LedgerAccount.kind)
    totals = totals if kind is None else totals.where(LedgerAccount.kind == kind)
    found = (totals if currency is None else totals.where(LedgerAccount.currency == currency)).subquery()
    grows_by_debit = found.c.name.in_(rules.GROWS_BY_DEBIT)
    held = case((grows_by_debit, found.c.debit - found.c.credit), else_=found.c.credit - found.c.debit)
    chosen = select(found.c.name, found.c.currency, found.c.debit, found.c.credit, found.c.entries)
    if owing:
        chosen = chosen.where(held < 0)
    order = {"name": [], "balance": [held.desc()], "entries": [found.c.entries.desc()]}[sort]
    rows = session().execute(chosen.order_by(*order, found.c.name, found.c.currency).offset(offset).limit(limit))
    return [AccountLine(*row) for row in rows]


def kinds() -> list[tuple[str, str]]:
    """Which kinds of account there are in which currencies."""
    chosen = select(LedgerAccount.kind, LedgerAccount.currency).distinct()
    return [(kind, currency) for kind, currency in session().execute(chosen)]
