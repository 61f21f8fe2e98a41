"""Posting. A fact that is booked already is not booked again."""

import uuid

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from marketplace import clock
from marketplace.db import session, uuid7
from marketplace.ledger.models import Entry, LedgerAccount


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
        "debit_id": _account_id(debit, currency),
        "credit_id": _account_id(credit, currency),
        "cents": cents,
        "currency": currency,
        "subject_id": subject_id,
        "source": source,
        "booked_at": clock.now(),
    }
    inserted = insert(Entry).values(row).on_conflict_do_nothing(index_elements=["key"]).returning(Entry.id)
    return session().scalar(inserted) is not None


def _account_id(name: str, currency: str) -> uuid.UUID:
    """The account of that name and currency, opened if it is new."""
    known = select(LedgerAccount.id).where(LedgerAccount.name == name, LedgerAccount.currency == currency)
    found = session().scalar(known)
    if found is None:
        opened = insert(LedgerAccount).values(id=uuid7(), name=name, currency=currency)
        session().execute(opened.on_conflict_do_nothing(index_elements=["name", "currency"]))
        found = session().scalars(known).one()
    return found
