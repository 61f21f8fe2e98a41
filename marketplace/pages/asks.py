"""Asking a coach: the form with price and points, a stranger's code, one's own asks."""

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace import clock
from marketplace.asks import queries
from marketplace.asks.earlier_answers import queries as earlier_answers
from marketplace.asks.earlier_answers.queries import EarlierAnswer
from marketplace.asks.earlier_answers.rules import Source
from marketplace.asks.models import Ask
from marketplace.asks.payers import rules as payer_rules
from marketplace.asks.quotes import queries as quote_queries
from marketplace.asks.quotes import rules as quote_rules
from marketplace.asks.quotes.offered_times import queries as offered_times
from marketplace.asks.rules import states
from marketplace.asks.rules.brief import MOST_POINTS, PAYERS, Brief
from marketplace.asks.schemas import BriefSchema, CodeOfAskSchema, SaidSchema, SenderSchema
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
from marketplace.languages import ngettext
from marketplace.pages.arguments import id_argument
from marketplace.pages.ask_codes import codes_limited
from marketplace.pages.forms import load
from marketplace.request_limits import costs, limiter
from marketplace.unpaid_time.grants import queries as grant_queries
from marketplace.unpaid_time.grants import rules as grant_rules

bp = Blueprint("asks", __name__)

# A field of the form once what was answered before was shown.
EARLIER_SHOWN = "earlier_shown"
USUAL = {"minutes": "30", "payer": "me"}
REFUSALS = {
    "closed": _l("%(name)s takes no asks at the moment."),
    "full": _l("As many asks wait for %(name)s as they take at once."),
    "week_full": _l("%(name)s has taken as many asks as they take in a week."),
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
        if viewer() is not None:
            fields = load(SaidSchema())
            earlier = () if EARLIER_SHOWN in typed else _earlier(coach, fields["about"])
            if earlier:
                return _form(coach, typed, earlier=earlier)
            return _sent(sending.send(actor(), handle=handle, expected_price_cents=_shown_price(), **fields))
        draft = _begun(handle)
    except Invalid as refusal:
        said = {"form": [refusal.sentence]} if len(refusal.fields) > 0 and refusal.sentence else {}
        return _form(coach, typed, errors=said | refusal.fields), status_of(refusal)
    except (Conflict, NotAllowed) as refusal:
        return _form(coach, typed, errors={"form": [refusal.sentence]}), status_of(refusal)
    return redirect(url_for(".confirmation", draft_id=draft), 303)


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
    return drafts.begin(handle=handle, locale=reader().locale, fields=fields, **sender).id


def _shown_price() -> int | None:
    shown = request.form.get("shown_price", "")
    return int(shown) if shown.isascii() and shown.isdecimal() and len(shown) < 12 else None


def _sent(ask: Ask) -> ResponseReturnValue:
    flash(_("Sent to %(name)s. The answer comes by mail.", name=ask.coach.user.name), "success")
    return redirect(url_for(".show", ask_id=ask.id), 303)


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
        drafts.confirm(draft_id, code=load(CodeOfAskSchema())["code"])
    except NotFound:
        raise
    except FairhourError as refusal:
        errors = refusal.fields if isinstance(refusal, Invalid) else {"form": [refusal.sentence]}
        return confirmation_page(draft_id, errors=errors), status_of(refusal)
    flash(
        _("Sent to %(name)s. The answer comes by mail. To read it here too, choose a password.", name=name), "success"
    )
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
        names=states.STATUS_NAMES,
        start=url_for(".mine") if after else None,
        more=url_for(".mine", after=page.after) if page.after else None,
    )


@bp.get("/asks/<uuid:ask_id>")
@signed_in
def show(ask_id: uuid.UUID) -> ResponseReturnValue:
    """One ask: what was asked, what it would cost, and how it stands; for its coach, the answers."""
    return ask_page(ask_id)


# Within what a card's authorisation is held.
DELIVERY_DAYS = ("1", "2", "3", "4", "5")


def ask_page(ask_id: uuid.UUID, **shown: Any) -> str:
    """The page of an ask as the viewer may see it."""
    ask = queries.one(actor(), ask_id)
    is_coach = ask.coach.user_id == actor().id
    waits = ask.status in states.WAITING
    quotes = quote_queries.of_ask(ask.id)
    return render_template(
        "asks/show.html",
        ask=ask,
        is_coach=is_coach,
        waits=waits,
        quote=quotes[0] if quotes else None,
        may_name_payer=not is_coach and bool(quotes) and payer_rules.may_be_named(ask.origin, quotes[0].status),
        grant=grant_queries.of_ask(ask.id),
        grant_names=grant_rules.STATUS_NAMES,
        grant_left=grant_queries.left_of(ask.coach) if is_coach and waits else 0,
        quote_names=quote_rules.STATUS_NAMES,
        quote_tone="warm" if quotes and quotes[0].status in quote_rules.LIVE else "quiet",
        card_price=queries.price_of(ask.coach, ask.minutes, ask.kind) if is_coach and waits else None,
        forms=[(name, str(words)) for name, words in quote_rules.FORMS.items()],
        delivery_days=[(day, ngettext("%(num)s day", "%(num)s days", int(day))) for day in DELIVERY_DAYS],
        times_to_offer=_times_to_offer(ask) if is_coach and waits else [],
        names=states.STATUS_NAMES,
        payer=str(PAYERS[ask.payer]),
        most_points=MOST_POINTS,
        declines=[
            (reason, str(words), queries.sentence_for(ask.coach_id, reason))
            for reason, words in states.DECLINE_NAMES.items()
        ]
        if is_coach and waits
        else [],
        **{"typed": {}, "quoted": {}, "granted": {}, "errors": None} | shown,
    )


def _times_to_offer(ask: Ask) -> list[tuple[str, str]]:
    return [(each.isoformat(), clock.spoken(each, ask.coach.timezone)) for each in offered_times.to_offer(ask)]


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
