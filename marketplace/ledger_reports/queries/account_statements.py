"""Reads for admins: ledger accounts, their statements, months. NotFound for everybody else."""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select

from marketplace.accounts.models import User
from marketplace.accounts.queries import only_admins
from marketplace.coaches.models import Coach
from marketplace.db import session
from marketplace.errors import NotFound
from marketplace.ledger import rules as ledger_accounts
from marketplace.ledger.queries import balances as balance_queries
from marketplace.ledger.queries import months as month_queries
from marketplace.ledger.queries import statements as statement_queries
from marketplace.ledger_reports import rules

PAGE = 100
CSV_BATCH = 1000


@dataclass(frozen=True)
class AccountSummary:
    """An account with its words; amounts in cents."""

    name: str
    label: str
    currency: str
    debit_cents: int
    credit_cents: int
    balance_cents: int
    entries: int


@dataclass(frozen=True)
class AccountStatement(statement_queries.Statement):
    """A statement with the account's words, and those of the accounts on the other side by their names."""

    label: str
    labels: dict[str, str]


def labels(names: Iterable[str]) -> dict[str, str]:
    """Accounts in words, by their names."""
    wanted = set(names)
    owners = {owner for name in wanted if (owner := _uuid(name.partition(":")[2])) is not None}
    rows = session().execute(select(Coach.id, Coach.handle).where(Coach.id.in_(owners))) if owners else ()
    people = {str(coach_id): str(handle) for coach_id, handle in rows}
    return {name: rules.account(name, people) for name in wanted}


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def accounts(
    admin: User,
    *,
    search: str = "",
    kind: str = "",
    currency: str = "",
    owing: bool = False,
    sort: str = "name",
    page: int = 1,
) -> tuple[list[AccountSummary], bool]:
    """One page of accounts with their balances, and whether more follow."""
    only_admins(admin)
    found = balance_queries.accounts(
        kind=kind or None,
        currency=currency.lower() or None,
        names=_names(search.strip()) if search.strip() else None,
        owing=owing,
        sort=sort,
        offset=(page - 1) * PAGE,
        limit=PAGE + 1,
    )
    words = labels(line.name for line in found)
    told = [
        AccountSummary(
            line.name,
            words[line.name],
            line.currency,
            line.debit_cents,
            line.credit_cents,
            line.balance_cents,
            line.entries,
        )
        for line in found
    ]
    return told[:PAGE], len(told) > PAGE


def all_accounts(admin: User, **wanted: object) -> Iterator[AccountSummary]:
    """The same, page after page."""
    page, more = 1, True
    while more:
        found, more = accounts(admin, **wanted, page=page)  # type: ignore[arg-type]
        yield from found
        page += 1


def _names(search: str) -> list[str]:
    """The names of accounts that what was typed may mean."""
    plain = search.lower().removeprefix("@")
    ours = [name for name, words in rules.ACCOUNTS.items() if plain in name or plain in str(words).lower()]
    owner = _uuid(plain.partition(":")[2] or plain)
    chosen = select(Coach.id).join(Coach.user)
    called = or_(Coach.handle.icontains(plain, autoescape=True), User.name.icontains(plain, autoescape=True))
    coach_ids = session().scalars(chosen.where(called if owner is None else Coach.id == owner).limit(PAGE)).all()
    theirs = [name for each in coach_ids for name in (ledger_accounts.coach(each), ledger_accounts.reserve(each))]
    return [*ours, *theirs, search]


def kinds_and_currencies(admin: User) -> tuple[list[str], list[str]]:
    """What there is to choose from."""
    only_admins(admin)
    found = balance_queries.kinds()
    return sorted({kind for kind, _ in found}), sorted({currency for _, currency in found})


def statement(
    admin: User,
    name: str,
    currency: str,
    *,
    first: date,
    last: date,
    after: uuid.UUID | None = None,
    limit: int = PAGE,
) -> AccountStatement:
    """An account over some days, one page of its entries; NotFound."""
    only_admins(admin)
    found = statement_queries.statement(name, currency, first=first, last=last, after=after, limit=limit)
    if found is None:
        raise NotFound
    words = labels([name, *(line.other for line in found.lines)])
    return AccountStatement(**vars(found), label=words[name], labels=words)


def statement_lines(
    admin: User, name: str, currency: str, *, first: date, last: date
) -> Iterator[tuple[statement_queries.StatementEntry, str]]:
    """Every entry of a statement with the words of the account on its other side."""
    after = None
    while True:
        part = statement(admin, name, currency, first=first, last=last, after=after, limit=CSV_BATCH)
        yield from ((line, part.labels[line.other]) for line in part.lines)
        after = part.next_cursor
        if after is None:
            return


def month(admin: User, first: date) -> Sequence[month_queries.MonthLine]:
    """A month's totals by currency and kind of account."""
    only_admins(admin)
    return month_queries.month(first)


def begins_at(admin: User) -> datetime | None:
    """When the first entry was booked."""
    only_admins(admin)
    return month_queries.first_booked_at()
