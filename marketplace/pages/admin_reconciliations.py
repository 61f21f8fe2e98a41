"""The reconciliations of the ledger with Stripe, for admins."""

import uuid
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.authentication.access import admin_only
from marketplace.http import actor
from marketplace.languages import gettext as _
from marketplace.pages import admin_files
from marketplace.pages.arguments import id_argument
from marketplace.reconciliation import queries, service

bp = Blueprint("admin_reconciliations", __name__, url_prefix="/admin")

RECONCILIATIONS = 20


@bp.get("/reconciliation")
@admin_only
def reconciliations() -> ResponseReturnValue:
    """Every reconciliation, the latest first and in full."""
    before = id_argument("before")
    found = queries.reconciliations(actor(), before=before, limit=RECONCILIATIONS + 1)
    return _reconciliation_page(found, found[0].id if found and not before else None, continued=bool(before))


@bp.get("/reconciliation/<uuid:reconciliation_id>")
@admin_only
def reconciliation(reconciliation_id: uuid.UUID) -> ResponseReturnValue:
    """One reconciliation in full."""
    queries.reconciliation(actor(), reconciliation_id)
    latest = queries.reconciliations(actor(), limit=RECONCILIATIONS + 1)
    return _reconciliation_page(latest, reconciliation_id)


def _reconciliation_page(found: Any, shown_id: uuid.UUID | None, *, continued: bool = False) -> str | Response:
    if file := admin_files.as_file("reconciliations.csv", admin_files.RECONCILIATIONS, found):
        return file
    shown = queries.reconciliation(actor(), shown_id) if shown_id else None
    return render_template(
        "admin/reconciliation.html",
        shown=shown,
        differences=queries.differences_of(shown) if shown else [],
        reconciliations=found[:RECONCILIATIONS],
        next_page=found[RECONCILIATIONS - 1].id if len(found) > RECONCILIATIONS else None,
        continued=continued,
    )


@bp.post("/reconciliation")
@admin_only
def reconcile() -> ResponseReturnValue:
    """Have the worker reconcile the ledger with Stripe."""
    asked = service.request_reconciliation(actor(), everything=request.form.get("of") == "everything")
    flash(_("The ledger is being reconciled with Stripe. Load this page again in a moment."), "success")
    return redirect(url_for(".reconciliation", reconciliation_id=asked.id), 303)
