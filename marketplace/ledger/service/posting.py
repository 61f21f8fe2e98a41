"""Posting. A fact that is booked already is not booked again."""

import uuid
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert

from marketplace import clock
from marketplace.db import Base, session, uuid7
from marketplace.ledger.models import Entry, LedgerAccount

_KEPT = ("id", "key", "cents", "currency", "subject_id", "source", "booked_at")
_entries, _accounts = Base.metadata.tables[Entry.__tablename__], Base.metadata.tables[LedgerAccount.__tablename__]
_debited, _credited = _accounts.alias(), _accounts.alias()
# Built once: to build it for each entry would cost more than to run it.
_POST = (
    insert(_entries)
    .from_select(
        [*_KEPT, "debit_id", "credit_id"],
        select(*(bindparam(name, type_=_entries.c[name].type) for name in _KEPT), _debited.c.id, _credited.c.id)
        .join_from(
            _debited,
            _credited,
            (_credited.c.name == bindparam("credit")) & (_credited.c.currency == bindparam("currency")),
        )
        .where(_debited.c.name == bindparam("debit"), _debited.c.currency == bindparam("currency")),
        include_defaults=False,
    )
    .on_conflict_do_nothing(index_elements=["key"])
    .returning(_entries.c.seq)
)


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
    return session().execute(_POST, row).first() is not None


def _open(name: str, currency: str) -> None:
    known = select(LedgerAccount.id).where(LedgerAccount.name == name, LedgerAccount.currency == currency)
    if session().scalar(known) is None:
        opened = insert(LedgerAccount).values(id=uuid7(), name=name, currency=currency)
        session().execute(opened.on_conflict_do_nothing(index_elements=["name", "currency"]))
