"""Posting. A fact that is booked already is not booked again."""

import uuid
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from marketplace import clock
from marketplace.db import session, uuid7
from marketplace.ledger.models import LedgerAccount

# Said as it is: there is nothing in it to compile, and compiling it took as long as running it.
_POST = """
insert into ledger_entries (id, key, cents, currency, subject_id, source, booked_at, debit_id, credit_id)
select %(id)s::uuid, %(key)s::text, %(cents)s::bigint, %(currency)s::text, %(subject_id)s::uuid, %(source)s::text,
       %(booked_at)s::timestamptz, debited.id, credited.id
from ledger_accounts debited
join ledger_accounts credited on credited.name = %(credit)s::text and credited.currency = %(currency)s::text
where debited.name = %(debit)s::text and debited.currency = %(currency)s::text
on conflict (key) do nothing
"""


def post(
    key: str, *, debit: str, credit: str, cents: int, currency: str, subject_id: uuid.UUID, source: str | None = None
) -> bool:
    """Book one fact in the running transaction; False if `key` was booked before or `cents` is 0.

    `key` names the fact ('paid:<payment id>'), `subject_id` the thing it belongs to (a booking, a payout) and
    `source` Stripe's object, so that both sides can be compared.
    """
    if cents == 0:
        return False
    row = {
        "id": uuid7(),
        "key": key,
        "debit": debit,
        "credit": credit,
        "cents": cents,
        "currency": currency,
        "subject_id": subject_id,
        "source": source,
        "booked_at": clock.now(),
    }
    # One statement where both accounts are open. No row means that one was not, or that the fact is booked: whoever
    # opened the account since then, the second try finds it.
    if _insert(row):
        return True
    for name in sorted({debit, credit}):
        _open(name, currency)
    return _insert(row)


def _insert(row: dict[str, Any]) -> bool:
    return session().connection().exec_driver_sql(_POST, row).rowcount == 1


def _open(name: str, currency: str) -> None:
    known = select(LedgerAccount.id).where(LedgerAccount.name == name, LedgerAccount.currency == currency)
    if session().scalar(known) is None:
        opened = insert(LedgerAccount).values(id=uuid7(), name=name, currency=currency)
        session().execute(opened.on_conflict_do_nothing(index_elements=["name", "currency"]))
