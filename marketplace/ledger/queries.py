"""Balances and stories."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Subquery, func, select, union_all
from sqlalchemy.orm import aliased

from marketplace.db import session
from marketplace.ledger import rules
from marketplace.ledger.models import Entry, LedgerAccount


@dataclass(frozen=True)
class Line:
    """An entry with the names of its accounts."""

    id: uuid.UUID
    key: str
    debit: str
    credit: str
    cents: int
    currency: str
    subject_id: uuid.UUID
    source: str | None
    booked_at: datetime


def _sides() -> Subquery:
    """Both sides of every entry: account, debit cents, credit cents."""
    debits = select(Entry.debit_id.label("account_id"), Entry.cents.label("debit"), (Entry.cents * 0).label("credit"))
    credits_ = select(Entry.credit_id, Entry.cents * 0, Entry.cents)
    return union_all(debits, credits_).subquery()


def balances(prefix: str = "") -> dict[tuple[str, str], int]:
    """The balance in cents of every account whose name begins with `prefix`, by (name, currency)."""
    sides = _sides()
    totals = (
        select(LedgerAccount.name, LedgerAccount.currency, func.sum(sides.c.debit), func.sum(sides.c.credit))
        .join(sides, sides.c.account_id == LedgerAccount.id)
        .where(LedgerAccount.name.startswith(prefix, autoescape=True))
        .group_by(LedgerAccount.name, LedgerAccount.currency)
    )
    rows = session().execute(totals).all()
    return {(name, currency): rules.balance(name, int(debit), int(credit)) for name, currency, debit, credit in rows}


def balance(name: str, currency: str) -> int:
    """One account's balance in cents; 0 if it was never used."""
    account_id = session().scalar(
        select(LedgerAccount.id).where(LedgerAccount.name == name, LedgerAccount.currency == currency)
    )
    if account_id is None:
        return 0
    debit = session().scalar(select(func.coalesce(func.sum(Entry.cents), 0)).where(Entry.debit_id == account_id))
    credit = session().scalar(select(func.coalesce(func.sum(Entry.cents), 0)).where(Entry.credit_id == account_id))
    return rules.balance(name, int(debit or 0), int(credit or 0))


def cents_of(key: str) -> int:
    """How much the fact of that key moved; 0 if it was not booked."""
    return session().scalar(select(Entry.cents).where(Entry.key == key)) or 0


def lines(
    *,
    account: str | None = None,
    subject_ids: Sequence[uuid.UUID] = (),
    before: uuid.UUID | None = None,
    limit: int = 100,
) -> list[Line]:
    """Entries, the newest first, of one account or one set of subjects; `before` continues a page."""
    debit, credit = aliased(LedgerAccount), aliased(LedgerAccount)
    chosen = (
        select(Entry, debit.name, credit.name)
        .join(debit, debit.id == Entry.debit_id)
        .join(credit, credit.id == Entry.credit_id)
        .order_by(Entry.id.desc())
        .limit(limit)
    )
    if account is not None:
        chosen = chosen.where((debit.name == account) | (credit.name == account))
    if subject_ids:
        chosen = chosen.where(Entry.subject_id.in_(subject_ids))
    if before is not None:
        chosen = chosen.where(Entry.id < before)
    return [
        Line(e.id, e.key, d, c, e.cents, e.currency, e.subject_id, e.source, e.booked_at)
        for e, d, c in session().execute(chosen).all()
    ]


def stripe_net_by_source() -> dict[tuple[str, str], int]:
    """What our `stripe` account says each of Stripe's objects moved, in cents, by (source, currency)."""
    debit, credit = aliased(LedgerAccount), aliased(LedgerAccount)
    rows = session().execute(
        select(Entry.source, Entry.currency, Entry.cents, debit.name)
        .join(debit, debit.id == Entry.debit_id)
        .join(credit, credit.id == Entry.credit_id)
        .where((debit.name == rules.STRIPE) | (credit.name == rules.STRIPE))
    )
    net: dict[tuple[str, str], int] = {}
    for source, currency, cents, debited in rows:
        place = (source or "", currency)
        net[place] = net.get(place, 0) + (cents if debited == rules.STRIPE else -cents)
    return net


def stripe_sources_since(since: datetime) -> set[str]:
    """Stripe's objects that our `stripe` account had a row of since then."""
    account_ids = select(LedgerAccount.id).where(LedgerAccount.name == rules.STRIPE)
    chosen = select(func.coalesce(Entry.source, "")).where(
        Entry.booked_at >= since, Entry.debit_id.in_(account_ids) | Entry.credit_id.in_(account_ids)
    )
    return set(session().scalars(chosen.distinct()))
