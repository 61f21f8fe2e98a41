"""A coach's away message: what mentees read before they book or wait."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace import clock
from marketplace.authentication.access import signed_in
from marketplace.coaches.away_messages import service
from marketplace.coaches.away_messages.schemas import LONGEST, AwayMessageSchema, ShownAwayMessageSchema
from marketplace.coaches.queries import profile_of
from marketplace.error_answers import status_of
from marketplace.errors import Invalid, Outdated
from marketplace.http import actor
from marketplace.languages import gettext as _
from marketplace.pages.editing import EditForm, told
from marketplace.pages.forms import load

bp = Blueprint("away_messages", __name__, url_prefix="/dashboard/away-message")

MESSAGE = EditForm(ShownAwayMessageSchema, lambda: profile_of(actor()))


@bp.get("")
@signed_in
def show() -> ResponseReturnValue:
    """The message, or none."""
    coach = profile_of(actor())
    typed = {"message": coach.away_message, "until": coach.away_until}
    return _page(typed, version=MESSAGE.version())


@bp.post("")
@signed_in
def save() -> ResponseReturnValue:
    """Show these words from now on."""
    try:
        given = load(AwayMessageSchema())
        MESSAGE.save(lambda: service.set_away_message(actor(), **given))
    except (Invalid, Outdated) as refusal:
        return _page(request.form, **told(refusal)), status_of(refusal)
    flash(_("Saved. Mentees read it before they book or wait."), "success")
    return redirect(url_for(".show"), 303)


@bp.post("/remove")
@signed_in
def remove() -> ResponseReturnValue:
    """Show none any more."""
    service.remove_away_message(actor())
    flash(_("Removed. Mentees read no away message any more."), "success")
    return redirect(url_for(".show"), 303)


def _page(typed: Any, **shown: Any) -> str:
    coach = profile_of(actor())
    return render_template(
        "dashboard/away_message.html",
        coach=coach,
        typed=typed,
        longest=LONGEST,
        today=clock.today(coach.timezone),
        **shown,
    )
