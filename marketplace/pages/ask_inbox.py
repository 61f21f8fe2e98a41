"""A coach's asks: the inbox, the answers, and how many are taken."""

import uuid
from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace import config
from marketplace.asks import queries
from marketplace.asks.earlier_answers import queries as earlier_answers
from marketplace.asks.models import Ask, AskSettings
from marketplace.asks.queue.queries import count_waiting
from marketplace.asks.rules import lane, states
from marketplace.asks.rules.brief import MOST_POINTS
from marketplace.asks.schemas import AnswerToAskSchema, AskSettingsSchema, DeclineAskSchema
from marketplace.asks.service import answers, choices
from marketplace.authentication.access import signed_in
from marketplace.coaches import queries as coaches
from marketplace.error_answers import status_of
from marketplace.errors import Conflict, Invalid, NotFound, Outdated
from marketplace.http import actor
from marketplace.languages import gettext as _
from marketplace.pages.arguments import id_argument
from marketplace.pages.ask_page import ask_page
from marketplace.pages.editing import EditForm, told
from marketplace.pages.forms import load

bp = Blueprint("ask_inbox", __name__)


def _settings() -> AskSettings:
    return queries.settings_of(coaches.profile_of(actor()).id)


SETTINGS = EditForm(AskSettingsSchema, _settings)


@bp.get("/dashboard/asks")
@signed_in
def inbox() -> ResponseReturnValue:
    """What the coach was asked: what waits for an answer, or what is in another state."""
    coach = coaches.profile_of(actor())
    status, after = request.args.get("status", states.OPEN), id_argument("after")
    if status not in {"all", *states.STATES.states}:
        raise NotFound
    page = queries.page_for(actor(), as_coach=True, status=None if status == "all" else status, after=after)
    return render_template(
        "asks/inbox.html",
        coach=coach,
        asks=page.asks,
        quick=queries.in_five_minutes(coach.id) if status == states.OPEN and not after else [],
        quick_minutes=lane.MOST_MINUTES,
        names=states.STATUS_NAMES,
        filters=[
            (str(words), url_for(".inbox", status=name), name == status)
            for name, words in {**states.STATUS_NAMES, "all": _("All")}.items()
        ],
        most_points=MOST_POINTS,
        helped=earlier_answers.count_helped(coach.id),
        in_queue=count_waiting(coach.id),
        address=f"{config.current().public_url}/@{coach.handle}/ask",
        start=url_for(".inbox", status=status) if after else None,
        more=url_for(".inbox", status=status, after=page.after) if page.after else None,
    )


@bp.post("/asks/<uuid:ask_id>/answer")
@signed_in
def answer(ask_id: uuid.UUID) -> ResponseReturnValue:
    """Answer in words or by a link."""
    return _ended(ask_id, lambda: answers.answer(actor(), ask_id=ask_id, **load(AnswerToAskSchema())), _("Answered."))


@bp.post("/asks/<uuid:ask_id>/decline")
@signed_in
def decline(ask_id: uuid.UUID) -> ResponseReturnValue:
    """Say no."""
    return _ended(ask_id, lambda: answers.decline(actor(), ask_id=ask_id, **load(DeclineAskSchema())), _("Declined."))


def _ended(ask_id: uuid.UUID, command: Callable[[], Ask], outcome: str) -> ResponseReturnValue:
    # Whose it is not does not learn from a fault in the form that it is there.
    if queries.one(actor(), ask_id).coach.user_id != actor().id:
        raise NotFound
    try:
        command()
    except Invalid as refusal:
        return ask_page(ask_id, typed=request.form, errors=refusal.fields), status_of(refusal)
    except Conflict as refusal:
        flash(refusal.sentence, "error")
    else:
        flash(outcome, "success")
    return redirect(url_for("asks.show", ask_id=ask_id), 303)


@bp.get("/dashboard/asks/settings")
@signed_in
def choose() -> ResponseReturnValue:
    """How many asks are taken, and how they are declined."""
    now = _settings()
    typed: dict[str, Any] = AskSettingsSchema().dump(now)
    typed |= {f"sentence-{reason}": queries.sentence_for(now.coach_id, reason) for reason in states.DECLINES}
    return _settings_page(typed, version=SETTINGS.version())


@bp.post("/dashboard/asks/settings")
@signed_in
def save() -> ResponseReturnValue:
    """Say how many are taken."""
    coaches.profile_of(actor())
    try:
        given = load(AskSettingsSchema(exclude=["sentences", "takes_referrals"]))
        given["takes_referrals"] = "takes_referrals" in request.form
        given["sentences"] = {
            reason: words
            for reason, usual in states.DECLINES.items()
            if (words := request.form.get(f"sentence-{reason}", "").strip()) and words != str(usual)
        }
        SETTINGS.save(lambda: choices.choose(actor(), **given))
    except (Invalid, Outdated) as refusal:
        return _settings_page(request.form.to_dict(), **told(refusal)), status_of(refusal)
    flash(_("Saved."), "success")
    return redirect(url_for(".choose"), 303)


def _settings_page(typed: dict[str, Any], **shown: Any) -> str:
    return render_template(
        "asks/settings.html",
        typed=typed,
        most_points=MOST_POINTS,
        reasons=[(reason, str(words)) for reason, words in states.DECLINE_NAMES.items()],
        **shown,
    )
