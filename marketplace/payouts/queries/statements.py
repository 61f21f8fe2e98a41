"""What a payout is made of, and a coach's money over all."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ScalarSelect, case, func, select

from marketplace.bookings import queries as bookings
from marketplace.bookings.models import Booking
from marketplace.coaches.models import Coach
from marketplace.db import session
from marketplace.ledger import queries as ledger
from marketplace.ledger import rules as accounts
from marketplace.ledger.models import Entry, LedgerAccount
from marketplace.payouts import rules
from marketplace.payouts.models import Payout
from marketplace.payouts.queries.payable import hold_of
from marketplace.payouts.queries.runs import payouts_of


@dataclass(frozen=True)
class StatementLine:
    """What one session brought, or took back, since the payout before; `starts_at` is None where it is no session."""

    title: str
    starts_at: datetime | None
    cents: int


def statement_lines(payout: Payout) -> list[StatementLine]:
    """What a payout is made of, by session, in time order: everything booked since the one before it was sent."""
    account = select(LedgerAccount.id).where(
        LedgerAccount.name == accounts.coach(payout.coach_id), LedgerAccount.currency == payout.currency
    )
    account_id = session().scalar(account)
    gained = func.sum(case((Entry.credit_id == account_id, Entry.cents), else_=-Entry.cents))
    chosen = (
        select(Booking.title, Booking.starts_at, gained)
        .select_from(Entry)
        .outerjoin(Booking, Booking.id == Entry.subject_id)
        .where((Entry.credit_id == account_id) | (Entry.debit_id == account_id))
        .where(Entry.id < _sent_entry(payout))
        .group_by(Entry.subject_id, Booking.title, Booking.starts_at)
        # A refused try and its return cancel out.
        .having(gained != 0)
        .order_by(Booking.starts_at)
    )
    before = session().scalar(
        select(Payout)
        .where(
            Payout.coach_id == payout.coach_id,
            Payout.currency == payout.currency,
            Payout.status.in_((rules.PAID, rules.REVERSED)),
            Payout.id != payout.id,
        )
        .order_by(Payout.sent_at.desc())
        .limit(1)
    )
    if before is not None:
        chosen = chosen.where(Entry.id > _sent_entry(before))
    rows = session().execute(chosen)
    return [
        StatementLine(title or "A payout that came back", starts_at, int(cents)) for title, starts_at, cents in rows
    ]


def _sent_entry(payout: Payout) -> ScalarSelect[uuid.UUID]:
    """The ledger's row of the moment in which a payout left the coach's balance."""
    return select(Entry.id).where(Entry.key == f"payout-sent:{payout.id}:{payout.attempt}").scalar_subquery()


@dataclass(frozen=True)
class Earnings:
    """A coach's money in cents by currency: payable now (a debt is negative), waiting for its sessions, paid out.

    `hold_reason` says why an admin keeps her payouts back; None: nobody does.
    """

    payable: dict[str, int]
    waiting: dict[str, int]
    paid_out: dict[str, int]
    payouts: Sequence[Payout]
    hold_reason: str | None


def earnings_of(coach: Coach) -> Earnings:
    """What a coach has earned, will earn and was sent."""
    payable = {currency: cents for (_, currency), cents in ledger.balances(accounts.coach(coach.id)).items() if cents}
    sent = select(Payout.currency, Payout.amount_cents.label("cents")).where(
        Payout.coach_id == coach.id, Payout.status.in_((rules.PAID, rules.REVERSED))
    )
    back = (
        select(Payout.currency, -Entry.cents)
        .join(Entry, Entry.subject_id == Payout.id)
        .where(Payout.coach_id == coach.id, Entry.key.startswith("payout-reversed:"))
    )
    moved = sent.union_all(back).subquery()
    sums = select(moved.c.currency, func.sum(moved.c.cents)).group_by(moved.c.currency)
    paid_out = {currency: int(cents) for currency, cents in session().execute(sums) if cents}
    hold = hold_of(coach.id)
    return Earnings(
        payable,
        bookings.earned_but_not_released(coach.id),
        paid_out,
        payouts_of(coach.id),
        hold.reason if hold else None,
    )
