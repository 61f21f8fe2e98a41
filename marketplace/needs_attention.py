"""What needs an admin's attention: whatever has a deadline, waits for a decision or failed."""

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased, joinedload

from marketplace import clock, config, jobs
from marketplace.account_changes import rules as account_change_rules
from marketplace.account_changes.queries import changes as account_changes
from marketplace.accounts.models import User
from marketplace.accounts.queries import only_admins
from marketplace.attendance import queries as attendance
from marketplace.bookings.models import Booking
from marketplace.bookings.rules import CONFIRMED
from marketplace.coaches import queries as coaches
from marketplace.coaches.licences import queries as licences
from marketplace.db import session
from marketplace.invariants import queries as invariants
from marketplace.notifications import queries as notifications
from marketplace.payments import queries as payments
from marketplace.payments import rules as payment_rules
from marketplace.payments.models import Dispute, Refund
from marketplace.payouts.models import Payout, PayoutReversal, PayoutRun
from marketplace.payouts.queries import payables
from marketplace.payouts.rules import states as payout_states
from marketplace.payouts.rules import summaries
from marketplace.payouts.rules.states import MANUAL
from marketplace.reconciliation import queries as reconciliations
from marketplace.session_feedback import queries as session_feedback
from marketplace.stripe_inbox import queries as stripe_events
from marketplace.written_answers import queries as written_answers

APPLICATION, ACCOUNT_CHANGE, LABEL = "application", "account_change", "label"
LICENCE, UNLICENSED = "licence", "unlicensed_session"
ATTENDANCE, WRITTEN_ANSWER = "attendance", "written_answer"
DISPUTE, REFUND_FAILED, REFUND_HELD, PAYMENT_MISSING = "dispute", "refund_failed", "refund_held", "payment_missing"
PAYABLE, RUN, TRANSFERS, PAYOUT_FAILED = "payable", "run", "transfers", "payout_failed"
PAYOUT_WAITING, REVERSAL_FAILED = "payout_waiting", "reversal_failed"
JOBS, JOBS_LATE, MAIL, EVENTS, WORKER = "jobs", "jobs_late", "mail", "events", "worker"
INVARIANT, RECONCILIATION_DIFFERS, RECONCILIATION_MISSING = "invariant", "reconciliation_differs", "no_reconciliation"

# Something is wrong, where every other kind waits for somebody.
BROKEN = REFUND_FAILED, PAYMENT_MISSING, PAYOUT_FAILED, REVERSAL_FAILED, JOBS, JOBS_LATE, MAIL, EVENTS, WORKER
FAILURES = frozenset({*BROKEN, INVARIANT, RECONCILIATION_DIFFERS, RECONCILIATION_MISSING})
# So many of a kind are named, the others counted.
NAMED = 5
# A manual transfer is marked as made within a week, jobs are done within minutes, each night is reconciled.
TRANSFERRED_WITHIN, LATE_AFTER, RECONCILED_WITHIN = timedelta(days=7), timedelta(minutes=10), timedelta(hours=30)


@dataclass(frozen=True)
class Item:
    """One thing, or `count` alike, to decide or to mend.

    `id` names its page, `names` are the people it is about, `sums` cents by currency, `said` a reason as it was
    recorded. `due_by` is its deadline where it has one, `since` when it began to wait.
    """

    kind: str
    id: uuid.UUID | str | None = None
    names: Sequence[str] = ()
    count: int = 1
    sums: dict[str, int] = field(default_factory=dict)
    since: datetime | None = None
    due_by: datetime | None = None
    said: str = ""

    @property
    def failed(self) -> bool:
        """Is something wrong, rather than waiting for somebody?"""
        return self.kind in FAILURES


def items(admin: User) -> list[Item]:
    """What needs attention now: deadlines first, then what failed, then what has waited longest.

    NotFound for who is no admin.
    """
    only_admins(admin)
    found = [item for look in _LOOKS for item in look(admin)]
    far = clock.now() + timedelta(days=36500)
    return sorted(found, key=lambda item: (item.due_by or far, not item.failed, item.since or far))


def _named(kind: str, found: Sequence[Item]) -> Iterator[Item]:
    """The first of a kind, and how many more there are."""
    yield from found[:NAMED]
    more = found[NAMED:]
    if more:
        since = min((item.since for item in more if item.since), default=None)
        sums = summaries.totals([part for item in more for part in item.sums.items()])
        yield Item(kind, count=len(more), sums=sums, since=since)


def _applications(_admin: User) -> Iterator[Item]:
    found = [Item(APPLICATION, coach.id, [coach.user.name], since=coach.applied_at) for coach in coaches.applications()]
    yield from _named(APPLICATION, found)


def _licences(_admin: User) -> Iterator[Item]:
    waiting = [
        Item(LICENCE, each.coach_id, [each.coach.user.name], since=each.submitted_at) for each in licences.submitted()
    ]
    yield from _named(LICENCE, waiting)
    ends = licences.last_days()
    chosen = select(Booking).options(joinedload(Booking.coach), joinedload(Booking.mentee))
    booked = chosen.where(Booking.kind == "therapist", Booking.status == CONFIRMED, Booking.ends_at > clock.now())
    found = [
        Item(UNLICENSED, each.id, [each.mentee.name, each.coach.name], due_by=each.starts_at)
        for each in session().scalars(booked.order_by(Booking.starts_at))
        if each.coach_id not in ends
        or ends[each.coach_id] < each.starts_at.astimezone(ZoneInfo(each.coach.timezone)).date()
    ]
    yield from _named(UNLICENSED, found)


def _labels(admin: User) -> Iterator[Item]:
    wrong = [each.offering for each in session_feedback.wrong_labels(admin)]
    yield from _named(LABEL, [Item(LABEL, each.coach_id, [each.coach.user.name], said=each.title) for each in wrong])


def _account_changes(admin: User) -> Iterator[Item]:
    waiting = account_changes.open_changes(admin)
    mine = [change for change in waiting if account_change_rules.may_confirm(admin.id, change.proposed_by)]
    found = [
        Item(ACCOUNT_CHANGE, change.user_id, [change.user.name], since=change.proposed_at, said=change.kind)
        for change in mine
    ]
    yield from _named(ACCOUNT_CHANGE, found)


def _attendance(admin: User) -> Iterator[Item]:
    found = [
        Item(
            ATTENDANCE,
            report.id,
            [report.booking.mentee.name, report.booking.coach.user.name],
            sums={report.booking.currency: report.booking.price_cents},
            since=report.reported_at,
        )
        for report in attendance.for_admin(admin)
    ]
    yield from _named(ATTENDANCE, found)


def _written_answers(admin: User) -> Iterator[Item]:
    found = []
    for report in written_answers.reports_for(admin):
        about = report.about
        names = [about.mentee.name, about.coach.user.name]
        sums = {about.currency: about.price_cents}
        found.append(Item(WRITTEN_ANSWER, report.id, names, sums=sums, since=report.reported_at))
    yield from _named(WRITTEN_ANSWER, found)


def _disputes(_admin: User) -> Iterator[Item]:
    asked = Dispute.status.in_(payment_rules.NEEDS_RESPONSE), Dispute.evidence.is_(None)
    found = session().scalars(select(Dispute).where(*asked).order_by(Dispute.due_by, Dispute.id)).all()
    yield from _named(DISPUTE, [_dispute(dispute) for dispute in found])


def _dispute(dispute: Dispute) -> Item:
    sums = {dispute.payment.currency: dispute.amount_cents}
    description = dispute.payment.description
    return Item(DISPUTE, dispute.id, sums=sums, since=dispute.opened_at, due_by=dispute.due_by, said=description)


def held_refunds(admin: User) -> Sequence[Refund]:
    """Refunds that wait for a bank's decision, the oldest first; NotFound for who is no admin."""
    only_admins(admin)
    return session().scalars(select(Refund).where(Refund.status == payment_rules.HELD).order_by(Refund.id)).all()


def _refunds(admin: User) -> Iterator[Item]:
    yield from _named(REFUND_FAILED, [_refund(REFUND_FAILED, refund) for refund in payments.owed_refunds()])
    yield from _named(REFUND_HELD, [_refund(REFUND_HELD, refund) for refund in held_refunds(admin)])


def _refund(kind: str, refund: Refund) -> Item:
    sums = {refund.payment.currency: refund.total_cents}
    since = refund.settled_at or refund.intended_at
    return Item(kind, refund.payment.subject_id, sums=sums, since=since, said=refund.failure_told or refund.reason_told)


def _missing(_admin: User) -> Iterator[Item]:
    found = payments.missing_payments()
    if found:
        sums = summaries.totals([(payment.currency, payment.amount_cents) for payment in found])
        yield Item(PAYMENT_MISSING, count=payments.count_missing_payments(), sums=sums, since=found[0].missing_at)


def _payable(_admin: User) -> Iterator[Item]:
    due = [payable for payable in payables.all_payables() if payable.reason is None]
    if due:
        sums = summaries.totals([(payable.currency, payable.payable_cents) for payable in due])
        yield Item(PAYABLE, count=len({payable.coach_id for payable in due}), sums=sums)


def _runs(_admin: User) -> Iterator[Item]:
    open_ = PayoutRun.approved_at.is_(None), PayoutRun.cancelled_at.is_(None)
    for run in session().scalars(select(PayoutRun).where(*open_).order_by(PayoutRun.id)):
        sums = summaries.totals([(payout.currency, payout.amount_cents) for payout in run.payouts])
        yield Item(RUN, run.id, count=len(run.payouts), sums=sums, since=run.proposed_at)


def _transfers(_admin: User) -> Iterator[Item]:
    to_make = Payout.status == payout_states.SENDING, Payout.rail == MANUAL
    by_run: dict[uuid.UUID, list[Payout]] = {}
    for payout in session().scalars(select(Payout).where(*to_make).order_by(Payout.id)):
        by_run.setdefault(payout.run_id, []).append(payout)
    for run_id, payouts in by_run.items():
        sums = summaries.totals([(payout.currency, payout.amount_cents) for payout in payouts])
        first = min(payout.tried_at or payout.created_at for payout in payouts)
        due_by = first + TRANSFERRED_WITHIN
        yield Item(TRANSFERS, run_id, count=len(payouts), sums=sums, since=first, due_by=due_by)


def _payouts(_admin: User) -> Iterator[Item]:
    # What a later payout carries instead is nobody's to send again.
    later = aliased(Payout)
    same = later.coach_id == Payout.coach_id, later.currency == Payout.currency, later.id > Payout.id
    carried = exists().where(*same, later.status.not_in(payout_states.NOT_SENT))
    failed = (Payout.status == payout_states.FAILED) & ~carried
    waits = (Payout.status == payout_states.APPROVED) & Payout.reason.is_not(None)
    for kind, which in ((PAYOUT_FAILED, failed), (PAYOUT_WAITING, waits)):
        found = session().scalars(select(Payout).where(which).order_by(Payout.id)).all()
        yield from _named(kind, [_payout(kind, payout) for payout in found])


def _payout(kind: str, payout: Payout) -> Item:
    name = payout.coach.user.name
    said = payout.reason.told(name) if payout.reason else ""
    sums, since = {payout.currency: payout.amount_cents}, payout.tried_at or payout.created_at
    return Item(kind, payout.run_id, [name], sums=sums, since=since, said=said)


def _reversals(_admin: User) -> Iterator[Item]:
    chosen = select(PayoutReversal).where(PayoutReversal.status == payout_states.FAILED).order_by(PayoutReversal.id)
    found = [
        Item(
            REVERSAL_FAILED,
            reversal.payout_id,
            [reversal.payout.coach.user.name],
            sums={reversal.payout.currency: reversal.cents},
            since=reversal.tried_at or reversal.asked_at,
            said=reversal.failure.told(reversal.payout.coach.user.name) if reversal.failure else "",
        )
        for reversal in session().scalars(chosen)
    ]
    yield from _named(REVERSAL_FAILED, found)


def _background_work(_admin: User) -> Iterator[Item]:
    age = jobs.heartbeat_age()
    if age is None or age.total_seconds() > config.current().worker_stalled_seconds:
        yield Item(WORKER, since=None if age is None else clock.now() - age)
    if failed := jobs.failed():
        yield Item(JOBS, count=jobs.count_failed(), since=failed[-1].failed_at, said=failed[0].name)
    late = [each for each in jobs.pending() if each.since and each.since < clock.of_the_machine() - LATE_AFTER]
    if late:
        yield Item(JOBS_LATE, count=sum(each.due + each.running + each.to_retry for each in late), since=late[0].since)
    if mails := notifications.failed():
        count = notifications.counts()["failed"]
        yield Item(MAIL, count=count, since=mails[-1].created_at, said=mails[0].error or "")
    if events := stripe_events.latest(handled=False, limit=1):
        yield Item(
            EVENTS, count=stripe_events.count_unhandled(), since=events[0].received_at, said=events[0].error or ""
        )


def _checks(admin: User) -> Iterator[Item]:
    for status in invariants.statuses(admin):
        result = status.result
        if result is not None and not result.well:
            said = result.failure or str(status.invariant.sentence)
            yield Item(INVARIANT, status.invariant.name, count=result.count, since=result.broken_since, said=said)


def _reconciliation(admin: User) -> Iterator[Item]:
    latest = next((one for one in reconciliations.reconciliations(admin, limit=5) if one.finished_at), None)
    if latest is None:
        return
    if latest.failure or latest.differences:
        count = len(latest.differences)
        yield Item(RECONCILIATION_DIFFERS, count=count, since=latest.finished_at, said=latest.failure or "")
    elif latest.finished_at and latest.finished_at < clock.now() - RECONCILED_WITHIN:
        yield Item(RECONCILIATION_MISSING, since=latest.finished_at)


_LOOKS: tuple[Callable[[User], Iterator[Item]], ...] = (
    *(_applications, _licences, _account_changes, _attendance, _written_answers, _disputes, _refunds, _missing),
    *(_labels, _payable, _runs, _transfers, _payouts, _reversals),
    *(_background_work, _checks, _reconciliation),
)
