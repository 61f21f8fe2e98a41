"""Single entries: of an account, of what they are about, of Stripe's objects."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from marketplace.db import session
from marketplace.ledger import rules
from marketplace.ledger.models import Entry, LedgerAccount


@dataclass(frozen=True)
class NamedEntry:
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


def cents_of(key: str) -> int:
    """How much the fact of that key moved; 0 if it was not booked."""
    return session().scalar(select(Entry.cents).where(Entry.key == key)) or 0


def entries(
    *,
    account: str | None = None,
    subject_ids: Sequence[uuid.UUID] = (),
    before: uuid.UUID | None = None,
    limit: int = 100,
) -> list[NamedEntry]:
    """Entries, the newest first, of one account or one set of subjects.

    `before` continues a page.
    """
    debit, credit = aliased(LedgerAccount), aliased(LedgerAccount)
    chosen = (
        select(Entry, debit.name, credit.name)
        .join(debit, debit.id == Entry.debit_id)
        .join(credit, credit.id == Entry.credit_id)
        .order_by(Entry.id.desc())
        .limit(limit)
    )
    if account is not None:
        ids = session().scalars(select(LedgerAccount.id).where(LedgerAccount.name == account)).all()
        chosen = chosen.where(or_(Entry.debit_id.in_(ids), Entry.credit_id.in_(ids)))
    if subject_ids:
        chosen = chosen.where(Entry.subject_id.in_(subject_ids))
    if before is not None:
        chosen = chosen.where(Entry.id < before)
    return [
        NamedEntry(e.id, e.key, d, c, e.cents, e.currency, e.subject_id, e.source, e.booked_at)
        for e, d, c in session().execute(chosen).all()
    ]


def stripe_net_by_source() -> dict[tuple[str, str], int]:
    """What each of Stripe's objects moved in our `stripe` account, in cents by source, currency."""
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
