"""Runs and their payouts."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import selectinload

from marketplace.accounts.models import User
from marketplace.db import session
from marketplace.errors import NotFound
from marketplace.payouts.models import Payout, PayoutRun
from marketplace.payouts.queries.bank_accounts import as_uuid
from marketplace.payouts.rules import permissions as payout_permissions
from marketplace.payouts.rules import states as payout_states
from marketplace.payouts.rules.states import MANUAL


def runs(actor: User, *, before: uuid.UUID | None = None, limit: int = 20) -> Sequence[PayoutRun]:
    """Runs with their payouts, the newest first; `before` continues a page.

    NotFound for who may not ask.
    """
    if not payout_permissions.may_pay_out(actor):
        raise NotFound
    chosen = select(PayoutRun).order_by(PayoutRun.id.desc()).limit(limit)
    if before is not None:
        chosen = chosen.where(PayoutRun.id < before)
    return session().scalars(chosen).all()


def run(actor: User, run_id: uuid.UUID) -> PayoutRun:
    """One run with its payouts, for an admin; NotFound."""
    chosen = select(PayoutRun).where(PayoutRun.id == run_id).options(selectinload(PayoutRun.payouts))
    found = (
        session().scalar(chosen.execution_options(populate_existing=True))
        if payout_permissions.may_pay_out(actor)
        else None
    )
    if found is None:
        raise NotFound
    return found


def people_of(found: Sequence[PayoutRun]) -> dict[uuid.UUID, str]:
    """The names of who proposed and approved these runs, by their ids."""
    return names_of({person for run in found for person in (run.proposed_by, run.approved_by)})


def names_of(people: Collection[uuid.UUID | None]) -> dict[uuid.UUID, str]:
    """The names of these people, by their ids."""
    rows = session().execute(select(User.id, User.name).where(User.id.in_(people)))
    return {row.id: row.name for row in rows}


def find(payout_id: str) -> Payout | None:
    """A payout as the database has it now."""
    key = as_uuid(payout_id)
    chosen = select(Payout).where(Payout.id == key).execution_options(populate_existing=True)
    return session().scalar(chosen) if key else None


def visible_payout(actor: User, payout_id: uuid.UUID) -> Payout:
    """A payout for its coach, once it was approved, and for admins; NotFound for everybody else."""
    found = find(str(payout_id))
    if found is None:
        raise NotFound
    of_actor = found.coach.user_id == actor.id and found.status not in payout_states.NOT_FOR_COACH
    if not (of_actor or payout_permissions.may_pay_out(actor)):
        raise NotFound
    return found


def by_transfer(stripe_id: str) -> Payout | None:
    """The payout behind Stripe's transfer."""
    return session().scalar(select(Payout).where(Payout.stripe_id == stripe_id))


def locked(payout_id: uuid.UUID, *, skip_locked: bool = False) -> Payout | None:
    """A payout, locked until the transaction ends.

    None if it is not there, or taken by another with `skip_locked`.
    """
    chosen = select(Payout).where(Payout.id == payout_id).with_for_update(of=Payout, skip_locked=skip_locked)
    return session().scalar(chosen.execution_options(populate_existing=True))


def payouts_of(coach_id: uuid.UUID, *, before: uuid.UUID | None = None, limit: int = 100) -> Sequence[Payout]:
    """A coach's payouts that were approved, the newest first; `before` continues a page."""
    chosen = select(Payout).where(Payout.coach_id == coach_id, Payout.status.not_in(payout_states.NOT_FOR_COACH))
    chosen = chosen if before is None else chosen.where(Payout.id < before)
    return session().scalars(chosen.order_by(Payout.id.desc()).limit(limit)).all()


def unfinished(tried_before: datetime) -> Sequence[uuid.UUID]:
    """Payouts to send: begun, approved without a reason to wait, or not tried for long."""
    due = (Payout.status == payout_states.APPROVED) & (
        Payout.reason.is_(None) | (func.coalesce(Payout.tried_at, Payout.created_at) < tried_before)
    )
    asked = (Payout.status == payout_states.SENDING) & (Payout.rail != MANUAL)
    return session().scalars(select(Payout.id).where(asked | due).order_by(Payout.id)).all()


def manual_transfers(
    actor: User, run_id: uuid.UUID, *, open_only: bool = False, start: int = 0, limit: int | None = None
) -> Sequence[Payout]:
    """The manual transfers of a run, those still to be made first; for admins.

    `limit` of them from the one numbered `start` on; `open_only`: those still to be made alone.
    """
    _there_for(actor, run_id)
    chosen = select(Payout).where(*_manual_of(run_id)).order_by(Payout.status != payout_states.SENDING, Payout.id)
    if open_only:
        chosen = chosen.where(Payout.status == payout_states.SENDING)
    return session().scalars(chosen.offset(start).limit(limit)).all()


def count_manual_transfers(actor: User, run_id: uuid.UUID) -> tuple[int, int]:
    """How many of a run's manual transfers are still to be made, and how many there are.

    For admins.
    """
    _there_for(actor, run_id)
    still = func.count().filter(Payout.status == payout_states.SENDING)
    to_make, every = session().execute(select(still, func.count()).where(*_manual_of(run_id))).one()
    return to_make, every


def _manual_of(run_id: uuid.UUID) -> tuple[ColumnElement[bool], ...]:
    return Payout.run_id == run_id, Payout.rail == MANUAL


def _there_for(actor: User, run_id: uuid.UUID) -> None:
    there = select(PayoutRun.id).where(PayoutRun.id == run_id)
    if not payout_permissions.may_pay_out(actor) or session().scalar(there) is None:
        raise NotFound


def waiting_of(coach_id: uuid.UUID) -> Sequence[uuid.UUID]:
    """A coach's approved payouts that wait for something."""
    chosen = select(Payout.id).where(
        Payout.coach_id == coach_id, Payout.status == payout_states.APPROVED, Payout.reason.is_not(None)
    )
    return session().scalars(chosen).all()


def counts() -> dict[str, int]:
    """How many payouts are in each state."""
    rows = session().execute(select(Payout.status, func.count()).group_by(Payout.status))
    return {row[0]: row[1] for row in rows}
