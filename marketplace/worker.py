"""The worker: what jobs there are, when the periodic ones run, and the process that runs them."""

import asyncio
import os
from collections.abc import Callable
from typing import Any

import procrastinate
import structlog
from flask import Flask

from marketplace import config
from marketplace.accounts import service as accounts
from marketplace.bookings import service as bookings
from marketplace.calendars import service as calendars
from marketplace.cases import service as cases
from marketplace.checks import rules as check_rules
from marketplace.checks import service as checks
from marketplace.coaches import service as coaches
from marketplace.invoices import service as invoices
from marketplace.jobs import Patience, begin
from marketplace.ledger import service as ledger
from marketplace.notifications import service as notifications
from marketplace.payments import service as payments
from marketplace.payouts import service as payouts
from marketplace.rates import forget_old_counts
from marketplace.scheduling import service as scheduling
from marketplace.stripe_inbox import service as stripe_inbox
from marketplace.waiting import service as waiting

JOBS: dict[str, Callable[..., Any]] = {
    "abandon_payment": bookings.abandon_payment,
    "capture_payment": bookings.capture_payment,
    "check_invariants": checks.check_invariants,
    "close_ledger": ledger.close_ledger,
    "compare_books": checks.compare_books,
    "compare_nightly": checks.compare_nightly,
    "complete_sessions": bookings.complete_sessions,
    "expire_hold": bookings.expire_hold,
    "expire_holds": bookings.expire_holds,
    "expand_openings": scheduling.expand_openings,
    "fetch_calendar": calendars.fetch_calendar,
    "fetch_calendars": calendars.fetch_calendars,
    "forget_old_counts": forget_old_counts,
    "forget_old_requests": accounts.forget_old_requests,
    "handle_event": stripe_inbox.handle_event,
    "issue_fee_invoices": invoices.issue_fee_invoices,
    "issue_invoices": invoices.issue_invoices,
    "issue_missing_invoices": invoices.issue_missing,
    "lapse_moves": bookings.lapse_moves,
    "lapse_requests": bookings.lapse_requests,
    "offer_freed": waiting.offer_freed,
    "propose_due": payouts.propose_due,
    "prove_free_ranges": scheduling.prove_free_ranges,
    "prove_ledger": ledger.prove_ledger,
    "refresh_account": payouts.refresh_account,
    "refresh_accounts": payouts.refresh_accounts,
    "release_authorization": bookings.release_authorization,
    "release_earnings": bookings.release_earnings,
    "remind": bookings.remind,
    "resume_payouts": payouts.resume_payouts,
    "resume_refunds": payments.resume_refunds,
    "roll_openings": scheduling.roll_openings,
    "send_evidence": payments.send_evidence,
    "send_message": notifications.send_message,
    "send_payout": payouts.send_payout,
    "send_refund": payments.send_refund,
    "send_reminders": bookings.send_reminders,
    "send_reversal": payouts.send_reversal,
    "settle_payment": bookings.settle_payment,
    "settle_payments": bookings.settle_payments,
    "settle_unanswered": cases.settle_unanswered,
    "sweep": checks.sweep,
    "sweep_events": stripe_inbox.sweep_events,
    "sync_refund": payments.sync_refund,
    "tell_meeting_link": bookings.tell_meeting_link,
    "tell_new_terms": coaches.tell_new_terms,
    "write_event": calendars.write_event,
    "write_sessions": bookings.write_sessions,
}

# Sweeps find what is due by our own clock; six fields, the last is seconds.
SCHEDULE: list[tuple[str, str]] = [
    ("* * * * * */15", "expire_holds"),
    ("* * * * * 5,35", "lapse_requests"),
    ("* * * * * 8,38", "lapse_moves"),
    ("* * * * * 12,42", "offer_freed"),
    ("* * * * * 10,40", "complete_sessions"),
    ("* * * * * 0,20,40", "release_earnings"),
    ("* * * * * 25,55", "settle_payments"),
    ("* * * * * 50", "resume_refunds"),
    ("* * * * * 30", "send_reminders"),
    ("* * * * * 35", "settle_unanswered"),
    ("*/5 * * * * 15", "sweep_events"),
    ("* * * * * 45", "resume_payouts"),
    ("* * * * * 30", "fetch_calendars"),
    ("*/5 * * * * 40", "issue_missing_invoices"),
    ("*/5 * * * * 55", "check_invariants"),
    ("*/10 * * * *", "refresh_accounts"),
    ("*/10 * * * * 20", "close_ledger"),
    ("37 5 * * *", "issue_fee_invoices"),
    ("17 * * * *", "forget_old_requests"),
    ("19 * * * *", "forget_old_counts"),
    (f"{check_rules.SWEEP_MINUTE} * * * *", "sweep"),
    ("11 6 * * *", "propose_due"),
    ("23 1 * * *", "roll_openings"),
    ("43 2 * * *", "compare_nightly"),
    ("23 4 * * *", "prove_free_ranges"),
    ("53 4 * * *", "prove_ledger"),
]

CONCURRENCY = 4
DONE_JOBS_KEPT_HOURS = 72

# A job that has begun is no longer the one that waits: another may wait beside it, also when this one is tried again.
BEGUN = "update procrastinate_jobs set queueing_lock = null where id = %(id)s"

log = structlog.get_logger()


def queue(app: Flask, database_url: str) -> procrastinate.App:
    """The job queue with every row of JOBS and SCHEDULE, running inside `app`."""
    jobs = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=database_url, min_size=1, max_size=4))
    stalled_after = config.current().worker_stalled_seconds
    periodic = {name: cron for cron, name in SCHEDULE}
    for name, work in JOBS.items():
        task = jobs.task(name=name, retry=Patience(), pass_context=True)(_inside(app, name, work))
        if name in periodic:
            jobs.periodic(cron=periodic[name])(task)

    @jobs.task(name="retry_stalled", pass_context=True)
    async def retry_stalled(context: procrastinate.JobContext, timestamp: int) -> None:
        """Give the jobs of a worker that died back to the queue."""
        manager = context.app.job_manager
        for job in await manager.get_stalled_jobs(seconds_since_heartbeat=stalled_after):
            await context.app.connector.execute_query_async(BEGUN, id=job.id)
            await manager.retry_job(job)

    @jobs.task(name="forget_old_jobs", pass_context=True)
    async def forget_old_jobs(context: procrastinate.JobContext, timestamp: int) -> None:
        """Jobs that were done days ago go; failed ones stay until somebody looked."""
        await context.app.job_manager.delete_old_jobs(nb_hours=DONE_JOBS_KEPT_HOURS)

    jobs.periodic(cron="* * * * * */5")(retry_stalled)
    jobs.periodic(cron="41 3 * * *")(forget_old_jobs)
    return jobs


def _inside(app: Flask, name: str, work: Callable[..., Any]) -> Callable[..., None]:
    def run(context: procrastinate.JobContext, timestamp: int | None = None, **args: Any) -> None:
        with app.app_context():
            structlog.contextvars.bind_contextvars(job=name)
            if context.job.queueing_lock is not None:
                begin(context.job.id)
            work(**args)

    run.__name__ = name
    return run


def main() -> None:
    """Run jobs until a signal says stop; what is under way is finished first."""
    from marketplace.app import create_app  # noqa: PLC0415  the worker is a door of its own, not a part of the app

    app = create_app()
    jobs = queue(app, os.environ["DATABASE_URL"])
    stalled_after = config.current().worker_stalled_seconds

    async def run() -> None:
        async with jobs.open_async():
            await jobs.run_worker_async(
                concurrency=CONCURRENCY,
                fetch_job_polling_interval=1.0,
                shutdown_graceful_timeout=20,
                delete_jobs="never",
                update_heartbeat_interval=stalled_after / 6,
                stalled_worker_timeout=stalled_after,
            )

    asyncio.run(run())


if __name__ == "__main__":
    # Imported by its name, so that the queue finds its tasks under it.
    from marketplace.worker import main as run_forever

    run_forever()
