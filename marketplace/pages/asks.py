"""Asking a coach: the form with price and points, a stranger's code, one's own asks."""

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.asks import queries
from marketplace.asks.answering.queries import sentence_of as answering_sentence
from marketplace.asks.briefs.schemas import BriefSchema, SaidSchema
from marketplace.asks.earlier_answers import queries as earlier_answers
from marketplace.asks.earlier_answers.queries import EarlierAnswer
from marketplace.asks.earlier_answers.rules import Source
from marketplace.asks.models import Ask
from marketplace.asks.queue import queries as queue_queries
from marketplace.asks.queue import rules as queue_rules
from marketplace.asks.queue import service as queue
from marketplace.asks.queue.models import QueuePlace
from marketplace.asks.rules import states
from marketplace.asks.rules.brief import MOST_POINTS, PAYERS, Brief
from marketplace.asks.schemas import CodeOfAskSchema, SenderSchema
from marketplace.asks.service import drafts, sending
from marketplace.authentication.access import signed_in, viewers_zone
from marketplace.authentication.limits import place
from marketplace.coaches import queries as coaches
from marketplace.coaches.kinds.rules import EVERY_KIND
from marketplace.coaches.models import Coach
from marketplace.coaches.shelf.rules import KINDS_OF_ITEM
from marketplace.error_answers import TOO_OFTEN, status_of
from marketplace.errors import Conflict, FairhourError, Invalid, NotAllowed, NotFound
from marketplace.http import actor, viewer
from marketplace.languages import current as reader
from marketplace.languages import gettext as _
from marketplace.languages import lazy_gettext as _l
from marketplace.pages.arguments import id_argument
from marketplace.pages.ask_codes import codes_limited
from marketplace.pages.ask_page import ask_page
from marketplace.pages.forms import load
from marketplace.request_limits import costs, limiter

bp = Blueprint("asks", __name__)

# A field of the form once what was answered before was shown.
EARLIER_SHOWN = "earlier_shown"
USUAL = {"minutes": "30", "payer": "me"}
REFUSALS = {
    "closed": _l("%(name)s takes no asks at the moment."),
    "full": _l("As many asks wait for %(name)s as they take at once."),
    "week_full": _l("%(name)s has taken as many asks as they take in a week."),
    "queue": _l("Others wait for a place with %(name)s."),
}


@bp.get("/@<handle>/ask")
@costs(1)
def form(handle: str) -> ResponseReturnValue:
    """The form, with what the coach's time costs beside it."""
    return _form(coaches.by_handle(handle), USUAL)


@bp.post("/@<handle>/ask")
@costs(1)
@codes_limited
def send(handle: str) -> ResponseReturnValue:
    """Send it, or show once more what it would cost and how many points it has."""
    coach = coaches.by_handle(handle)
    typed = request.form.to_dict()
    if "look" in typed:
        return _form(coach, typed)
    try:
        if viewer() is None:
            return redirect(url_for(".confirmation", draft_id=_begun(handle)), 303)
        fields = load(SaidSchema())
        earlier = () if EARLIER_SHOWN in typed else _earlier(coach, fields["about"])
        if earlier:
            return _form(coach, typed, earlier=earlier)
        given = {"handle": handle, "expected_price_cents": _shown_price()} | fields
        return _went(queue.join(actor(), **given) if "take_place" in typed else sending.send(actor(), **given))
    except Invalid as refusal:
        said = {"form": [refusal.sentence]} if len(refusal.fields) > 0 and refusal.sentence else {}
        return _form(coach, typed, errors=said | refusal.fields), status_of(refusal)
    except (Conflict, NotAllowed) as refusal:
        return _form(coach, typed, errors={"form": [refusal.sentence]}), status_of(refusal)


def _begun(handle: str) -> uuid.UUID:
    """What a stranger wrote is kept; the faults of both parts of the form are told at once."""
    problems: dict[str, Any] = {}
    found: list[dict[str, Any]] = []
    for schema in (SenderSchema(), SaidSchema()):
        try:
            found.append(load(schema))
        except Invalid as refusal:
            problems |= refusal.fields
    if problems:
        raise Invalid(**problems)
    sender, fields = found
    takes_place = "take_place" in request.form
    return drafts.begin(handle=handle, locale=reader().locale, fields=fields, takes_place=takes_place, **sender).id


def _shown_price() -> int | None:
    shown = request.form.get("shown_price", "")
    return int(shown) if shown.isascii() and shown.isdecimal() and len(shown) < 12 else None


def _went(made: Ask | QueuePlace) -> ResponseReturnValue:
    """To the ask that was sent, or to the place in the queue in which it waits."""
    ask_id = made.id if isinstance(made, Ask) else made.ask_id
    if ask_id is None:
        flash(_waits(made), "success")
        return redirect(url_for("ask_queue.show", place_id=made.id), 303)
    flash(_("Sent to %(name)s. The answer comes by mail.", name=made.coach.user.name), "success")
    return redirect(url_for(".show", ask_id=ask_id), 303)


def _waits(made: Ask | QueuePlace) -> str:
    return _("You wait in the queue of %(name)s. We write when it moves.", name=made.coach.user.name)


def _earlier(coach: Coach, about: str) -> Sequence[EarlierAnswer]:
    """What the coach has answered of this before, in the language of the page."""
    return earlier_answers.found(coach, about, language=reader().language)


def _form(
    coach: Coach,
    typed: dict[str, Any],
    *,
    errors: dict[str, Any] | None = None,
    earlier: Sequence[EarlierAnswer] = (),
) -> str:
    preview = queries.preview(coach, _brief_as_far_as_typed(coach, typed), zone=viewers_zone())
    refused = REFUSALS.get(preview.refused or "") if preview is not None else REFUSALS["closed"]
    name = coach.user.name
    return render_template(
        "asks/form.html",
        coach=coach,
        typed=typed,
        errors=errors,
        earlier=earlier,
        earlier_shown=EARLIER_SHOWN,
        kinds_of_item=KINDS_OF_ITEM,
        preview=preview,
        answering=answering_sentence(coach.id),
        refused=_(refused.message, name=name) if refused is not None else None,
        most_points=MOST_POINTS,
        kinds=[(kind, str(EVERY_KIND[kind])) for kind in coach.kinds],
        payers=[(key, str(words)) for key, words in PAYERS.items()],
        own=viewer() is not None and actor().id == coach.user_id,
    )


def _brief_as_far_as_typed(coach: Coach, typed: dict[str, Any]) -> Brief:
    """What stands in the form, with the usual where a field cannot be understood: it is shown, not sent."""
    given = {name: typed.get(name, "") for name in ("about", "not_about", "tried", "why_coach", "aim")}
    minutes = typed.get("minutes", "")
    readable = {"minutes": minutes} if minutes.isascii() and minutes.isdecimal() else {"minutes": USUAL["minutes"]}
    by_when = typed.get("by_when", "")
    try:
        date.fromisoformat(by_when)
    except ValueError:
        by_when = None
    whole = given | readable | {"by_when": by_when, "words_enough": "words_enough" in typed}
    kind = typed.get("kind") if typed.get("kind") in coach.kinds else coach.kinds[0]
    schema = BriefSchema()
    wrong = schema.validate(whole | {"kind": kind})
    usual = {"minutes": USUAL["minutes"], "by_when": None}
    shown = {name: usual.get(name, "") if name in wrong else value for name, value in whole.items()}
    return Brief(**schema.load(shown | {"kind": kind}))


@bp.get("/asks/confirm/<uuid:draft_id>")
@costs(2)
def confirmation(draft_id: uuid.UUID) -> ResponseReturnValue:
    """Where a stranger types the code of the mail, and sees what was answered before."""
    return confirmation_page(draft_id)


def confirmation_page(draft_id: uuid.UUID, *, errors: dict[str, Any] | None = None) -> str:
    """The same with what was wrong."""
    draft = queries.draft(draft_id)
    enough = Source.read(draft.answered_by or "")
    earlier = () if enough is not None else _earlier(draft.coach, draft.written["about"])
    return render_template(
        "asks/confirm.html", draft=draft, enough=enough, earlier=earlier, kinds_of_item=KINDS_OF_ITEM, errors=errors
    )


@bp.post("/asks/confirm/<uuid:draft_id>")
@limiter.limit("30 per hour", methods=["POST"], key_func=place, error_message=TOO_OFTEN)
def confirm(draft_id: uuid.UUID) -> ResponseReturnValue:
    """Send the ask, if this is the code."""
    draft = queries.draft(draft_id)
    handle, name = draft.coach.handle, draft.coach.user.name
    try:
        made = drafts.confirm(draft_id, code=load(CodeOfAskSchema())["code"])
    except NotFound:
        raise
    except FairhourError as refusal:
        errors = refusal.fields if isinstance(refusal, Invalid) else {"form": [refusal.sentence]}
        return confirmation_page(draft_id, errors=errors), status_of(refusal)
    if isinstance(made, QueuePlace) and made.ask_id is None:
        flash(_waits(made), "success")
    else:
        said = _("Sent to %(name)s. The answer comes by mail. To read it here too, choose a password.", name=name)
        flash(said, "success")
    return redirect(url_for("coaches.rate_card", handle=handle), 303)


@bp.post("/asks/confirm/<uuid:draft_id>/again")
@codes_limited
def again(draft_id: uuid.UUID) -> ResponseReturnValue:
    """Mail another code."""
    drafts.renew_code(draft_id)
    flash(_("A new code is on its way. The one before works no more."), "success")
    return redirect(url_for(".confirmation", draft_id=draft_id), 303)


@bp.get("/asks")
@signed_in
def mine() -> ResponseReturnValue:
    """What the viewer asked, the newest first."""
    after = id_argument("after")
    page = queries.page_for(actor(), as_coach=False, after=after)
    return render_template(
        "asks/mine.html",
        asks=page.asks,
        places=[] if after else queue_queries.page_of(actor(), status=queue_rules.WAITING).places,
        names=states.STATUS_NAMES,
        waiting=states.WAITING,
        start=url_for(".mine") if after else None,
        more=url_for(".mine", after=page.after) if page.after else None,
    )


@bp.get("/asks/<uuid:ask_id>")
@signed_in
def show(ask_id: uuid.UUID) -> ResponseReturnValue:
    """One ask: what was asked, what it would cost, and how it stands; for its coach, the answers."""
    return ask_page(ask_id)


@bp.post("/asks/<uuid:ask_id>/withdraw")
@signed_in
def withdraw(ask_id: uuid.UUID) -> ResponseReturnValue:
    """Take one's ask back."""
    try:
        sending.withdraw(actor(), ask_id=ask_id)
        flash(_("Withdrawn."), "success")
    except Conflict as refusal:
        flash(refusal.sentence, "error")
    return redirect(url_for(".show", ask_id=ask_id), 303)
