"""The ledger's entries as an admin lists them."""

import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from marketplace.accounts.models import User
from marketplace.accounts.queries import only_admins
from marketplace.bookings import queries as bookings
from marketplace.ledger.queries import entries as entry_queries
from marketplace.payments import queries as payments

# Entries that are read at a time where all of them are wanted.
BATCH = 1000


def entries(
    admin: User,
    *,
    account: str | None = None,
    about: uuid.UUID | None = None,
    before: uuid.UUID | None = None,
    limit: int = 100,
) -> Sequence[entry_queries.NamedEntry]:
    """Entries, the newest first: of one account, and about one booking, payment or payout."""
    only_admins(admin)
    subjects: list[uuid.UUID] = []
    if about is not None:
        payment = payments.find(about)
        subjects = bookings.subjects_of(about) if payment is None else [about, payment.subject_id]
    return entry_queries.entries(account=account or None, subject_ids=subjects, before=before, limit=limit)


def all_entries(admin: User, *, before: uuid.UUID | None = None, **wanted: Any) -> Iterator[entry_queries.NamedEntry]:
    """The same to the oldest, read in batches while they are written out."""
    while found := entries(admin, before=before, limit=BATCH, **wanted):
        yield from found
        before = found[-1].id
