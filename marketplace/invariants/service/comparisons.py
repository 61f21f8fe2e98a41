"""Our books against Stripe's: each comparison is kept, and admins are told when something differs that did not."""

import uuid
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from marketplace import clock, config
from marketplace.accounts.models import User
from marketplace.accounts.service import tell_admins
from marketplace.audit.service import record
from marketplace.db import session, transactional
from marketplace.errors import FairhourError, NotFound
from marketplace.invariants.models import Comparison
from marketplace.invariants.queries import comparisons as comparison_queries
from marketplace.jobs import enqueue
from marketplace.stripe_inbox import service as stripe_inbox
from marketplace.stripe_inbox.rules import Difference, Report

# A night compares so far back: longer than Stripe and we are ever apart about one payment.
NIGHTLY = timedelta(days=35)


@transactional
def ask_to_compare(admin: User, *, everything: bool = False) -> Comparison:
    """Have the worker compare the books, of the last weeks or all of them; NotFound for who is no admin."""
    if not admin.is_admin:
        raise NotFound
    asked = _asked(None if everything else clock.now() - NIGHTLY, by=admin.id)
    enqueue("compare_books", comparison_id=str(asked.id))
    record(admin.id, "books.compared", asked.id)
    return asked


@transactional
def compare_nightly() -> None:
    """The same without being asked, each night."""
    asked = _asked(clock.now() - NIGHTLY, by=None)
    enqueue("compare_books", comparison_id=str(asked.id))


def _asked(since: datetime | None, *, by: uuid.UUID | None) -> Comparison:
    asked = Comparison(since=since, asked_by=by, asked_at=clock.now(), differences=[])
    session().add(asked)
    session().flush()
    return asked


def compare_books(comparison_id: str) -> None:
    """Make a comparison that was asked for; one that is made is left alone. Raises what went wrong, for a next try."""
    asked = session().get(Comparison, uuid.UUID(comparison_id))
    if asked is None or (asked.finished_at is not None and asked.failure is None):
        return
    try:
        report = stripe_inbox.reconcile(asked.since)
    except FairhourError as error:
        _failed(asked.id, error.sentence)
        raise
    _finished(asked.id, report)


@transactional
def _failed(comparison_id: uuid.UUID, reason: str) -> None:
    asked = session().get_one(Comparison, comparison_id, with_for_update=True)
    asked.failure = reason


@transactional
def _finished(comparison_id: uuid.UUID, report: Report) -> None:
    asked = session().get_one(Comparison, comparison_id, with_for_update=True, populate_existing=True)
    before = comparison_queries.latest_finished(but=asked.id)
    known = [] if before is None else [Difference(**row) for row in before.differences]
    asked.finished_at, asked.failure, asked.compared = clock.now(), None, report.compared
    asked.differences = [asdict(difference) for difference in report.differences]
    new = [difference for difference in report.differences if difference not in known]
    if new:
        _tell(asked, new)


def _tell(found: Comparison, new: Sequence[Difference]) -> None:
    tell_admins(
        subject="Our books and Stripe's differ",
        template="books_differ",
        key=f"books:{found.id}",
        differences=[difference.spoken() for difference in new],
        page_url=f"{config.current().public_url}/admin/reconciliation/{found.id}",
    )
