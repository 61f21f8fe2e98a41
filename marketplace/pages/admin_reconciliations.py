"""The reconciliations of the ledger with Stripe, for admins."""

import uuid
from dataclasses import replace
from functools import partial

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.authentication.access import admin_only
from marketplace.http import actor
from marketplace.languages import gettext as _
from marketplace.languages import lazy_gettext as _l
from marketplace.pages import admin_files, tables
from marketplace.pages.csv_export import batches
from marketplace.pages.tables import Column
from marketplace.reconciliation import queries, service

bp = Blueprint("admin_reconciliations", __name__, url_prefix="/admin")

RECONCILIATIONS = 20
SHOWN = (
    *admin_files.only(admin_files.RECONCILIATIONS, "asked_at", "since", "compared", "differences"),
    Column("by", _l("Asked by"), path="asked_by"),
    Column("outcome", _l("The result"), path="id"),
)


@bp.get("/reconciliation")
@admin_only
def reconciliations() -> ResponseReturnValue:
    """Every reconciliation, the latest first and in full."""
    latest = queries.reconciliations(actor(), limit=1)
    return _reconciliation_page(latest[0].id if latest else None)


@bp.get("/reconciliation/<uuid:reconciliation_id>")
@admin_only
def reconciliation(reconciliation_id: uuid.UUID) -> ResponseReturnValue:
    """One reconciliation in full."""
    return _reconciliation_page(reconciliation_id)


def _reconciliation_page(one_id: uuid.UUID | None) -> ResponseReturnValue:
    one = queries.reconciliation(actor(), one_id) if one_id else None
    asked = tables.read(SHOWN, default="-asked_at", size=RECONCILIATIONS)
    read = partial(queries.reconciliations, actor())
    if asked.as_csv:
        every = batches(read, **asked.sorting)
        return replace(asked, columns=admin_files.RECONCILIATIONS).csv("reconciliations.csv", every)
    page = render_template(
        "admin/reconciliation.html",
        one=one,
        differences=queries.differences_of(one) if one else [],
        shown=asked.table(read(**asked.order), _("Reconciliations so far")),
    )
    return page, asked.status


@bp.post("/reconciliation")
@admin_only
def reconcile() -> ResponseReturnValue:
    """Have the worker reconcile the ledger with Stripe."""
    asked = service.request_reconciliation(actor(), everything=request.form.get("of") == "everything")
    flash(_("The ledger is being reconciled with Stripe. Load this page again in a moment."), "success")
    return redirect(url_for(".reconciliation", reconciliation_id=asked.id), 303)
