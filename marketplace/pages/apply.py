"""Asking to become a coach."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace import config, money
from marketplace.authentication.access import signed_in
from marketplace.coaches import queries, rules
from marketplace.coaches.models import Coach
from marketplace.coaches.schemas import CoachProfileSchema
from marketplace.coaches.service import profiles
from marketplace.coaches.spoken_languages.rules import language_name
from marketplace.coaches.work_links import rules as work_links
from marketplace.errors import Invalid
from marketplace.http import actor
from marketplace.languages import formats
from marketplace.languages import gettext as _
from marketplace.pages.forms import load

bp = Blueprint("apply", __name__)


@bp.get("/apply")
@signed_in
def form() -> ResponseReturnValue:
    """The application; for whoever has applied, on to the dashboard."""
    coach = queries.coach_of(actor())
    if coach is not None and coach.status != rules.REJECTED:
        return redirect(url_for("coach_dashboard.home"))
    typed: dict[str, Any] = (
        profile_as_typed(coach)
        if coach
        else {"timezone": actor().timezone, "currency": config.current().main_currency()}
        | {"languages": language_name("en")}
    )
    return _page(typed, reason=coach.decision_reason if coach else None)


@bp.post("/apply")
@signed_in
def send() -> ResponseReturnValue:
    """Take the application."""
    try:
        profiles.apply(actor(), **load(CoachProfileSchema()))
    except Invalid as refusal:
        return _page(submitted_profile(), errors=refusal.fields), 422
    flash(_("Your application has arrived. We answer by mail; meanwhile say when you are open."), "success")
    return redirect(url_for("coach_dashboard.home"))


def _page(typed: dict[str, Any], **shown: Any) -> str:
    settings = config.current()
    currency = settings.main_currency()
    half, hour = (money.spoken(rules.price_floor_cents(each, currency, settings), currency) for each in (30, 60))
    floor_words = _("%(half)s for 30 minutes and %(hour)s for 60 minutes", half=half, hour=hour)
    return render_template(
        "coaches/apply.html",
        typed=typed,
        floor_words=floor_words,
        fee=formats.trimmed(settings.fee_percent),
        **profile_choices(),
        **shown,
    )


def profile_choices(coach: Coach | None = None) -> dict[str, Any]:
    """What a profile's form offers to choose from; a coach's own currency also where it is offered no more."""
    offered = config.current().offered_currencies()
    own = [coach.currency] if coach is not None and coach.currency not in offered else []
    return {
        "kinds": [(kind, rules.kind_name(kind)) for kind in rules.KINDS],
        "currencies": [(code, code.upper()) for code in (*own, *offered)],
        "longest": rules.LONGEST,
    }


def profile_as_typed(coach: Any) -> dict[str, Any]:
    """A profile as its form shows it."""
    same = ("handle", "headline", "about", "kinds", "licence", "timezone", "currency")
    return {name: getattr(coach, name) for name in same} | {
        "topics": ", ".join(coach.topics),
        "links": work_links.typed(coach.links),
        "languages": ", ".join(map(language_name, coach.languages)),
    }


def submitted_profile() -> dict[str, Any]:
    """What was typed, to be shown again."""
    return request.form.to_dict() | {"kinds": request.form.getlist("kinds")}
