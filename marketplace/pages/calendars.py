"""A coach's calendars elsewhere: what is busy there is not offered here."""

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.authentication.access import signed_in
from marketplace.calendars import queries
from marketplace.calendars.rules import addresses as rules
from marketplace.calendars.schemas import NewCalendarSchema
from marketplace.calendars.service import subscriptions as calendar_subscriptions
from marketplace.coaches import queries as coaches
from marketplace.coaches.rules import may_publish
from marketplace.errors import Conflict, Invalid
from marketplace.http import actor
from marketplace.languages import gettext as _
from marketplace.languages import lazy_gettext as _l
from marketplace.pages.forms import load

STANDINGS = {
    rules.WORKS: (_l("Works"), "good"),
    rules.UNREAD: (_l("Not read yet"), "quiet"),
    rules.OVERDUE: (_l("Not read for hours"), "warm"),
    rules.BROKEN: (_l("Needs attention"), "bad"),
}

bp = Blueprint("calendars", __name__, url_prefix="/dashboard/calendars")


@bp.get("")
@signed_in
def mine() -> ResponseReturnValue:
    """The coach's calendars with their states, and the form for another."""
    return _page({})


@bp.post("")
@signed_in
def add() -> ResponseReturnValue:
    """Add a calendar."""
    try:
        calendar = calendar_subscriptions.add(actor(), **load(NewCalendarSchema()))
    except Invalid as refusal:
        return _page(request.form, errors=refusal.fields), 422
    except Conflict as refusal:
        flash(refusal.sentence, "danger")
        return redirect(url_for(".mine"), 303)
    if may_publish(coaches.profile_of(actor()).status):
        said = _("%(name)s is read in a moment. Its busy times are then no longer offered.", name=calendar.name)
    else:
        said = _(
            "%(name)s is read once your profile is approved. Its busy times are then no longer offered.",
            name=calendar.name,
        )
    flash(said, "success")
    return redirect(url_for(".mine"), 303)


@bp.post("/<uuid:calendar_id>/read")
@signed_in
def read_now(calendar_id: uuid.UUID) -> ResponseReturnValue:
    """Have a calendar read as soon as a worker can."""
    calendar = calendar_subscriptions.read_now(actor(), calendar_id=calendar_id)
    flash(_("%(name)s is read in a moment.", name=calendar.name), "success")
    return redirect(url_for(".mine"), 303)


@bp.post("/<uuid:calendar_id>/remove")
@signed_in
def remove(calendar_id: uuid.UUID) -> ResponseReturnValue:
    """Remove a calendar and its busy times."""
    calendar_subscriptions.remove(actor(), calendar_id=calendar_id)
    flash(_("Removed. What was busy only there is offered again."), "success")
    return redirect(url_for(".mine"), 303)


def _page(typed: Any, **shown: Any) -> str:
    calendars = queries.calendars_of(actor())
    kinds = list(rules.KINDS.items())
    shown.setdefault("errors", {})
    return render_template(
        "dashboard/calendars.html", calendars=calendars, kinds=kinds, typed=typed, standings=STANDINGS, **shown
    )
