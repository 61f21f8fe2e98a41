"""Every entry of a coach's account, told by the session or the payout that it is about."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, union_all

from marketplace.coaches.models import Coach
from marketplace.db import session
from marketplace.ledger import rules as ledger_accounts
from marketplace.ledger.models import Entry, LedgerAccount
from marketplace.payouts.queries.payout_lines import with_sessions
from marketplace.payouts.rules import statements as statement_rules

PART = 5_000


@dataclass(frozen=True)
class EarningLine:
    """What one entry brought a coach or took back, in cents, and of what: a session, or the payout `payout_id`."""

    key: str
    booked_at: datetime
    cents: int
    currency: str
    session: str | None
    starts_at: datetime | None
    booking_id: uuid.UUID | None
    mentee: str | None
    mentee_id: uuid.UUID | None
    price_cents: int | None
    fee_cents: int | None
    payout_id: uuid.UUID | None

    @property
    def refunded_cents(self) -> int | None:
        """What was refunded of the price before it was earned; None where nothing was earned here."""
        if self.price_cents is None or self.fee_cents is None:
            return None
        return self.price_cents - self.cents - self.fee_cents

    @property
    def what(self) -> str:
        """What happened, in a few words."""
        if self.key.startswith(statement_rules.EARNED):
            return statement_rules.earned_words()
        return statement_rules.line_words(self.key) or statement_rules.line_title(self.key)


def currencies_of(coach: Coach) -> list[str]:
    """The coach's own currency, and every other in which they have an account."""
    chosen = select(LedgerAccount.currency).where(LedgerAccount.name == ledger_accounts.coach(coach.id))
    return sorted({coach.currency, *session().scalars(chosen)})


def lines_of(
    coach: Coach,
    currency: str,
    *,
    begins: datetime | None = None,
    ends: datetime | None = None,
    offset: int = 0,
    limit: int | None = None,
) -> Iterator[EarningLine]:
    """The entries of a coach's account in one currency, the newest first; of [begins, ends) where they are given."""
    account = select(LedgerAccount.id).where(
        LedgerAccount.name == ledger_accounts.coach(coach.id), LedgerAccount.currency == currency
    )
    account_id = session().scalar(account)
    if account_id is None:
        return
    if limit is not None:
        yield from _part(account_id, begins, ends, offset, limit)
        return
    # In parts, each a statement of its own: reading has no transaction that a cursor could live in.
    while True:
        found = list(_part(account_id, begins, ends, offset, PART))
        yield from found
        if len(found) < PART:
            return
        offset += PART


def _part(
    account_id: uuid.UUID, begins: datetime | None, ends: datetime | None, offset: int, limit: int
) -> Iterator[EarningLine]:
    # Each side by its own index, as far as the page reaches.
    sides = []
    for column, cents in ((Entry.credit_id, Entry.cents), (Entry.debit_id, -Entry.cents)):
        side = select(Entry.id, Entry.booked_at, Entry.seq, cents.label("cents")).where(column == account_id)
        side = side if begins is None else side.where(Entry.booked_at >= begins)
        side = side if ends is None else side.where(Entry.booked_at < ends)
        sides.append(select(side.order_by(Entry.booked_at.desc(), Entry.seq.desc()).limit(offset + limit).subquery()))
    both = union_all(*sides).subquery()
    page = select(both).order_by(both.c.booked_at.desc(), both.c.seq.desc()).offset(offset).limit(limit).subquery()
    chosen: Any = select(Entry.key, page.c.booked_at, page.c.cents, Entry.currency, Entry.subject_id, page.c.seq)
    told = with_sessions(chosen.join(page, page.c.id == Entry.id))
    ordered = told.order_by(page.c.booked_at.desc(), page.c.seq.desc())
    for row in session().execute(ordered):
        said = dict(row._mapping)
        subject_id, _ = said.pop("subject_id"), said.pop("seq")
        is_payout = said["key"].startswith("payout-")
        yield EarningLine(**said, payout_id=subject_id if is_payout else None)
