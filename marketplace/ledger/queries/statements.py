"""One account over some days: opening balance, entries with balances, closing balance."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import BigInteger, and_, cast, func, literal, select, tuple_, union_all
from sqlalchemy.orm import aliased

from marketplace.db import session
from marketplace.ledger import rules
from marketplace.ledger.models import ClosedDay, Entry, LedgerAccount
from marketplace.ledger.queries.balances import tail


@dataclass(frozen=True)
class StatementEntry:
    """An entry as one account sees it: `cents`, signed, moved its balance to `balance_cents`.

    `other` is the account on the other side, `debit` the one of the two that was debited.
    """

    id: uuid.UUID
    key: str
    other: str
    debit: str
    cents: int
    balance_cents: int
    currency: str
    subject_id: uuid.UUID
    source: str | None
    booked_at: datetime


@dataclass(frozen=True)
class Statement:
    """An account over some days.

    `lines` is one page of it; `next_cursor` is the last line of a page that is not the last page.
    """

    name: str
    currency: str
    first: date
    last: date
    opening_cents: int
    debit_cents: int
    credit_cents: int
    lines: list[StatementEntry]
    next_cursor: uuid.UUID | None

    @property
    def closing_cents(self) -> int:
        """What it has at the end of the last day."""
        return self.opening_cents + rules.balance(self.name, self.debit_cents, self.credit_cents)


def statement(
    name: str, currency: str, *, first: date, last: date, after: uuid.UUID | None = None, limit: int = 100
) -> Statement | None:
    """The account from `first` to `last` (days in UTC, both included), in order of time.

    None if there is none.

    `after` continues a page.
    """
    account_id = _account_id(name, currency)
    if account_id is None:
        return None
    (before_debit, before_credit), (debit, credit) = _sums(account_id, first, last)
    opening = rules.balance(name, before_debit, before_credit)
    found = list(_lines(account_id, name, opening, first=first, last=last, after=after, limit=limit + 1))
    more = found[limit - 1].id if len(found) > limit else None
    return Statement(name, currency, first, last, opening, debit, credit, found[:limit], more)


def _account_id(name: str, currency: str) -> uuid.UUID | None:
    known = select(LedgerAccount.id).where(LedgerAccount.name == name, LedgerAccount.currency == currency)
    return session().scalar(known)


def _sums(account_id: uuid.UUID, first: date, last: date) -> tuple[tuple[int, int], tuple[int, int]]:
    """Debit and credit cents before the first day, and from it to the last."""
    since = tail()
    closed = select(ClosedDay.day, ClosedDay.debit_cents.label("debit"), ClosedDay.credit_cents.label("credit"))
    newer = select(since.c.day, since.c.debit, since.c.credit).where(since.c.account_id == account_id)
    both = union_all(closed.where(ClosedDay.account_id == account_id), newer).subquery()
    before, within = both.c.day < first, both.c.day.between(first, last)
    sums = [
        cast(func.coalesce(func.sum(side).filter(when), 0), BigInteger)
        for when in (before, within)
        for side in (both.c.debit, both.c.credit)
    ]
    before_debit, before_credit, debit, credit = tuple(session().execute(select(*sums)).one())
    return (before_debit, before_credit), (debit, credit)


def _lines(
    account_id: uuid.UUID, name: str, opening: int, *, first: date, last: date, after: uuid.UUID | None, limit: int
) -> Iterator[StatementEntry]:
    begins, ends = _midnight(first), _midnight(last + timedelta(days=1))
    balance = opening
    seen = None
    if after is not None:
        seen = session().execute(select(Entry.booked_at, Entry.seq).where(Entry.id == after)).one_or_none()
    if seen is not None:
        # Whole days come from their sums, so a far page costs no more than a near one.
        (debit, credit), _rest = _sums(account_id, seen.booked_at.astimezone(UTC).date(), last)
        balance = rules.balance(name, debit, credit) + _moved_that_day(account_id, name, seen)
    other = aliased(LedgerAccount)
    sides = [_side(account_id, mine, (begins, ends), seen, limit) for mine in ("debit", "credit")]
    both = union_all(*(select(side.subquery()) for side in sides)).subquery()
    chosen = (
        select(both, other.name.label("other"))
        .join(other, other.id == both.c.other_id)
        .order_by(both.c.booked_at, both.c.seq)
        .limit(limit)
    )
    for row in session().execute(chosen):
        cents = rules.balance(name, row.debit, row.credit)
        balance += cents
        debited = name if row.debit else row.other
        yield StatementEntry(
            row.id, row.key, row.other, debited, cents, balance, row.currency, row.subject_id, row.source, row.booked_at
        )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _side(account_id: uuid.UUID, mine: str, within: tuple[datetime, datetime], seen: Any, limit: int) -> Any:
    """The first entries of one side, by its index."""
    debited = mine == "debit"
    side, other = (Entry.debit_id, Entry.credit_id) if debited else (Entry.credit_id, Entry.debit_id)
    zero = literal(0, BigInteger)
    chosen = (
        select(
            Entry.id,
            Entry.key,
            other.label("other_id"),
            (Entry.cents if debited else zero).label("debit"),
            (zero if debited else Entry.cents).label("credit"),
            Entry.currency,
            Entry.subject_id,
            Entry.source,
            Entry.booked_at,
            Entry.seq,
        )
        .where(side == account_id, Entry.booked_at >= within[0], Entry.booked_at < within[1])
        .order_by(Entry.booked_at, Entry.seq)
        .limit(limit)
    )
    return chosen if seen is None else chosen.where(tuple_(Entry.booked_at, Entry.seq) > tuple_(*seen))


def _moved_that_day(account_id: uuid.UUID, name: str, seen: Any) -> int:
    """What the account moved from midnight to the entry where a page ended, inclusive."""
    begins = _midnight(seen.booked_at.astimezone(UTC).date())
    until = and_(Entry.booked_at >= begins, tuple_(Entry.booked_at, Entry.seq) <= tuple_(*seen))
    sums = [
        select(func.coalesce(func.sum(Entry.cents), 0)).where(side == account_id, until).scalar_subquery()
        for side in (Entry.debit_id, Entry.credit_id)
    ]
    debit, credit = session().execute(select(*sums)).one()
    return rules.balance(name, int(debit), int(credit))
