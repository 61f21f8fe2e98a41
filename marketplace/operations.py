"""What an operator looks after: failed jobs and mails, events, the ledger, whether everything answers."""

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from marketplace import clock, config, jobs
from marketplace.accounts.models import User
from marketplace.attendance import queries as attendance
from marketplace.audit.service import record
from marketplace.bookings import queries as bookings
from marketplace.coaches import queries as coaches
from marketplace.db import session, transactional
from marketplace.errors import FairhourError, NotFound
from marketplace.invariants.queries import results as invariant_results
from marketplace.ledger.queries import entries as entry_queries
from marketplace.notifications import queries as notifications
from marketplace.payments import queries as payments
from marketplace.payments.models import Dispute, Refund
from marketplace.payments.stripe_gateway import connect as stripe_connect
from marketplace.payouts.queries import payables as payable_queries
from marketplace.payouts.queries import runs as run_queries
from marketplace.payouts.rules import payables as payout_rules
from marketplace.stripe_inbox import queries as stripe_events
from marketplace.stripe_inbox import rules as stripe_event_rules

# Entries that are read at a time where all of them are wanted.
LOT = 1000


@dataclass(frozen=True)
class Waiting:
    """How much waits for somebody: coaches, cases, payouts by state, failed jobs and mails, events, broken checks."""

    coaches: int
    cases: int
    payable: int
    proposed: int
    payouts_waiting: int
    payouts_failed: int
    jobs: int
    mails: int
    events: int
    broken: int


@dataclass(frozen=True)
class Check:
    """One thing that must be well, and what was found."""

    name: str
    well: bool
    found: str


def only_admins(actor: User) -> None:
    """Raise NotFound for everybody else."""
    if not actor.is_admin:
        raise NotFound


def waiting(admin: User) -> Waiting:
    """What an admin has to look at."""
    only_admins(admin)
    by_state = run_queries.counts()
    return Waiting(
        coaches=len(coaches.waiting_for_vetting()),
        cases=attendance.count_contested(),
        payable=len([payable for payable in payable_queries.payables(admin) if payable.reason is None]),
        proposed=by_state.get(payout_rules.PROPOSED, 0),
        payouts_waiting=run_queries.count_waiting(),
        payouts_failed=by_state.get(payout_rules.FAILED, 0),
        jobs=jobs.count_failed(),
        mails=notifications.counts()["failed"],
        events=stripe_events.count_unhandled(),
        broken=len(invariant_results.broken()),
    )


@transactional
def rerun_job(admin: User, *, job_id: int) -> None:
    """Put a failed job back into the queue; raises NotFound."""
    only_admins(admin)
    jobs.rerun(job_id)
    record(admin.id, "job.rerun", str(job_id))


def ledger_lines(
    admin: User,
    *,
    account: str | None = None,
    about: uuid.UUID | None = None,
    before: uuid.UUID | None = None,
    limit: int = 100,
) -> Sequence[entry_queries.Line]:
    """Entries, the newest first: of one account, and about one booking, payment or payout."""
    only_admins(admin)
    subjects: list[uuid.UUID] = []
    if about is not None:
        payment = payments.find(about)
        subjects = bookings.subjects_of(about) if payment is None else [about, payment.subject_id]
    return entry_queries.lines(account=account or None, subject_ids=subjects, before=before, limit=limit)


def all_ledger_lines(admin: User, *, before: uuid.UUID | None = None, **wanted: Any) -> Iterator[entry_queries.Line]:
    """The same to the oldest, read in lots while they are written out."""
    while found := ledger_lines(admin, before=before, limit=LOT, **wanted):
        yield from found
        before = found[-1].id


def owed_refunds(admin: User) -> Sequence[Refund]:
    """Refunds that failed and were not sent again, the oldest first."""
    only_admins(admin)
    return payments.owed_refunds()


def disputes(admin: User, *, closed: bool = False) -> Sequence[Dispute]:
    """Open disputes, what is due first; or those that are decided, the latest first."""
    only_admins(admin)
    return payments.disputes(closed=closed)


def dispute(admin: User, dispute_id: uuid.UUID) -> Dispute:
    """One dispute; NotFound."""
    only_admins(admin)
    return payments.dispute(dispute_id)


def checks() -> list[Check]:
    """Look at everything that this installation needs to run; nothing raises."""
    return [
        _check("settings", _settings),
        _check("database", _database),
        _check("stripe", _stripe),
        worker(),
        _check("failed jobs", lambda: _none(jobs.count_failed(), "failed")),
        _check("mail", lambda: _none(notifications.counts()["failed"], "could not be sent")),
        _check("events", _events),
        _check("invariants", _invariants),
    ]


def _check(name: str, look: Callable[[], Check]) -> Check:
    try:
        found = look()
    except (FairhourError, OSError) as error:
        return Check(name, False, str(error))
    return Check(name, found.well, found.found)


def _settings() -> Check:
    settings = config.current()
    return Check("", True, f"{settings.app_env}, {settings.public_url}")


def _database() -> Check:
    version = session().scalar(text("select split_part(version(), ' ', 2)"))
    return Check("", True, f"PostgreSQL {version}")


def _stripe() -> Check:
    next(stripe_connect.balance_lines(clock.now() - timedelta(minutes=1)), None)
    return Check("", True, f"answers at {config.current().stripe_api_base}")


def worker() -> Check:
    """Is anybody doing the jobs?"""
    age = jobs.heartbeat_age()
    if age is None:
        return Check("worker", False, "none was ever heard of: start one")
    seconds = int(age.total_seconds())
    return Check("worker", seconds <= config.current().worker_stalled_seconds, f"heard of {seconds} s ago")


def _events() -> Check:
    stuck = stripe_events.unhandled(clock.now() - 2 * stripe_event_rules.LOST_AFTER)
    return _none(len(stuck), "not handled for minutes")


def _invariants() -> Check:
    """What the last looks found; a young installation has none yet."""
    summary = invariant_results.summary()
    if summary.age is None:
        return Check("", True, "nobody has looked yet")
    minutes = int(summary.age.total_seconds() // 60)
    told = f"{len(summary.broken)} broken" + (f" ({', '.join(summary.broken)})" if summary.broken else "")
    return Check("", not summary.broken, f"{told} of {summary.looked_at}, looked at {minutes} min ago")


def _none(count: int, what: str) -> Check:
    return Check("", count == 0, f"{count} {what}")
