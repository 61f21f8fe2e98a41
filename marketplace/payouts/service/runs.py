"""Runs: proposed by one admin, approved by another where they are large, cancelled, retried."""

import uuid
from collections.abc import Sequence
from contextlib import suppress

from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert

from marketplace import clock, config
from marketplace.accounts.models import User
from marketplace.accounts.service import notify_admins
from marketplace.audit.service import record
from marketplace.coaches.models import Coach
from marketplace.db import session, transactional, uuid7
from marketplace.errors import Conflict, NotAllowed, NotFound
from marketplace.ledger import rules as ledger_accounts
from marketplace.ledger.queries import balances as balance_queries
from marketplace.payouts.models import ONE_OPEN, Payout, PayoutRun, PayoutTerms
from marketplace.payouts.queries import payables as payable_queries
from marketplace.payouts.queries import runs as run_queries
from marketplace.payouts.rules import payables as payable_rules
from marketplace.payouts.rules import permissions as payout_permissions
from marketplace.payouts.rules import schedules as schedule_rules
from marketplace.payouts.rules import states as payout_states
from marketplace.payouts.rules import summaries as run_summaries
from marketplace.payouts.rules.reasons import Reason
from marketplace.payouts.service.own_payouts import check_own_payouts
from marketplace.payouts.service.payout_jobs import enqueue_payout
from marketplace.payouts.service.payout_lines import claim_lines
from marketplace.payouts.service.transitions import transition_payout, transition_run


class NothingPayable(Conflict):
    """Nobody is due a payout right now."""


class AlreadyApproved(Conflict):
    """This run has been approved."""


class RunCancelled(Conflict):
    """This run was cancelled; propose a new one."""


class FourEyes(NotAllowed):
    """A run this large is approved by somebody other than its proposer."""


class NothingToCancel(Conflict):
    """Every payout of this run has been sent or has ended."""


class NothingToRetry(Conflict):
    """This payout has ended; there is nothing to try again."""


@transactional
def propose_run(admin: User) -> PayoutRun:
    """Propose a run of all that is payable, a payout per coach and currency.

    Raises NothingPayable.
    """
    if not payout_permissions.may_pay_out(admin):
        raise NotAllowed
    run_id = _proposed([payable for payable in payable_queries.all_payables() if payable.reason is None], admin.id)
    return run_queries.run(admin, run_id)


@transactional
def propose_due() -> None:
    """Propose a run of what is due today by the coaches' schedules; an admin approves it.

    Above the amount that two people look at, no run is made: admins are told by mail to propose it themselves.
    """
    weekday, now = config.current().payout_weekday, clock.now()
    due = [payable for payable in payable_queries.all_payables() if payable.reason is None]
    today = [payable for payable in due if schedule_rules.is_due_today(payable.schedule, now, weekday=weekday)]
    sums = run_summaries.totals([(payable.currency, payable.payable_cents) for payable in today])
    if payout_permissions.above_threshold(sums, config.current().payout_two_people_above):
        _tell_admins(f"large-run:{now:%Y-%m-%d}", "", proposed=False)
        return
    with suppress(NothingPayable):
        run_id = _proposed(today, None)
        _tell_admins(f"run-proposed:{run_id}", f"/{run_id}", proposed=True)


def _proposed(due: Sequence[payable_rules.Payable], proposer_id: uuid.UUID | None) -> uuid.UUID:
    """Insert a run of these; returns its id.

    Raises NothingPayable, also where other runs have claimed all of it in the meantime.
    """
    if not due:
        raise NothingPayable
    with session().begin_nested():
        run = PayoutRun(id=uuid7(), proposed_by=proposer_id, proposed_at=clock.now())
        session().add(run)
        session().flush()
        # Sorted, so that two proposers wait for one another instead of deadlocking.
        ordered = sorted(due, key=lambda payable: (payable.coach_id, payable.currency))
        taken = [payable for payable in ordered if _propose(run, payable)]
        if not taken:
            raise NothingPayable
    asked = update(PayoutTerms).where(PayoutTerms.coach_id.in_({payable.coach_id for payable in taken}))
    session().execute(asked.values(asked_at=None))
    record(proposer_id, "payout_run.proposed", run.id, payouts=len(taken))
    return run.id


def _tell_admins(key: str, place: str, *, proposed: bool) -> None:
    notify_admins(
        template="run_to_approve",
        key=key,
        proposed=proposed,
        run_url=f"{config.current().public_url}/admin/payouts{place}",
    )


def _propose(run: PayoutRun, payable: payable_rules.Payable) -> bool:
    """Insert one payout of a run; False where another run has claimed the money in the meantime."""
    row = {
        "id": uuid7(),
        "run_id": run.id,
        "coach_id": payable.coach_id,
        "amount_cents": payable.payable_cents,
        "currency": payable.currency,
        "status": payout_states.PROPOSED,
        "attempt": 0,
        "created_at": clock.now(),
    }
    written = (
        insert(Payout)
        .values(row)
        .on_conflict_do_nothing(index_elements=["coach_id", "currency"], index_where=text(ONE_OPEN))
    )
    payout_id = session().scalar(written.returning(Payout.id))
    return payout_id is not None and claim_lines(payout_id, payable.payable_cents)


@transactional
def approve_run(admin: User, *, run_id: uuid.UUID) -> PayoutRun:
    """Approve a proposed run and have its payouts sent.

    A payout that its coach's balance no longer covers fails with the reason; the others are sent.
    Raises AlreadyApproved, RunCancelled, FourEyes, OwnPayout.
    """
    run = _locked(admin, run_id)
    if run.cancelled_at is not None:
        raise RunCancelled
    if run.approved_at is not None:
        raise AlreadyApproved
    sums = run_summaries.totals([(payout.currency, payout.amount_cents) for payout in run.payouts])
    large = payout_permissions.above_threshold(sums, config.current().payout_two_people_above)
    if large and run.proposed_by == admin.id:
        raise FourEyes
    own = check_own_payouts(admin, run.payouts)
    transition_run(run, payout_states.APPROVED, by=admin.id, totals=sums, **own)
    for payout in sorted(run.payouts, key=lambda p: p.coach_id):
        _approve(admin, payout)
    return run


def _approve(admin: User, payout: Payout) -> None:
    uncovered = reason_uncovered(payout)
    if uncovered:
        transition_payout(payout, payout_states.FAILED, reason=uncovered)
    else:
        transition_payout(payout, payout_states.APPROVED, by=admin.id)
        enqueue_payout(payout.id)


def reason_uncovered(payout: Payout) -> Reason | None:
    """Why the coach's balance does not cover a payout, or None. Locks the coach's row."""
    session().execute(select(Coach.id).where(Coach.id == payout.coach_id).with_for_update(key_share=True))
    balance = balance_queries.balance(ledger_accounts.coach(payout.coach_id), payout.currency)
    return payable_rules.reason_uncovered(balance, payout.amount_cents, payout.currency)


@transactional
def cancel_run(admin: User, *, run_id: uuid.UUID) -> PayoutRun:
    """Cancel what of a run was not sent; the coaches keep it. Raises NothingToCancel."""
    run = _locked(admin, run_id)
    stopped = [payout for payout in run.payouts if payout.is_unsent]
    if not stopped:
        raise NothingToCancel
    for payout in stopped:
        transition_payout(payout, payout_states.CANCELLED, by=admin.id)
    transition_run(run, payout_states.CANCELLED, by=admin.id, payouts=len(stopped))
    return run


def _locked(admin: User, run_id: uuid.UUID) -> PayoutRun:
    """The run and its payouts, locked until the transaction ends."""
    if not payout_permissions.may_pay_out(admin):
        raise NotFound
    session().execute(select(PayoutRun.id).where(PayoutRun.id == run_id).with_for_update())
    session().execute(select(Payout.id).where(Payout.run_id == run_id).order_by(Payout.id).with_for_update())
    return run_queries.run(admin, run_id)


@transactional
def retry_payout(admin: User, *, payout_id: uuid.UUID) -> Payout:
    """Send a failed or waiting payout now, if it is covered and its coach can be paid.

    Raises NothingToRetry, OwnPayout, AnotherIsOpen, CarriedByAnother, or Conflict with what still stands against it.
    """
    payout = run_queries.locked(payout_id) if payout_permissions.may_pay_out(admin) else None
    if payout is None:
        raise NotFound
    if payout.status not in payout_states.RETRIABLE:
        raise NothingToRetry
    own = check_own_payouts(admin, [payout])
    if payout.status != payout_states.SENDING:
        refused = reason_uncovered(payout) or payable_rules.reason_to_wait(payable_queries.standing_of(payout.coach))
        if refused:
            raise Conflict(refused.told(payout.coach.user.name))
        if payout.status == payout_states.FAILED:
            transition_payout(payout, payout_states.APPROVED, by=admin.id)
        else:
            payout.reason = None
    enqueue_payout(payout.id)
    record(admin.id, "payout.retried", payout.id, **own)
    return payout
