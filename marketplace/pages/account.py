"""One's own account: name and time zone, address and password, access tokens."""

import uuid
from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.accounts import queries, service
from marketplace.accounts.passkeys.queries import count_passkeys
from marketplace.accounts.schemas import NewTokenSchema, ProfileSchema
from marketplace.accounts.tokens import rules as token_rules
from marketplace.accounts.tokens import service as token_service
from marketplace.authentication.access import signed_in
from marketplace.error_answers import status_of
from marketplace.errors import Invalid, Outdated
from marketplace.http import actor
from marketplace.pages.editing import EditForm, told
from marketplace.pages.forms import load

bp = Blueprint("account", __name__, url_prefix="/account")

PROFILE = EditForm(ProfileSchema, actor)


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
    flash("Saved.", "success")
    return redirect(url_for("account.home"))


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
    flash("The token is revoked and works nowhere any more.", "success")
    return redirect(url_for("account.tokens"))


def _account(typed: Any, **shown: Any) -> Response:
    person = actor()
    return _private(
        "account.html",
        person=person,
        tokens=queries.tokens_of(person),
        passkeys=count_passkeys(person.id),
        typed=typed,
        **{"version": PROFILE.version()} | shown,
    )


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
