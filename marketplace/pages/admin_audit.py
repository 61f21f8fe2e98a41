"""The record: who did what to what, and which admin looked at whose data."""

import uuid

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from marketplace.accounts.queries import names
from marketplace.audit import queries
from marketplace.authentication.access import admin_only
from marketplace.pages.responses import private

bp = Blueprint("admin_audit", __name__, url_prefix="/admin/record")

LINES = 100


@bp.get("")
@admin_only
def browse() -> ResponseReturnValue:
    """The newest lines, or those about one thing or person, by one person, or of looks at data alone."""
    typed = {name: request.args.get(name, "").strip() for name in ("about", "by", "after")}
    found, errors = {}, {}
    for name, words in typed.items():
        try:
            found[name] = uuid.UUID(words) if words else None
        except ValueError:
            errors[name] = ["This is no id of ours."]
    looks = request.args.get("looks") == "yes"
    about = "" if found.get("about") is None else str(found["about"])
    lines = queries.log(about=about, actor_id=found.get("by"), looks=looks, before=found.get("after"), limit=LINES + 1)
    shown = [] if errors else lines[:LINES]
    page = private(
        "admin/record.html",
        lines=shown,
        names=names({line.actor_id for line in shown if line.actor_id}),
        typed=typed,
        looks=looks,
        errors=errors,
        more=lines[LINES - 1].id if len(lines) > LINES else None,
    )
    return page, 422 if errors else 200
