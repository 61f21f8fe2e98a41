"""Disputes: what is due when, what we know of the session, and sending it."""

import uuid
from dataclasses import replace
from functools import partial
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.authentication.access import admin_only
from marketplace.bookings.disputes import evidence as dispute_evidence
from marketplace.bookings.disputes.rules import EDITABLE
from marketplace.bookings.disputes.schemas import EvidenceSchema
from marketplace.error_answers import status_of
from marketplace.errors import Conflict, Invalid
from marketplace.http import actor
from marketplace.languages import LazyText
from marketplace.languages import gettext as _
from marketplace.languages import lazy_gettext as _l
from marketplace.pages import admin_files, tables
from marketplace.pages.admin_words import evidence_words, reason_words
from marketplace.pages.csv_export import batches
from marketplace.pages.forms import load
from marketplace.payments import queries as payment_queries
from marketplace.payments import rules

bp = Blueprint("admin_disputes", __name__, url_prefix="/admin/disputes")

STATES = {
    "warning_needs_response": (_l("Asked, waits for evidence"), "warm"),
    "needs_response": (_l("Waits for evidence"), "warm"),
    "lost": (_l("Lost"), "bad"),
    "won": (_l("Won"), "good"),
}
UNDER_REVIEW, CLOSED = (_l("The bank decides"), "quiet"), (_l("Closed"), "quiet")


SHOWN = admin_files.only(admin_files.DISPUTES, "what", "amount", "reason", "status", "opened_at", "due_by", "closed_at")


def _state(status: str) -> tuple[LazyText, str]:
    return STATES.get(status, UNDER_REVIEW if "review" in status else CLOSED)


@bp.get("")
@admin_only
def waiting() -> ResponseReturnValue:
    """Open disputes by what is due first, or those that are decided."""
    closed = request.args.get("state") == "closed"
    asked = tables.read(SHOWN, default="-closed_at" if closed else "due_by")
    read = partial(payment_queries.disputes_for, actor(), closed=closed)
    if asked.as_csv:
        return replace(asked, columns=admin_files.DISPUTES).csv("disputes.csv", batches(read, **asked.sorting))
    shown = asked.table(read(**asked.order), _("Disputes"))
    return render_template("admin/disputes.html", shown=shown, closed=closed, state_of=_state), asked.status


@bp.get("/<uuid:dispute_id>")
@admin_only
def dispute(dispute_id: uuid.UUID) -> ResponseReturnValue:
    """Everything that we know and would send."""
    return _page(dispute_id)


@bp.post("/<uuid:dispute_id>/evidence")
@admin_only
def submit(dispute_id: uuid.UUID) -> ResponseReturnValue:
    """Send it to the bank."""
    try:
        dispute_evidence.submit_evidence(actor(), dispute_id=dispute_id, **load(EvidenceSchema()))
    except (Invalid, Conflict) as refusal:
        errors = refusal.fields if isinstance(refusal, Invalid) else {"form": [refusal.sentence]}
        return _page(dispute_id, errors=errors, typed=request.form), status_of(refusal)
    flash(_("The evidence is on its way to the bank."), "success")
    return redirect(url_for(".dispute", dispute_id=dispute_id), 303)


def _page(dispute_id: uuid.UUID, **shown: Any) -> str:
    found = payment_queries.dispute_for(actor(), dispute_id)
    return render_template(
        "admin/dispute.html",
        dispute=found,
        state_of=_state,
        reason_words=reason_words,
        evidence_words=evidence_words,
        evidence=found.evidence or dispute_evidence.evidence_for(actor(), dispute_id=dispute_id),
        editable=EDITABLE,
        to_answer=found.status in rules.NEEDS_RESPONSE and found.evidence is None,
        **shown,
    )
