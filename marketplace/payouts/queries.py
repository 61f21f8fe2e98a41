"""Reads: what is payable and why not, runs, payouts, banks."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ScalarSelect, case, func, select
from sqlalchemy.orm import aliased, contains_eager, selectinload

from marketplace import clock, config
from marketplace.accounts.models import User
from marketplace.bookings import queries as bookings
from marketplace.bookings.models import Booking
from marketplace.coaches.models import Coach
from marketplace.db import session
from marketplace.errors import NotFound
from marketplace.ledger import queries as ledger
from marketplace.ledger import rules as accounts
from marketplace.ledger.models import Entry, LedgerAccount
from marketplace.payouts import rules
from marketplace.payouts.models import ConnectedAccount, Payout, PayoutRun
from marketplace.payouts.rules import Payable, Standing


@dataclass(frozen=True)
class StatementLine:
    """What one session brought, or took back, since the payout before; `starts_at` is None where it is no session."""

    title: str
    starts_at: datetime | None
    cents: int


def account_of(coach_id: uuid.UUID) -> ConnectedAccount | None:
    """A coach's bank, if she has begun to connect one."""
    return session().scalar(select(ConnectedAccount).where(ConnectedAccount.coach_id == coach_id))


def account(account_id: str) -> ConnectedAccount | None:
    """The bank with that id, ours or Stripe's."""
    ours = _uuid(account_id)
    same = ConnectedAccount.stripe_id == account_id if ours is None else ConnectedAccount.id == ours
    return session().scalar(select(ConnectedAccount).where(same).execution_options(populate_existing=True))


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def accounts_to_check(before: datetime, limit: int = 50) -> Sequence[uuid.UUID]:
    """Banks that were not ready when we last asked, before that instant; the longest unasked first."""
    chosen = select(ConnectedAccount.id).where(
        ConnectedAccount.stripe_id.is_not(None),
        ConnectedAccount.ready.is_(False),
        func.coalesce(ConnectedAccount.checked_at, ConnectedAccount.created_at) < before,
    )
    return session().scalars(chosen.order_by(ConnectedAccount.checked_at).limit(limit)).all()


def payables(actor: User) -> list[Payable]:
    """What every coach has, by handle, with the reason where she gets no payout now; NotFound for who may not ask."""
    if not rules.may_pay_out(actor):
        raise NotFound
    return all_payables()


def all_payables() -> list[Payable]:
    """The same, for our own use."""
    balances = {
        (uuid.UUID(name.removeprefix("coach:")), currency): cents
        for (name, currency), cents in ledger.balances("coach:").items()
    }
    open_cents, oldest, settings, now = _open_cents(), _oldest(), config.current(), clock.now()
    found = []
    for coach, bank in _coaches_with_banks({coach_id for coach_id, _ in balances}):
        for currency in sorted(currency for coach_id, currency in balances if coach_id == coach.id):
            place = (coach.id, currency)
            standing = _standing(coach, bank, oldest.get(place))
            reason = rules.reason_left_out(
                balance_cents=balances[place],
                open_cents=open_cents.get(place, 0),
                currency=currency,
                standing=standing,
                minimum_cents=rules.minor(settings.payout_minimum, currency),
                always_after=timedelta(days=settings.payout_always_after_days),
                now=now,
            )
            cents = (balances[place], open_cents.get(place, 0))
            found.append(Payable(coach.id, str(coach.handle), coach.user.name, currency, *cents, reason))
    return found


def _coaches_with_banks(coach_ids: Iterable[uuid.UUID]) -> Sequence[tuple[Coach, ConnectedAccount | None]]:
    chosen = (
        select(Coach, ConnectedAccount)
        .join(Coach.user)
        .outerjoin(ConnectedAccount, ConnectedAccount.coach_id == Coach.id)
        .where(Coach.id.in_(coach_ids))
        .options(contains_eager(Coach.user))
        .order_by(Coach.handle)
    )
    return [(coach, bank) for coach, bank in session().execute(chosen)]


def _standing(coach: Coach, bank: ConnectedAccount | None, oldest_at: datetime | None = None) -> Standing:
    connected = bank is not None and bank.stripe_id is not None
    return Standing(coach.status, connected, connected and bank is not None and bank.ready, oldest_at)


def standing_of(coach: Coach) -> Standing:
    """Whether a coach may be sent money now."""
    return _standing(coach, account_of(coach.id))


def _open_cents() -> dict[tuple[uuid.UUID, str], int]:
    """What waits in payouts that are not sent, by coach and currency; what is being sent has left her account."""
    chosen = (
        select(Payout.coach_id, Payout.currency, func.sum(Payout.amount_cents))
        .where(Payout.status.in_((rules.PROPOSED, rules.APPROVED)))
        .group_by(Payout.coach_id, Payout.currency)
    )
    return {(coach_id, currency): int(cents) for coach_id, currency, cents in session().execute(chosen)}


def _oldest() -> dict[tuple[uuid.UUID, str], datetime]:
    """When the oldest cent that a coach still has was earned: money leaves in the order in which it came.

    What a payout that was refused or a dispute that was won gave back is not earned anew, so it lessens what has left
    instead.
    """
    mine, other = aliased(LedgerAccount), aliased(LedgerAccount)
    came = select(mine.id, Entry.id.label("entry_id"), Entry.cents, Entry.booked_at, other.name.label("other"))
    credits_ = came.join(mine, mine.id == Entry.credit_id).join(other, other.id == Entry.debit_id)
    given = credits_.where(mine.name.startswith("coach:")).subquery()
    same_money = given.c.other.in_((accounts.IN_TRANSIT, accounts.STRIPE))
    given_back = same_money | given.c.other.startswith("coach_reserve:", autoescape=True)
    returned = select(given.c.id, -func.sum(given.c.cents)).where(given_back).group_by(given.c.id)
    left = select(Entry.debit_id, func.sum(Entry.cents)).group_by(Entry.debit_id).union_all(returned).subquery()
    gone = select(left.c.debit_id, func.sum(left.c[1]).label("cents")).group_by(left.c.debit_id).subquery()
    running = (
        select(
            given.c.id,
            given.c.booked_at,
            func.sum(given.c.cents).over(partition_by=given.c.id, order_by=given.c.entry_id).label("so_far"),
        )
        .where(~given_back)
        .subquery()
    )
    chosen = (
        select(LedgerAccount.name, LedgerAccount.currency, func.min(running.c.booked_at))
        .join(running, running.c.id == LedgerAccount.id)
        .outerjoin(gone, gone.c.debit_id == running.c.id)
        .where(running.c.so_far > case((gone.c.cents.is_(None), 0), else_=gone.c.cents))
        .group_by(LedgerAccount.name, LedgerAccount.currency)
    )
    rows = session().execute(chosen)
    return {(uuid.UUID(name.removeprefix("coach:")), currency): at for name, currency, at in rows}


def runs(actor: User, *, before: uuid.UUID | None = None, limit: int = 20) -> Sequence[PayoutRun]:
    """Runs with their payouts, the newest first; `before` continues a page. NotFound for who may not ask."""
    if not rules.may_pay_out(actor):
        raise NotFound
    chosen = select(PayoutRun).order_by(PayoutRun.id.desc()).limit(limit)
    if before is not None:
        chosen = chosen.where(PayoutRun.id < before)
    return session().scalars(chosen).all()


def run(actor: User, run_id: uuid.UUID) -> PayoutRun:
    """One run with its payouts, for an admin; NotFound."""
    chosen = select(PayoutRun).where(PayoutRun.id == run_id).options(selectinload(PayoutRun.payouts))
    found = session().scalar(chosen.execution_options(populate_existing=True)) if rules.may_pay_out(actor) else None
    if found is None:
        raise NotFound
    return found


def people_of(found: Sequence[PayoutRun]) -> dict[uuid.UUID, str]:
    """The names of who proposed and approved these runs, by their ids."""
    people = {person for run in found for person in (run.proposed_by, run.approved_by)}
    rows = session().execute(select(User.id, User.name).where(User.id.in_(people)))
    return {row.id: row.name for row in rows}


def find(payout_id: str) -> Payout | None:
    """A payout as the database has it now."""
    key = _uuid(payout_id)
    chosen = select(Payout).where(Payout.id == key).execution_options(populate_existing=True)
    return session().scalar(chosen) if key else None


def locked(payout_id: uuid.UUID, *, skip_locked: bool = False) -> Payout | None:
    """A payout, locked until the transaction ends; None if it is not there, or taken by another with `skip_locked`."""
    chosen = select(Payout).where(Payout.id == payout_id).with_for_update(of=Payout, skip_locked=skip_locked)
    return session().scalar(chosen.execution_options(populate_existing=True))


def payouts_of(coach_id: uuid.UUID, limit: int = 100) -> Sequence[Payout]:
    """A coach's payouts that were approved, the newest first."""
    chosen = select(Payout).where(Payout.coach_id == coach_id, Payout.status.not_in((rules.PROPOSED, rules.CANCELLED)))
    return session().scalars(chosen.order_by(Payout.id.desc()).limit(limit)).all()


def unfinished(tried_before: datetime) -> Sequence[uuid.UUID]:
    """Payouts that should be on their way: sending, approved without a reason to wait, or not tried for long."""
    due = (Payout.status == rules.APPROVED) & (
        Payout.waiting_for.is_(None) | (func.coalesce(Payout.tried_at, Payout.created_at) < tried_before)
    )
    return session().scalars(select(Payout.id).where((Payout.status == rules.SENDING) | due).order_by(Payout.id)).all()


def waiting_of(coach_id: uuid.UUID) -> Sequence[uuid.UUID]:
    """A coach's approved payouts that wait for something."""
    chosen = select(Payout.id).where(
        Payout.coach_id == coach_id, Payout.status == rules.APPROVED, Payout.waiting_for.is_not(None)
    )
    return session().scalars(chosen).all()


def count_waiting() -> int:
    """How many approved payouts wait for something."""
    chosen = select(func.count()).where(Payout.status == rules.APPROVED, Payout.waiting_for.is_not(None))
    return int(session().scalar(chosen) or 0)


def counts() -> dict[str, int]:
    """How many payouts are in each state."""
    rows = session().execute(select(Payout.status, func.count()).group_by(Payout.status))
    return {row[0]: row[1] for row in rows}


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
    """A coach's money in cents by currency: payable now (a debt is negative), waiting for its sessions, paid out."""

    payable: dict[str, int]
    waiting: dict[str, int]
    paid_out: dict[str, int]
    payouts: Sequence[Payout]


def earnings_of(coach: Coach) -> Earnings:
    """What a coach has earned, will earn and was sent."""
    payable = {currency: cents for (_, currency), cents in ledger.balances(accounts.coach(coach.id)).items() if cents}
    sums = (
        select(Payout.currency, func.sum(Payout.amount_cents))
        .where(Payout.coach_id == coach.id, Payout.status == rules.PAID)
        .group_by(Payout.currency)
    )
    paid_out = {currency: int(cents) for currency, cents in session().execute(sums)}
    return Earnings(payable, bookings.earned_but_not_released(coach.id), paid_out, payouts_of(coach.id))
