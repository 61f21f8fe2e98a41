"""One's own account: name and time zone, address and password, access tokens."""

import uuid
from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace import languages
from marketplace.accounts import queries, service
from marketplace.accounts.passkeys.queries import count_passkeys
from marketplace.accounts.schemas import NewTokenSchema, PreferencesSchema, ProfileSchema
from marketplace.accounts.tokens import rules as token_rules
from marketplace.accounts.tokens import service as token_service
from marketplace.authentication.access import signed_in
from marketplace.error_answers import status_of
from marketplace.errors import Invalid, Outdated
from marketplace.http import actor
from marketplace.languages import formats
from marketplace.languages import gettext as _
from marketplace.pages.editing import EditForm, told
from marketplace.pages.forms import load

bp = Blueprint("account", __name__, url_prefix="/account")

PROFILE = EditForm(ProfileSchema, actor)
PREFERENCES = EditForm(PreferencesSchema, actor)


@bp.get("")
@signed_in
def home() -> ResponseReturnValue:
    """Name, time zone, address, and how one signs in."""
    return _account(actor())


@bp.post("")
@signed_in
def save_profile() -> ResponseReturnValue:
    """Change name and time zone."""
    try:
        given = load(ProfileSchema())
        PROFILE.save(lambda: service.update_profile(actor(), **given))
    except (Invalid, Outdated) as refusal:
        return _account(request.form, **told(refusal)), status_of(refusal)
    flash(_("Saved."), "success")
    return redirect(url_for("account.home"))


@bp.post("/preferences")
@signed_in
def save_preferences() -> ResponseReturnValue:
    """Choose language and region, the clock, the first day of a week."""
    try:
        given = load(PreferencesSchema())
        PREFERENCES.save(lambda: service.choose_preferences(actor(), **given))
    except (Invalid, Outdated) as refusal:
        shown = told(refusal)
        return _account(actor(), read=request.form, preferences_version=shown.pop("version"), **shown), status_of(
            refusal
        )
    languages.use(actor().preferences)
    flash(_("Saved."), "success")
    return redirect(url_for("account.home"), 303)


@bp.get("/tokens")
@signed_in
def tokens() -> ResponseReturnValue:
    """The access tokens."""
    return _tokens({"lasts_days": "90"}, ["read"])


@bp.post("/tokens")
@signed_in
def create_token() -> ResponseReturnValue:
    """Make a token and show it, this once."""
    try:
        token, text = token_service.create_token(actor(), **load(NewTokenSchema()))
    except Invalid as error:
        return _tokens(request.form, request.form.getlist("scopes"), errors=error.fields), 422
    return _tokens({"lasts_days": "90"}, ["read"], new_token=token, new_text=text)


@bp.post("/tokens/<uuid:token_id>/revoke")
@signed_in
def revoke_token(token_id: uuid.UUID) -> ResponseReturnValue:
    """Make a token useless."""
    token_service.revoke_token(actor(), token_id=token_id)
    flash(_("The token is revoked and works nowhere any more."), "success")
    return redirect(url_for("account.tokens"))


def _account(typed: Any, **shown: Any) -> Response:
    person = actor()
    return _private(
        "account.html",
        person=person,
        tokens=queries.tokens_of(person),
        passkeys=count_passkeys(person.id),
        typed=typed,
        **{
            "version": PROFILE.version(),
            "preferences_version": PREFERENCES.version(),
            "read": person,
            "locales": _locales(),
            "clocks": _clocks(),
            "weekdays": _weekdays(),
        }
        | shown,
    )


def _locales() -> dict[str, list[tuple[str, str]]]:
    """The languages by their own names, and under each the countries in which it is read."""
    return {
        name: [(tag, languages.called(tag)) for tag in (language, *languages.locales()) if tag[:2] == language]
        for language, name in languages.LANGUAGES.items()
    }


def _clocks() -> list[tuple[str, str]]:
    return [("", _("As usual there")), ("h23", _("24 hours: 18:00")), ("h12", _("12 hours: 6:00 PM"))]


def _weekdays() -> list[tuple[str, str]]:
    return [("", _("As usual there")), *((str(day), formats.weekday(day)) for day in (0, 5, 6))]


def _tokens(typed: Any, chosen: list[str], **shown: Any) -> Response:
    person = actor()
    scopes = token_rules.SCOPES.items()
    offered = {scope: words for scope, words in scopes if token_rules.may_have([scope], person.is_admin)}
    return _private(
        "tokens.html", tokens=queries.tokens_of(person), scopes=offered, typed=typed, chosen=chosen, **shown
    )


def _private(template: str, **shown: Any) -> Response:
    """A page that no cache may keep."""
    page = make_response(render_template(template, **shown))
    page.headers["Cache-Control"] = "no-store"
    return page
