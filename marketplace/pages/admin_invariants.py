"""Whether everything is as it must be: the invariants."""

import uuid

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from marketplace.authentication.access import admin_only
from marketplace.http import actor
from marketplace.invariants import queries as invariant_queries
from marketplace.invariants import service as invariants
from marketplace.languages import gettext as _
from marketplace.pages.admin_words import kind_words, violation_words

bp = Blueprint("admin_invariants", __name__, url_prefix="/admin")


@bp.get("/invariants")
@admin_only
def checks() -> ResponseReturnValue:
    """Every check, the broken ones first, with what breaks them."""
    standings = invariant_queries.statuses(actor())
    broken = [standing for standing in standings if standing.result is not None and not standing.result.well]
    return render_template(
        "admin/invariants.html",
        standings=standings,
        broken=len(broken),
        address_of=_address_of,
        kind_words=kind_words,
        violation_words=violation_words,
    )


@bp.post("/invariants")
@admin_only
def look() -> ResponseReturnValue:
    """Have the worker look at everything now."""
    invariants.request_evaluation(actor())
    flash(_("Everything is being looked at. It takes some seconds."), "success")
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
