"""What every coach has, and why there is no payout now."""

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, case, func, select, true
from sqlalchemy.orm import InstrumentedAttribute, aliased, contains_eager

from marketplace import clock, config
from marketplace.accounts.models import User
from marketplace.coaches.models import Coach
from marketplace.db import session
from marketplace.errors import NotFound
from marketplace.ledger import rules as ledger_accounts
from marketplace.ledger.models import Entry, LedgerAccount
from marketplace.ledger.queries import balances as balance_queries
from marketplace.payouts.models import ConnectedAccount, Payout, PayoutHold, PayoutTerms
from marketplace.payouts.queries.bank_accounts import account_of, bank_details_of, coaches_paid_manually
from marketplace.payouts.rules import payables as payable_rules
from marketplace.payouts.rules import permissions as payout_permissions
from marketplace.payouts.rules import reasons
from marketplace.payouts.rules import schedules as schedule_rules
from marketplace.payouts.rules import states as payout_states
from marketplace.payouts.rules.bank_details import NO_BANK_ACCOUNT
from marketplace.payouts.rules.payables import Payable, PayeeStanding
from marketplace.payouts.rules.reasons import Reason


def payables(actor: User) -> list[Payable]:
    """What every coach has, by handle, with the reason where there is no payout now.

    NotFound but for admins.
    """
    if not payout_permissions.may_pay_out(actor):
        raise NotFound
    return all_payables()


def all_payables(only: uuid.UUID | None = None, *, by_age: bool = True) -> list[Payable]:
    """The same, for our own use; of one coach alone.

    Not `by_age`: as if none of it were old. What coaches have ever earned is read only where its age matters.
    """
    balances = {
        (uuid.UUID(name.removeprefix("coach:")), currency): cents
        for (name, currency), cents in balance_queries.balances(
            ledger_accounts.coach(only) if only else "coach:"
        ).items()
    }
    open_cents, settings, now = _open_cents(only), config.current(), clock.now()
    held, terms = _held(only), _terms(only)
    proposed = _last_proposed([one.coach_id for one in terms.values() if one.schedule == schedule_rules.MONTHLY])
    manual = coaches_paid_manually(only)
    places: dict[tuple[uuid.UUID, str], tuple[Coach, PayeeStanding]] = {}
    for coach, bank in _coaches_with_banks({coach_id for coach_id, _ in balances}):
        standing = _standing(
            coach, bank, is_manual=coach.id in manual, held_because=held.get(coach.id), terms=terms.get(coach.id)
        )
        for currency in sorted(currency for coach_id, currency in balances if coach_id == coach.id):
            place = (coach.id, currency)
            places[place] = coach, replace(standing, proposed_at=proposed.get(place))

    def reason(place: tuple[uuid.UUID, str], oldest_at: datetime | None = None) -> Reason | None:
        return payable_rules.reason_left_out(
            balance_cents=balances[place],
            open_cents=open_cents.get(place, 0),
            currency=place[1],
            standing=replace(places[place][1], oldest_at=oldest_at),
            minimum_cents=settings.payout_minimum.cents(place[1]),
            always_after=timedelta(days=settings.payout_always_after_days),
            now=now,
        )

    why = {place: reason(place) for place in places}
    if by_age:
        waits = [place for place, found in why.items() if found and found.code in payable_rules.AGE_MATTERS]
        oldest = _oldest({coach_id for coach_id, _ in waits})
        why |= {place: reason(place, oldest.get(place)) for place in waits}
    return [
        Payable(
            coach.id,
            str(coach.handle),
            coach.user.name,
            place[1],
            balances[place],
            open_cents.get(place, 0),
            why[place],
            standing.schedule,
            is_manual=coach.id in manual,
        )
        for place, (coach, standing) in places.items()
    ]


def reason_not_to_ask(coach_id: uuid.UUID) -> Reason | None:
    """Why a coach cannot ask for a payout now; None: they can."""
    mine = _reasons_of(coach_id, by_age=False)
    if any(reason is not None and reason.code in payable_rules.NOT_IF_OLD for reason in mine):
        mine = _reasons_of(coach_id, by_age=True)
    if any(reason is None or reason.code == reasons.NOT_ASKED for reason in mine):
        return None
    return mine[0] if mine else Reason(reasons.NOTHING)


def _reasons_of(coach_id: uuid.UUID, *, by_age: bool) -> list[Reason | None]:
    return [payable.reason for payable in all_payables(coach_id, by_age=by_age) if payable.balance_cents]


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


def _standing(
    coach: Coach,
    bank: ConnectedAccount | None,
    *,
    is_manual: bool,
    held_because: str | None = None,
    terms: PayoutTerms | None = None,
) -> PayeeStanding:
    connected = is_manual or (bank is not None and bank.stripe_id is not None)
    ready = is_manual or (connected and bank is not None and bank.ready)
    removed = bank is not None and bank.capability_status == NO_BANK_ACCOUNT
    found = PayeeStanding(coach.status, connected, ready, removed, held_because=held_because)
    return found if terms is None else replace(found, schedule=terms.schedule, asked=terms.asked_at is not None)


def terms_of(coach_id: uuid.UUID) -> PayoutTerms:
    """When a coach is paid out; weekly where nothing was chosen."""
    found = session().get(PayoutTerms, coach_id, populate_existing=True)
    return found or PayoutTerms(coach_id=coach_id, schedule=schedule_rules.WEEKLY)


def _terms(only: uuid.UUID | None) -> dict[uuid.UUID, PayoutTerms]:
    chosen = select(PayoutTerms).where(_of(PayoutTerms.coach_id, only))
    found = session().scalars(chosen, execution_options={"populate_existing": True})
    return {terms.coach_id: terms for terms in found}


def _of(column: InstrumentedAttribute[uuid.UUID], only: uuid.UUID | None) -> ColumnElement[bool]:
    """That a row is this coach's; every row where none is named."""
    return true() if only is None else column == only


def _last_proposed(coach_ids: Collection[uuid.UUID]) -> dict[tuple[uuid.UUID, str], datetime]:
    """When a payout of these coaches was last proposed that was not stopped, by coach and currency."""
    chosen = (
        select(Payout.coach_id, Payout.currency, func.max(Payout.created_at))
        .where(Payout.status.not_in(payout_states.NOT_SENT), Payout.coach_id.in_(coach_ids))
        .group_by(Payout.coach_id, Payout.currency)
    )
    return {(coach_id, currency): at for coach_id, currency, at in session().execute(chosen)}


def standing_of(coach: Coach) -> PayeeStanding:
    """Whether a coach may be sent money now."""
    hold = hold_of(coach.id)
    is_manual = bank_details_of(coach.id) is not None
    return _standing(coach, account_of(coach.id), is_manual=is_manual, held_because=hold.reason if hold else None)


def hold_of(coach_id: uuid.UUID) -> PayoutHold | None:
    """What keeps a coach's payouts back now, as the database has it."""
    chosen = select(PayoutHold).where(PayoutHold.coach_id == coach_id, PayoutHold.released_at.is_(None))
    return session().scalar(chosen.execution_options(populate_existing=True))


def holds_of(coach_id: uuid.UUID, limit: int = 50) -> Sequence[PayoutHold]:
    """A coach's holds, the newest first."""
    chosen = select(PayoutHold).where(PayoutHold.coach_id == coach_id).order_by(PayoutHold.id.desc()).limit(limit)
    return session().scalars(chosen).all()


def _held(only: uuid.UUID | None) -> dict[uuid.UUID, str]:
    chosen = select(PayoutHold.coach_id, PayoutHold.reason)
    rows = session().execute(chosen.where(PayoutHold.released_at.is_(None), _of(PayoutHold.coach_id, only)))
    return {row.coach_id: row.reason for row in rows}


def _open_cents(only: uuid.UUID | None) -> dict[tuple[uuid.UUID, str], int]:
    """What waits in payouts not sent, in cents by coach and currency.

    What is being sent has left the balance.
    """
    chosen = (
        select(Payout.coach_id, Payout.currency, func.sum(Payout.amount_cents))
        .where(Payout.status.in_(payout_states.UNSENT), _of(Payout.coach_id, only))
        .group_by(Payout.coach_id, Payout.currency)
    )
    return {(coach_id, currency): int(cents) for coach_id, currency, cents in session().execute(chosen)}


def _oldest(coach_ids: Collection[uuid.UUID]) -> dict[tuple[uuid.UUID, str], datetime]:
    """When the oldest cent of these coaches' balances was earned: money leaves in the order in which it came.

    What a refused payout or a dispute that was won returned is not earned anew, so it lessens what has left
    instead.
    """
    if not coach_ids:
        return {}
    names = [ledger_accounts.coach(coach_id) for coach_id in coach_ids]
    mine, other = aliased(LedgerAccount), aliased(LedgerAccount)
    came = select(mine.id, Entry.id.label("entry_id"), Entry.cents, Entry.booked_at, other.name.label("other"))
    credits_ = came.join(mine, mine.id == Entry.credit_id).join(other, other.id == Entry.debit_id)
    given = credits_.where(mine.name.in_(names)).subquery()
    same_money = given.c.other.in_((ledger_accounts.IN_TRANSIT, ledger_accounts.STRIPE, ledger_accounts.BANK))
    given_back = same_money | given.c.other.startswith("coach_reserve:", autoescape=True)
    returned = select(given.c.id, -func.sum(given.c.cents)).where(given_back).group_by(given.c.id)
    own = select(LedgerAccount.id).where(LedgerAccount.name.in_(names))
    taken = select(Entry.debit_id, func.sum(Entry.cents)).where(Entry.debit_id.in_(own)).group_by(Entry.debit_id)
    left = taken.union_all(returned).subquery()
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
