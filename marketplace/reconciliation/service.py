"""Commands: reconcile with Stripe, keep the results, tell admins of new differences."""

import uuid
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from marketplace import clock, config
from marketplace.accounts.models import User
from marketplace.accounts.queries import only_admins
from marketplace.accounts.service import notify_admins
from marketplace.audit.service import record
from marketplace.db import session, transactional
from marketplace.errors import FairhourError
from marketplace.jobs import enqueue
from marketplace.ledger.queries import entries as entry_queries
from marketplace.ledger.service.postings import post_all
from marketplace.payments.stripe_gateway import connect as stripe_connect
from marketplace.payments.stripe_gateway.connect import BalanceLine
from marketplace.reconciliation import queries, rules
from marketplace.reconciliation.models import Reconciliation
from marketplace.reconciliation.rules import Difference, ReconciliationReport


def reconcile(since: datetime | None = None) -> ReconciliationReport:
    """Compare our `stripe` account with Stripe's balance transactions, cent by cent and object by object.

    What moves there without a payment or payout of ours is booked first: payouts to our own bank, top-ups, Stripe's
    monthly fees, adjustments.
    With `since`, only what either of the two booked from then on; it is compared whole.
    """
    moved: dict[tuple[str, str], int] = {}
    recent: set[str] = set()
    own: list[BalanceLine] = []
    for line in stripe_connect.balance_lines(since - rules.LOOKBACK if since else None):
        source = line.source or line.id
        moved[source, line.currency] = moved.get((source, line.currency), 0) + line.net
        if since is not None and line.created >= since:
            recent.add(source)
        if rules.own_account(line.type, line.source) is not None:
            own.append(line)
    _book(own)
    ours = entry_queries.stripe_net_by_source()
    return rules.compare(ours, moved, None if since is None else recent | entry_queries.stripe_sources_since(since))


@transactional
def _book(lines: Sequence[BalanceLine]) -> None:
    """Book what moved in our Stripe balance without a payment or payout of ours, each balance transaction once."""
    for line in lines:
        account = rules.own_account(line.type, line.source)
        assert account is not None
        postings = rules.postings_of(line.id, account, amount_cents=line.amount, fee_cents=line.fee)
        subject_id = uuid.uuid5(uuid.NAMESPACE_URL, f"stripe:{line.id}")
        post_all(postings, currency=line.currency, subject_id=subject_id, source=line.source or line.id)


@transactional
def request_reconciliation(admin: User, *, everything: bool = False) -> Reconciliation:
    """Have the worker reconcile the last weeks, or everything; NotFound for who is no admin."""
    only_admins(admin)
    asked = _requested(None if everything else clock.now() - rules.NIGHTLY_PERIOD, by=admin.id)
    enqueue("run_reconciliation", reconciliation_id=str(asked.id))
    record(admin.id, "books.compared", asked.id)
    return asked


@transactional
def reconcile_nightly() -> None:
    """Have the worker reconcile the last weeks, each night."""
    asked = _requested(clock.now() - rules.NIGHTLY_PERIOD, by=None)
    enqueue("run_reconciliation", reconciliation_id=str(asked.id))


def _requested(since: datetime | None, *, by: uuid.UUID | None) -> Reconciliation:
    asked = Reconciliation(since=since, asked_by=by, asked_at=clock.now(), differences=[])
    session().add(asked)
    session().flush()
    return asked


def run_reconciliation(reconciliation_id: str) -> None:
    """Run a reconciliation that was asked for, once. Raises what went wrong, for a next try."""
    asked = session().get(Reconciliation, uuid.UUID(reconciliation_id))
    if asked is None or (asked.finished_at is not None and asked.failure is None):
        return
    try:
        report = reconcile(asked.since)
    except FairhourError as error:
        _failed(asked.id, error.for_admins)
        raise
    _finished(asked.id, report)


@transactional
def _failed(reconciliation_id: uuid.UUID, reason: str) -> None:
    asked = session().get_one(Reconciliation, reconciliation_id, with_for_update=True)
    asked.failure = reason


@transactional
def _finished(reconciliation_id: uuid.UUID, report: ReconciliationReport) -> None:
    asked = session().get_one(Reconciliation, reconciliation_id, with_for_update=True, populate_existing=True)
    before = queries.latest_finished(but=asked.id)
    known = [] if before is None else [Difference(**row) for row in before.differences]
    asked.finished_at, asked.failure, asked.compared = clock.now(), None, report.compared
    asked.differences = [asdict(difference) for difference in report.differences]
    new = [difference for difference in report.differences if difference not in known]
    if new:
        _tell(asked, new)


def _tell(found: Reconciliation, new: Sequence[Difference]) -> None:
    notify_admins(
        template="reconciliation_differences",
        key=f"books:{found.id}",
        differences=new,
        page_url=f"{config.current().public_url}/admin/reconciliation/{found.id}",
    )
