"""Everybody's session credits, for admins: what is owed for sessions without a time."""

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.authentication.access import admin_only
from marketplace.errors import NotFound
from marketplace.http import actor
from marketplace.languages import gettext as _
from marketplace.pages.arguments import id_argument
from marketplace.session_credits import queries, rules

bp = Blueprint("admin_session_credits", __name__, url_prefix="/admin/credits")


@bp.get("")
@admin_only
def browse() -> ResponseReturnValue:
    """Credits of one state, or all, the newest first."""
    status, after = request.args.get("status", rules.OPEN), id_argument("after")
    if status not in {"all", *rules.STATES.states}:
        raise NotFound
    found, more = queries.page_for_admin(actor(), status=None if status == "all" else status, after=after)
    return render_template(
        "admin/session_credits.html",
        credits=found,
        owed=queries.open_sums(actor()),
        names=rules.STATUS_NAMES,
        filters=[
            (str(words), url_for(".browse", status=name), name == status)
            for name, words in {**rules.STATUS_NAMES, "all": _("All")}.items()
        ],
        start=url_for(".browse", status=status) if after else None,
        more=url_for(".browse", status=status, after=more) if more else None,
    )
