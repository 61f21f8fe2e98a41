"""What becomes public of an answered ask: allowed, written, released."""

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.asks import queries as asks
from marketplace.asks.published_answers import queries, rules, service
from marketplace.asks.published_answers.schemas import PublicTextSchema, ReleaseSchema
from marketplace.asks.rules.states import ANSWERED
from marketplace.authentication.access import signed_in
from marketplace.error_answers import status_of
from marketplace.errors import Conflict, Invalid, NotFound
from marketplace.http import actor
from marketplace.languages import LANGUAGES
from marketplace.languages import gettext as _
from marketplace.pages.forms import load

bp = Blueprint("publications", __name__, url_prefix="/asks/<uuid:ask_id>/publication")


@bp.get("")
@signed_in
def show(ask_id: uuid.UUID) -> ResponseReturnValue:
    """How it stands; for the coach the form of the public text, for the asker exactly that text."""
    return _page(ask_id)


def _page(ask_id: uuid.UUID, *, typed: Any = None, errors: Any = None) -> str:
    ask = asks.one(actor(), ask_id)
    found = queries.of_ask(ask.id)
    written = found if found is not None and found.title else None
    usual = {"title": "", "question": ask.about, "answer": ask.reply, "language": found.language if found else "en"}
    return render_template(
        "answers/publication.html",
        ask=ask,
        found=found,
        is_coach=ask.coach.user_id == actor().id,
        may_be_published=ask.status == ANSWERED,
        typed=typed or written or usual,
        errors=errors,
        names=rules.STATUS_NAMES,
        tone="warm" if found is not None and found.status in rules.IN_THE_MAKING else "quiet",
        languages=list(LANGUAGES.items()),
    )


@bp.post("")
@signed_in
def prepare(ask_id: uuid.UUID) -> ResponseReturnValue:
    """Write the public text, as its coach."""
    # Whose it is not does not learn from a fault in the form that it is there.
    ask = asks.one(actor(), ask_id)
    if ask.coach.user_id != actor().id:
        raise NotFound
    try:
        service.prepare(actor(), ask_id=ask_id, **load(PublicTextSchema()))
    except Invalid as refusal:
        return _page(ask_id, typed=request.form, errors=refusal.fields), status_of(refusal)
    except Conflict as refusal:
        return _page(ask_id, typed=request.form, errors={"form": [refusal.sentence]}), status_of(refusal)
    flash(_("%(name)s is shown exactly this text, and releases it or not.", name=ask.asker.name), "success")
    return redirect(url_for(".show", ask_id=ask_id), 303)


@bp.post("/allow")
@signed_in
def allow(ask_id: uuid.UUID) -> ResponseReturnValue:
    """Agree that the coach writes a public text."""
    try:
        ask = service.allow(actor(), ask_id=ask_id).ask
        flash(
            _("%(name)s may write a public text now. You see it before anything is public.", name=ask.coach.user.name)
        )
    except Conflict as refusal:
        flash(refusal.sentence, "error")
    return redirect(url_for(".show", ask_id=ask_id), 303)


@bp.post("/release")
@signed_in
def release(ask_id: uuid.UUID) -> ResponseReturnValue:
    """Make exactly the text public that was shown."""
    # Whose it is not does not learn from a fault in the form that it is there.
    if asks.one(actor(), ask_id).asker_id != actor().id:
        raise NotFound
    try:
        service.release(actor(), ask_id=ask_id, version=load(ReleaseSchema())["version"])
        flash(_("Released: this text is public now."), "success")
    except Conflict as refusal:
        flash(refusal.sentence, "error")
    return redirect(url_for(".show", ask_id=ask_id), 303)


@bp.post("/withdraw")
@signed_in
def withdraw(ask_id: uuid.UUID) -> ResponseReturnValue:
    """Publish nothing of it any more."""
    service.withdraw(actor(), ask_id=ask_id)
    flash(_("Nothing of it is public."), "success")
    return redirect(url_for(".show", ask_id=ask_id), 303)
