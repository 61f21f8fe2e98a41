"""Where one is signed in: every browser, and a button to sign it out."""

import uuid

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from marketplace.accounts.sessions import queries, rules, service
from marketplace.authentication.access import signed_in
from marketplace.authentication.sessions import current_session
from marketplace.http import actor
from marketplace.languages import gettext as _
from marketplace.pages.responses import private

bp = Blueprint("account_sessions", __name__, url_prefix="/account/sessions")


@bp.get("")
@signed_in
def listed() -> ResponseReturnValue:
    """Every browser in which one is signed in."""
    return private(
        "account_sessions.html",
        sessions=queries.sessions_of(actor().id),
        current=current_session(),
        browser_name=rules.browser_name,
        idle_days=rules.IDLE_FOR.days,
    )


@bp.post("/<uuid:session_id>/end")
@signed_in
def end(session_id: uuid.UUID) -> ResponseReturnValue:
    """Sign one browser out."""
    service.end_session(actor(), session_id=session_id)
    flash(_("Signed out there."), "success")
    return redirect(url_for("account_sessions.listed"))


@bp.post("/end-others")
@signed_in
def end_others() -> ResponseReturnValue:
    """Sign every other browser out."""
    person, here = actor(), current_session()
    ended = service.end_sessions(person.id, actor_id=person.id, kept=here.id if here else None)
    flash(_("You were signed in nowhere else.") if ended == 0 else _("You are signed out everywhere else."), "success")
    return redirect(url_for("account_sessions.listed"))
