"""One's data: a copy of all of it, and leaving."""

import uuid

from flask import Blueprint, Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from marketplace.authentication.access import signed_in
from marketplace.downloads import saved
from marketplace.errors import Conflict
from marketplace.http import actor
from marketplace.languages import gettext as _
from marketplace.pages.responses import private
from marketplace.personal_data import queries
from marketplace.personal_data.rules.reasons import EXPORT_DAYS, UNDO_DAYS
from marketplace.personal_data.service import deletion, exports
from marketplace.request_limits import limiter

# What an archive is saved as.
NAME = "my-data.zip"

bp = Blueprint("account_data", __name__, url_prefix="/account/data")


@bp.get("")
@signed_in
def home() -> ResponseReturnValue:
    """The copies that were made, and whether the account can be deleted."""
    person = actor()
    return private(
        "account_data.html",
        exports=queries.exports_of(person.id),
        deletion=queries.open_deletion(person.id),
        reasons=queries.reasons_against(person),
        export_days=EXPORT_DAYS,
        undo_days=UNDO_DAYS,
    )


@bp.post("/exports")
@signed_in
@limiter.limit("10 per day")
def ask_for_export() -> ResponseReturnValue:
    """Have a copy made."""
    exports.ask_for_export(actor())
    flash(_("Your copy is being made. We write to you when it is ready."), "success")
    return _back()


@bp.get("/exports/<uuid:export_id>")
@signed_in
def download(export_id: uuid.UUID) -> Response:
    """The copy, to be saved."""
    return saved(queries.exported(actor(), export_id), NAME)


@bp.post("/deletion")
@signed_in
def leave() -> ResponseReturnValue:
    """Ask for the account to be deleted."""
    try:
        deletion.ask_to_leave(actor())
        flash(_("Your account will be deleted. Until then you can take it back here."), "success")
    except Conflict as refusal:
        flash(refusal.sentence, "error")
    return _back()


@bp.post("/deletion/withdraw")
@signed_in
def stay() -> ResponseReturnValue:
    """Keep the account."""
    deletion.stay(actor())
    flash(_("Your account stays."), "success")
    return _back()


def _back() -> ResponseReturnValue:
    return redirect(url_for(".home"), 303)
