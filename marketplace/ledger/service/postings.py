"""Posting. A fact that is booked already is not booked again."""

import uuid
from collections.abc import Sequence
from functools import cache

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from marketplace import clock
from marketplace.db import session, uuid7
from marketplace.ledger.models import LedgerAccount
from marketplace.ledger.rules import Posting

# Said as it is: there is nothing in it to compile, and compiling it took as long as running it.
_POST = """
insert into ledger_entries (id, key, cents, debit_id, credit_id, currency, subject_id, source, booked_at)
select id, key, cents, debit_id, credit_id, %(currency)s::text, %(subject_id)s::uuid, %(source)s::text,
       %(booked_at)s::timestamptz
from (select {accounts} offset 0) as accounts
cross join lateral (values {rows}) as postings (id, key, cents, debit_id, credit_id)
where debit_id is not null and credit_id is not null
on conflict (key) do nothing
"""
# An account is looked up once, however many of the postings touch it.
_ACCOUNT = "(select id from ledger_accounts where name = %(name{n})s::text and currency = %(currency)s::text) as id{n}"
_ROW = "(%(id{n})s::uuid, %(key{n})s::text, %(cents{n})s::bigint, accounts.id{debit}, accounts.id{credit})"


def post(
    key: str, *, debit: str, credit: str, cents: int, currency: str, subject_id: uuid.UUID, source: str | None = None
) -> bool:
    """Book one fact in the running transaction.

    False if `key` was booked before or `cents` is 0.

    `key` names the fact ('paid:<payment id>'), `subject_id` the thing it belongs to (a booking, a payout) and
    `source` Stripe's object, so that both sides can be compared.
    """
    posting = Posting(key, debit, credit, cents)
    return post_all([posting], currency=currency, subject_id=subject_id, source=source) == 1


def post_all(postings: Sequence[Posting], *, currency: str, subject_id: uuid.UUID, source: str | None = None) -> int:
    """Book facts that happened together, in their order and by one statement.

    How many were not booked before.

    Each for itself is what `post` says: one that is booked already, or moves nothing, is left out.
    """
    real = [posting for posting in postings if posting.cents]
    if not real:
        return 0
    names = list(dict.fromkeys(name for posting in real for name in (posting.debit, posting.credit)))
    sides = tuple((names.index(posting.debit), names.index(posting.credit)) for posting in real)
    said = {"currency": currency, "subject_id": subject_id, "source": source, "booked_at": clock.now()}
    said |= {f"name{n}": name for n, name in enumerate(names)}
    for n, posting in enumerate(real):
        said |= {f"id{n}": uuid7(), f"key{n}": posting.key, f"cents{n}": posting.cents}
    # A row that is missing had an account that was not open, or is booked: whoever opened the account since then, the
    # second try finds it.
    booked = _insert(sides, said)
    if booked < len(real):
        for name in sorted(names):
            _open(name, currency)
        booked += _insert(sides, said)
    return booked


def _insert(sides: tuple[tuple[int, int], ...], said: dict[str, object]) -> int:
    return session().connection().exec_driver_sql(_statement(sides), said).rowcount


@cache
def _statement(sides: tuple[tuple[int, int], ...]) -> str:
    """What posts a row for each pair of accounts.

    There are as few of them as there are kinds of facts.
    """
    accounts = range(max(max(pair) for pair in sides) + 1)
    rows = (_ROW.format(n=n, debit=debit, credit=credit) for n, (debit, credit) in enumerate(sides))
    return _POST.format(accounts=", ".join(_ACCOUNT.format(n=n) for n in accounts), rows=", ".join(rows))


def _open(name: str, currency: str) -> None:
    known = select(LedgerAccount.id).where(LedgerAccount.name == name, LedgerAccount.currency == currency)
    if session().scalar(known) is None:
        opened = insert(LedgerAccount).values(id=uuid7(), name=name, currency=currency)
        session().execute(opened.on_conflict_do_nothing(index_elements=["name", "currency"]))
