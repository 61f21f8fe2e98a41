"""Whether everything is as it must be: invariants, reconciliation with Stripe, sweeps."""

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace import clock
from marketplace.authentication.access import admin_only
from marketplace.http import actor
from marketplace.invariants import queries as invariant_queries
from marketplace.invariants import service as invariants
from marketplace.reconciliation import queries as reconciliation_queries
from marketplace.reconciliation import service as reconciliation_service
from marketplace.sweeps import queries as sweep_queries
from marketplace.sweeps import rules as sweep_rules

bp = Blueprint("admin_invariants", __name__, url_prefix="/admin")

RECONCILIATIONS = 20


@bp.get("/invariants")
@admin_only
def checks() -> ResponseReturnValue:
    """Every check, the broken ones first, with what breaks them."""
    standings = invariant_queries.statuses(actor())
    broken = [standing for standing in standings if standing.result is not None and not standing.result.well]
    return render_template("admin/invariants.html", standings=standings, broken=len(broken), address_of=_address_of)


@bp.post("/invariants")
@admin_only
def look() -> ResponseReturnValue:
    """Have the worker look at everything now."""
    invariants.request_evaluation(actor())
    flash("Everything is being looked at. It takes some seconds.", "success")
    return redirect(url_for(".checks"), 303)


def _address_of(kind: str, id_: str) -> str | None:
    """Where an admin finds out more about something that breaks a check."""
    if kind in {"booking", "payment", "payout"}:
        return url_for("admin.ledger", about=id_) if _is_uuid(id_) else None
    if kind == "coach":
        return url_for("admin.ledger", account=f"coach:{id_}")
    if kind == "account":
        return url_for("admin.ledger", account=id_)
    if kind == "event":
        return url_for("admin.stripe_events", state="open")
    return url_for("admin.failed") if kind in {"job", "mail"} else None


def _is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


@bp.get("/reconciliation")
@admin_only
def reconciliations() -> ResponseReturnValue:
    """Every reconciliation, the latest first and in full."""
    before = request.args.get("before", "")
    found = reconciliation_queries.reconciliations(
        actor(), before=uuid.UUID(before) if _is_uuid(before) else None, limit=RECONCILIATIONS + 1
    )
    return _reconciliation_page(found, found[0].id if found and not before else None, continued=bool(before))


@bp.get("/reconciliation/<uuid:reconciliation_id>")
@admin_only
def reconciliation(reconciliation_id: uuid.UUID) -> ResponseReturnValue:
    """One reconciliation in full."""
    reconciliation_queries.reconciliation(actor(), reconciliation_id)
    latest = reconciliation_queries.reconciliations(actor(), limit=RECONCILIATIONS + 1)
    return _reconciliation_page(latest, reconciliation_id)


def _reconciliation_page(found: Any, shown_id: uuid.UUID | None, *, continued: bool = False) -> str:
    shown = reconciliation_queries.reconciliation(actor(), shown_id) if shown_id else None
    return render_template(
        "admin/reconciliation.html",
        shown=shown,
        differences=reconciliation_queries.differences_of(shown) if shown else [],
        reconciliations=found[:RECONCILIATIONS],
        next_page=found[RECONCILIATIONS - 1].id if len(found) > RECONCILIATIONS else None,
        continued=continued,
    )


@bp.post("/reconciliation")
@admin_only
def reconcile() -> ResponseReturnValue:
    """Have the worker reconcile the ledger with Stripe."""
    asked = reconciliation_service.request_reconciliation(actor(), everything=request.form.get("of") == "everything")
    flash("The ledger is being reconciled with Stripe. Load this page again in a moment.", "success")
    return redirect(url_for(".reconciliation", reconciliation_id=asked.id), 303)


@bp.get("/sweeps")
@admin_only
def sweeps() -> ResponseReturnValue:
    """What the hourly sweeps found."""
    found, next_at = sweep_queries.sweeps(actor()), sweep_rules.next_sweep(clock.now())
    return render_template("admin/sweeps.html", sweeps=found, next_at=next_at, kinds=sweep_rules.KINDS)
