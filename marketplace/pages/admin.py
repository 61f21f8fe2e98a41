"""What needs an admin's attention; failed jobs and mails, Stripe's events, the ledger."""

import uuid
from collections import Counter
from dataclasses import replace
from functools import partial
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace import business_figures, doctor, failed_jobs, jobs, needs_attention
from marketplace.authentication.access import admin_only, viewers_zone
from marketplace.http import actor
from marketplace.languages import gettext as _
from marketplace.languages import lazy_gettext as _l
from marketplace.languages import ngettext, translated
from marketplace.ledger_reports import rules as ledger_rules
from marketplace.ledger_reports.queries import account_statements
from marketplace.ledger_reports.queries import entries as ledger_entries
from marketplace.notifications import queries as notification_queries
from marketplace.notifications import service as notifications
from marketplace.pages import admin_files, tables
from marketplace.pages.admin_attention import sections
from marketplace.pages.admin_words import event_words, job_words
from marketplace.pages.csv_export import batches, spreadsheet
from marketplace.pages.tables import TEXT, Column
from marketplace.stripe_inbox import queries as stripe_event_queries
from marketplace.stripe_inbox import service as stripe_inbox

bp = Blueprint("admin", __name__, url_prefix="/admin")

LINES = 100
CSV_COLUMNS = ("booked_at", "key", "debit", "credit", "cents", "currency", "subject_id", "source", "id")


EVENTS = (
    *admin_files.only(admin_files.EVENTS, "words", "type", "object_id", "received_at"),
    Column("state", _l("State"), kind=TEXT),
    Column("error", _l("Why it failed")),
    Column("retry", _l("Action"), path="id"),
)


@bp.get("")
@admin_only
def home() -> ResponseReturnValue:
    """What needs attention, then today."""
    return render_template(
        "admin/home.html",
        sections=sections(needs_attention.items(actor()), viewers_zone()),
        today=business_figures.today(actor(), viewers_zone()),
        pending=sum(each.due + each.running + each.to_retry for each in jobs.pending()),
        worker=doctor.worker(),
    )


@bp.get("/jobs")
@admin_only
def failed() -> ResponseReturnValue:
    """Jobs that are under way, and jobs and mails that nobody tries any more."""
    failed = jobs.failed()
    if file := admin_files.as_file("failed-jobs.csv", admin_files.JOBS, failed):
        return file
    return render_template(
        "admin/jobs.html",
        pending=jobs.pending(),
        jobs=failed,
        mails=notification_queries.failed(),
        alike=[name for name, count in Counter(job.name for job in failed).items() if count > 1],
        job_words=job_words,
    )


@bp.post("/jobs/<int:job_id>/rerun")
@admin_only
def rerun(job_id: int) -> ResponseReturnValue:
    """Put a job back into the queue."""
    failed_jobs.rerun_job(actor(), job_id=job_id)
    flash(_("The job is back in the queue."), "success")
    return redirect(url_for(".failed"))


@bp.post("/jobs/rerun-all")
@admin_only
def rerun_all() -> ResponseReturnValue:
    """Put every failed job of one name back into the queue."""
    done = failed_jobs.rerun_jobs(actor(), name=request.form.get("name", ""))
    flash(ngettext("%(num)s job is back in the queue.", "%(num)s jobs are back in the queue.", done), "success")
    return redirect(url_for(".failed"))


@bp.post("/mails/resend-all")
@admin_only
def resend_all() -> ResponseReturnValue:
    """Try every mail again that could not be sent."""
    done = failed_jobs.resend_mails(actor())
    flash(ngettext("%(num)s mail is being sent again.", "%(num)s mails are being sent again.", done), "success")
    return redirect(url_for(".failed"))


@bp.post("/mails/<uuid:message_id>/resend")
@admin_only
def resend(message_id: uuid.UUID) -> ResponseReturnValue:
    """Try a mail again."""
    notifications.resend(actor(), message_id=message_id)
    flash(_("The mail is being sent again."), "success")
    return redirect(url_for(".failed"))


@bp.get("/events")
@admin_only
def stripe_events() -> ResponseReturnValue:
    """What Stripe told us: all of it, or what is not handled; of a type."""
    open_only, type_ = request.args.get("state") == "open", request.args.get("type", "").strip()
    asked = tables.read(EVENTS, default="-received_at")
    read = partial(stripe_event_queries.latest, handled=False if open_only else None, type_=type_)
    if asked.as_csv:
        return replace(asked, columns=admin_files.EVENTS).csv("stripe-events.csv", batches(read, **asked.sorting))
    page = render_template(
        "admin/events.html",
        shown=asked.table(read(**asked.order), _("Stripe events")),
        open_only=open_only,
        type_=type_,
        event_words=event_words,
        translated=translated,
    )
    return page, asked.status


@bp.post("/events/<event_id>/retry")
@admin_only
def retry_event(event_id: str) -> ResponseReturnValue:
    """Let the worker handle a message again."""
    stripe_inbox.retry_event(actor(), event_id=event_id)
    flash(_("The message is being handled again."), "success")
    return redirect(url_for(".stripe_events"))


@bp.get("/ledger")
@admin_only
def ledger() -> ResponseReturnValue:
    """Entries of one account, or about one booking, payment or payout."""
    wanted, errors = _filter()
    lines = [] if errors else ledger_entries.entries(actor(), limit=LINES + 1, **wanted)
    shown = lines[:LINES]
    page = render_template(
        "admin/ledger.html",
        lines=shown,
        labels=account_statements.labels(name for line in shown for name in (line.debit, line.credit)),
        fact=ledger_rules.fact,
        more=lines[LINES - 1].id if len(lines) > LINES else None,
        typed={name: request.args.get(name, "") for name in ("account", "about")},
        continued=wanted.get("before"),
        errors=errors,
    )
    return page, 422 if errors else 200


@bp.get("/ledger.csv")
@admin_only
def ledger_csv() -> ResponseReturnValue:
    """The same as a table for a spreadsheet, to the last line."""
    wanted, errors = _filter()
    lines = [] if errors else ledger_entries.all_entries(actor(), **wanted)
    rows = ([getattr(line, name) for name in CSV_COLUMNS] for line in lines)
    return spreadsheet("ledger.csv", CSV_COLUMNS, rows)


def _filter() -> tuple[dict[str, Any], dict[str, list[str]]]:
    """What the address asks for, and what is wrong with it by field."""
    errors = {}
    wanted: dict[str, Any] = {"account": request.args.get("account", "").strip()}
    for name, key in (("about", "about"), ("after", "before")):
        typed = request.args.get(name, "").strip()
        try:
            wanted[key] = uuid.UUID(typed) if typed else None
        except ValueError:
            errors[name] = [_("This is no id of ours.")]
    return wanted, errors
