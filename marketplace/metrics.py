"""Metrics for those who watch a server: gauges of now, read from the database."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, text

from marketplace import clock, jobs
from marketplace.bookings.models import Booking
from marketplace.bookings.rules import CLAIMING
from marketplace.db import literals, session
from marketplace.invariants import queries as invariant_queries
from marketplace.invariants.rules import catalog
from marketplace.ledger import rules as ledger_accounts
from marketplace.ledger.queries import balances as balance_queries
from marketplace.notifications import queries as notifications
from marketplace.payouts.queries import runs as run_queries
from marketplace.reconciliation import queries as reconciliation_queries
from marketplace.stripe_inbox import queries as stripe_events

OF_THE_SITE = (
    ledger_accounts.STRIPE,
    ledger_accounts.STRIPE_FEES,
    ledger_accounts.REVENUE,
    ledger_accounts.SESSIONS_OWED,
    ledger_accounts.IN_TRANSIT,
    ledger_accounts.DISPUTES,
)

_QUEUE = text("""
select count(*) filter (where status = 'todo'), count(*) filter (where status = 'doing'),
    count(*) filter (where status = 'failed'),
    coalesce(extract(epoch from :now - min(greatest(scheduled_at,
        (select min(at) from procrastinate_events e where e.job_id = j.id))) filter (where status = 'todo')), 0)
from procrastinate_jobs j
where status in :unfinished and (status <> 'todo' or scheduled_at is null or scheduled_at <= :now)
""").bindparams(literals("unfinished", jobs.UNFINISHED))
_BOOKINGS = select(Booking.status, func.count()).where(Booking.status.in_(CLAIMING)).group_by(Booking.status)
_OLDEST_MESSAGE = text("select min(received_at) from stripe_events where handled_at is null")


@dataclass(frozen=True)
class Metrics:
    """Counts, ages in seconds and cents. None: never heard of, never evaluated, never reconciled."""

    jobs: Mapping[str, int]
    oldest_job_seconds: float
    worker_seconds: float | None
    unhandled_messages: int
    oldest_message_seconds: float
    mails: Mapping[str, int]
    claims: Mapping[str, int]
    payouts: Mapping[str, int]
    broken: Mapping[str, bool]
    evaluated_seconds: float | None
    differences: int | None
    reconciled_seconds: float | None
    balances: Mapping[tuple[str, str], int]


def read() -> Metrics:
    """Every metric as it is now."""
    now = clock.now()
    due, doing, failed, oldest = session().execute(_QUEUE, {"now": clock.of_the_machine()}).one()
    heartbeat, evaluated, reconciled = (
        jobs.heartbeat_age(),
        invariant_queries.summary(),
        reconciliation_queries.latest_finished(),
    )
    oldest_message = session().scalar(_OLDEST_MESSAGE)
    broken_names = set(invariant_queries.broken())
    return Metrics(
        jobs={"due": due, "doing": doing, "failed": failed},
        oldest_job_seconds=max(float(oldest), 0.0),
        worker_seconds=None if heartbeat is None else heartbeat.total_seconds(),
        unhandled_messages=stripe_events.count_unhandled(),
        oldest_message_seconds=0.0 if oldest_message is None else (now - oldest_message).total_seconds(),
        mails=notifications.counts(),
        claims={"held": 0, "requested": 0, "confirmed": 0} | _claims(),
        payouts=run_queries.counts(),
        broken={one.name: one.name in broken_names for one in catalog.INVARIANTS},
        evaluated_seconds=None if evaluated.age is None else evaluated.age.total_seconds(),
        differences=None if reconciled is None else len(reconciled.differences),
        reconciled_seconds=_age(reconciled.finished_at) if reconciled else None,
        balances=_balances(),
    )


def _age(instant: datetime | None) -> float | None:
    return None if instant is None else (clock.now() - instant).total_seconds()


def _claims() -> dict[str, int]:
    return {status: int(count) for status, count in session().execute(_BOOKINGS)}


def _balances() -> dict[tuple[str, str], int]:
    found = balance_queries.accounts(names=OF_THE_SITE, limit=None)
    return {(line.name, line.currency): line.balance_cents for line in found}
