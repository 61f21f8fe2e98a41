"""The worker: its jobs, when the periodic ones run, and the process that runs them."""

import asyncio
from collections.abc import Callable
from typing import Any

import procrastinate
import structlog
from flask import Flask

from marketplace import payment_subjects
from marketplace.accounts import service as accounts
from marketplace.accounts.sessions import service as user_sessions
from marketplace.asks.demand import service as unmet_demand
from marketplace.asks.invitations.mailboxes import service as mailboxes
from marketplace.asks.invitations.service import declining, offers
from marketplace.asks.queue import service as ask_queues
from marketplace.asks.quotes import service as quotes
from marketplace.asks.service import drafts, silence
from marketplace.attendance import service as attendance
from marketplace.authentication import account_mail
from marketplace.bookings.approvals import service as approvals
from marketplace.bookings.attachments import service as attachments
from marketplace.bookings.calendar_sync import service as calendar_sync
from marketplace.bookings.completions import service as completions
from marketplace.bookings.earnings import service as earnings
from marketplace.bookings.holds import expiry, kept_requests
from marketplace.bookings.meeting_links import service as meeting_links
from marketplace.bookings.overruns import earnings as overrun_earnings
from marketplace.bookings.overruns import service as overruns
from marketplace.bookings.reminders import service as reminders
from marketplace.bookings.reschedules import service as reschedules
from marketplace.calendars.service import exports as calendar_exports
from marketplace.calendars.service import imports as calendar_imports
from marketplace.coaches.licences import service as licences
from marketplace.coaches.service import ended_sponsorship, offerings, withdrawn_currencies
from marketplace.config import Settings
from marketplace.db import be_patient
from marketplace.errors import Unavailable
from marketplace.exchange_rates import service as exchange_rates
from marketplace.files.service import keeping
from marketplace.invariants import service as invariants
from marketplace.invoices.service import fee_invoices, issuance
from marketplace.job_runner import ANSWER_SECONDS, STOP_SECONDS, Runner
from marketplace.jobs import FORMER_NAMES, Patience, begin
from marketplace.ledger.service import closings as ledger_closings
from marketplace.notifications import service as notifications
from marketplace.payments.service import disputes as payment_disputes
from marketplace.payments.service import refund_adoptions, refunds
from marketplace.payouts.service import bank_accounts
from marketplace.payouts.service import reversals as payout_reversals
from marketplace.payouts.service import runs as payout_runs
from marketplace.payouts.service import transfers as payout_transfers
from marketplace.personal_data.service import deletion, exports
from marketplace.rate_limits import forget_old_counts
from marketplace.reconciliation import service as reconciliation
from marketplace.scheduling.service import projection
from marketplace.session_credits.service import refunds as session_credits
from marketplace.session_feedback import service as session_feedback
from marketplace.stripe_inbox import service as stripe_inbox
from marketplace.sweeps import rules as sweep_rules
from marketplace.sweeps import service as sweeps
from marketplace.unpaid_time.grants import service as grants
from marketplace.unpaid_time.service import known_time
from marketplace.waitlist import service as waitlist

log = structlog.get_logger()

JOBS: dict[str, Callable[..., Any]] = {
    "abandon_payment": payment_subjects.abandon_payment,
    "adopt_refund": refund_adoptions.adopt_refund,
    "adopt_refunds": refund_adoptions.adopt_refunds,
    "advance_queues": ask_queues.advance_queues,
    "announce_end_of_sponsorship": ended_sponsorship.announce_end_of_sponsorship,
    "ask_for_feedback": session_feedback.ask_for_feedback,
    "capture_payment": payment_subjects.capture_payment,
    "check_free_ranges": projection.check_free_ranges,
    "check_invariants": invariants.check_invariants,
    "check_ledger": ledger_closings.check_ledger,
    "close_ledger": ledger_closings.close_ledger,
    "complete_sessions": completions.complete_sessions,
    "delete_accounts": deletion.delete_accounts,
    "expand_openings": projection.expand_openings,
    "expire_hold": expiry.expire_hold,
    "expire_holds": expiry.expire_holds,
    "export_event": calendar_exports.export_event,
    "export_sessions": calendar_sync.export_sessions,
    "fetch_calendar": calendar_imports.fetch_calendar,
    "fetch_calendars": calendar_imports.fetch_calendars,
    "fetch_exchange_rates": exchange_rates.fetch_exchange_rates,
    "follow_currencies": withdrawn_currencies.follow_currencies,
    "follow_licences": licences.follow_licences,
    "forget_old_ask_drafts": drafts.forget_old_ask_drafts,
    "forget_kept_requests": kept_requests.forget_kept_requests,
    "forget_old_attachments": attachments.forget_old_attachments,
    "forget_old_counts": forget_old_counts,
    "forget_old_exports": exports.forget_old_exports,
    "forget_old_mails": mailboxes.forget_old_mails,
    "forget_old_requests": accounts.forget_old_requests,
    "forget_old_search_misses": unmet_demand.forget_old_search_misses,
    "forget_old_sessions": user_sessions.forget_old_sessions,
    "handle_event": stripe_inbox.handle_event,
    "issue_fee_invoices": fee_invoices.issue_fee_invoices,
    "issue_invoices": issuance.issue_invoices,
    "issue_missing_invoices": issuance.issue_missing,
    "lapse_asks": silence.lapse_asks,
    "lapse_invitations": declining.lapse_invitations,
    "record_unpaid_time": known_time.record_unpaid_time,
    "lapse_overruns": overruns.lapse_overruns,
    "release_overruns": overrun_earnings.release_overruns,
    "lapse_proposals": reschedules.lapse_proposals,
    "lapse_requests": approvals.lapse_requests,
    "make_export": exports.make_export,
    "offer_freed": waitlist.offer_freed,
    "propose_due": payout_runs.propose_due,
    "read_received_mail": mailboxes.read_received_mail,
    "reconcile_nightly": reconciliation.reconcile_nightly,
    "refresh_account": bank_accounts.refresh_account,
    "refresh_accounts": bank_accounts.refresh_accounts,
    "release_authorization": payment_subjects.release_authorization,
    "release_earnings": earnings.release_earnings,
    "remind": reminders.remind,
    "remove_stored_file": keeping.remove_stored_file,
    "resume_payouts": payout_transfers.resume_payouts,
    "resume_refunds": refunds.resume_refunds,
    "roll_openings": projection.roll_openings,
    "run_reconciliation": reconciliation.run_reconciliation,
    "send_account_mail": account_mail.send_account_mail,
    "send_address_mail": account_mail.send_address_mail,
    "send_evidence": payment_disputes.send_evidence,
    "send_meeting_link": meeting_links.send_meeting_link,
    "send_message": notifications.send_message,
    "send_new_terms": offerings.send_new_terms,
    "send_payout": payout_transfers.send_payout,
    "send_refund": refunds.send_refund,
    "send_reminders": reminders.send_reminders,
    "send_reversal": payout_reversals.send_reversal,
    "settle_invitations": offers.settle_invitations,
    "settle_payment": payment_subjects.settle_payment,
    "settle_payments": payment_subjects.settle_payments,
    "settle_credits": session_credits.settle_credits,
    "settle_grants": grants.settle_grants,
    "settle_quotes": quotes.settle_quotes,
    "settle_unanswered": attendance.settle_unanswered,
    "settle_written_answers": payment_subjects.settle_written_answers,
    "sweep": sweeps.sweep,
    "sweep_events": stripe_inbox.sweep_events,
    "sweep_files": keeping.sweep_files,
    "sync_refund": refunds.sync_refund,
}

# Sweeps find what is due by our own clock; six fields, the last is seconds.
SCHEDULE: list[tuple[str, str]] = [
    ("* * * * * */15", "expire_holds"),
    ("* * * * * 5,35", "lapse_requests"),
    ("* * * * * 8,38", "lapse_proposals"),
    ("* * * * * 9", "lapse_overruns"),
    ("* * * * * 21", "release_overruns"),
    ("* * * * * 22", "lapse_asks"),
    ("* * * * * 24", "lapse_invitations"),
    ("* * * * * 26,56", "advance_queues"),
    ("* * * * * 27", "record_unpaid_time"),
    ("* * * * * 18,48", "settle_quotes"),
    ("* * * * * 21,51", "settle_invitations"),
    ("* * * * * 17,47", "settle_grants"),
    ("* * * * * 14,44", "settle_credits"),
    ("* * * * * 13,43", "settle_written_answers"),
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
    ("*/5 * * * * 25", "ask_for_feedback"),
    ("*/5 * * * * 55", "check_invariants"),
    ("*/10 * * * *", "refresh_accounts"),
    ("*/10 * * * * 50", "follow_currencies"),
    ("* * * * * 58", "follow_licences"),
    ("*/10 * * * * 20", "close_ledger"),
    ("37 5 * * *", "issue_fee_invoices"),
    ("17 * * * *", "forget_old_requests"),
    ("18 * * * *", "forget_old_mails"),
    ("19 * * * *", "forget_old_counts"),
    ("21 * * * *", "forget_old_ask_drafts"),
    ("23 * * * *", "sweep_files"),
    ("27 * * * *", "adopt_refunds"),
    ("29 3 * * *", "forget_old_sessions"),
    ("33 3 * * *", "forget_old_search_misses"),
    ("41 * * * *", "delete_accounts"),
    ("47 * * * *", "forget_old_exports"),
    ("31 3 * * *", "forget_old_attachments"),
    ("43 * * * *", "forget_kept_requests"),
    (f"{sweep_rules.SWEEP_MINUTE} * * * *", "sweep"),
    ("11 6 * * *", "propose_due"),
    # The Bank publishes about 16:00 in Frankfurt; a few hours later is early enough for what is approximate.
    ("41 */6 * * *", "fetch_exchange_rates"),
    ("23 1 * * *", "roll_openings"),
    ("43 2 * * *", "reconcile_nightly"),
    ("23 4 * * *", "check_free_ranges"),
    ("53 4 * * *", "check_ledger"),
]

# What runs every few minutes or more often.
SWEEPS = frozenset(name for cron, name in SCHEDULE if cron.split()[0].startswith("*"))

CONCURRENCY = 4
DONE_JOBS_KEPT_HOURS = 72


def queue(app: Flask) -> procrastinate.App:
    """The job queue of `app` with every row of JOBS and SCHEDULE, each run inside a context of it."""
    settings: Settings = app.extensions["settings"]
    jobs = procrastinate.App(
        connector=procrastinate.PsycopgConnector(
            conninfo=settings.database_url, min_size=1, max_size=4, timeout=ANSWER_SECONDS
        )
    )
    periodic = {name: cron for cron, name in SCHEDULE}
    for name, work in JOBS.items():
        former = [FORMER_NAMES[name]] if name in FORMER_NAMES else None
        task = jobs.task(name=name, aliases=former, retry=Patience(), pass_context=True)(_inside(app, name, work))
        if name in periodic:
            jobs.periodic(cron=periodic[name])(task)

    @jobs.task(name="retry_stalled", pass_context=True)
    async def retry_stalled(context: procrastinate.JobContext, timestamp: int) -> None:
        """Give the jobs of a worker that died back to the queue."""
        manager = context.app.job_manager
        for job in await manager.get_stalled_jobs(seconds_since_heartbeat=settings.worker_stalled_seconds):
            # Another may wait under its name by now: it is tried again beside that one.
            await asyncio.to_thread(_begin, app, job.id)
            await manager.retry_job(job)

    @jobs.task(name="forget_old_jobs", pass_context=True)
    async def forget_old_jobs(context: procrastinate.JobContext, timestamp: int) -> None:
        """Jobs that were done days ago go; failed ones stay until somebody looked."""
        await context.app.job_manager.delete_old_jobs(nb_hours=DONE_JOBS_KEPT_HOURS)

    jobs.periodic(cron="* * * * * */5")(retry_stalled)
    jobs.periodic(cron="41 3 * * *")(forget_old_jobs)
    return jobs


def _begin(app: Flask, job_id: int | None) -> None:
    with app.app_context():
        begin(job_id)


def _inside(app: Flask, name: str, work: Callable[..., Any]) -> Callable[..., None]:
    def run(context: procrastinate.JobContext, timestamp: int | None = None, **args: Any) -> None:
        with app.app_context():
            structlog.contextvars.bind_contextvars(job=name)
            if context.job.queueing_lock is not None:
                begin(context.job.id)
            try:
                work(**args)
            except Unavailable:
                # A sweep that comes every few minutes is its own next attempt: each would only add one that waits.
                if timestamp is None or name not in SWEEPS:
                    raise
                log.warning("worker.sweep_waits", job=name)

    run.__name__ = name
    return run


def main() -> None:
    """Run jobs until a signal says stop; what is under way is finished first."""
    from marketplace.app import create_app  # noqa: PLC0415  the worker is a door of its own, not a part of the app

    app = create_app()
    settings: Settings = app.extensions["settings"]
    be_patient(app, settings.worker_statement_timeout_seconds)
    stalled_after = settings.worker_stalled_seconds
    Runner(
        queue(app),
        settings.database_url,
        concurrency=CONCURRENCY,
        fetch_job_polling_interval=1.0,
        shutdown_graceful_timeout=STOP_SECONDS,
        delete_jobs="never",
        update_heartbeat_interval=stalled_after / 6,
        stalled_worker_timeout=stalled_after,
    ).run_forever()


if __name__ == "__main__":
    # Imported by its name, so that the queue finds its tasks under it.
    from marketplace.worker import main as run_forever

    run_forever()
