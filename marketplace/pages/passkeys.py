"""One's own passkeys: listed, added and removed; and whether a password alone signs in."""

import uuid

from flask import Blueprint, Response, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.accounts.passkeys import queries, rules, service
from marketplace.accounts.passkeys.schemas import PasskeyNameSchema
from marketplace.accounts.passkeys.service import LastFactor, PasskeyKnown, PasskeyRefused
from marketplace.accounts.sessions.rules import browser_name
from marketplace.authentication import passkeys
from marketplace.authentication.access import signed_in
from marketplace.authentication.factors import are_enforced, has_factor
from marketplace.errors import Invalid
from marketplace.http import actor
from marketplace.languages import gettext as _
from marketplace.pages import forms
from marketplace.pages.responses import private

bp = Blueprint("passkeys", __name__, url_prefix="/account/passkeys")


@bp.get("")
@signed_in
def listed() -> ResponseReturnValue:
    """Every passkey, with a button to remove it."""
    person = actor()
    return private(
        "passkeys/list.html",
        passkeys=queries.passkeys_of(person.id),
        offered=passkeys.offered(),
        always_asked=bool(person.tf_totp_secret) or person.has_role("admin"),
        asked=person.passkey_after_password,
    )


@bp.get("/new")
@signed_in
def new() -> ResponseReturnValue:
    """A form for one more, named after the browser."""
    return _form(browser_name(request.user_agent.string), {})


@bp.post("/options")
@signed_in
def options() -> ResponseReturnValue:
    """What the browser makes one with."""
    return jsonify(passkeys.creation_options(actor()))


@bp.post("")
@signed_in
def add() -> ResponseReturnValue:
    """Keep the one that the browser has made."""
    person, typed = actor(), request.form.get("name", "")
    try:
        name = forms.load(PasskeyNameSchema())["name"]
        added = passkeys.add(person, name=name, answer=request.form.get("credential", ""))
    except Invalid as refusal:
        return _form(typed, refusal.fields), 422
    except PasskeyKnown as refusal:
        return _form(typed, {"form": [refusal.sentence]}), 409
    except PasskeyRefused:
        sentence = _(
            "Your browser did not make a passkey for this site, or it took longer than five minutes. Try again."
        )
        return _form(typed, {"form": [sentence]}), 409
    flash(_("The passkey “%(added)s” is added.", added=added.name), "success")
    return redirect(url_for("second_factor.home" if has_factor(person) else ".listed"), 303)


@bp.post("/<uuid:passkey_id>/remove")
@signed_in
def remove(passkey_id: uuid.UUID) -> ResponseReturnValue:
    """Have one sign in no longer."""
    try:
        name = service.remove_passkey(actor(), passkey_id=passkey_id, enforced=are_enforced())
    except LastFactor as refusal:
        flash(refusal.sentence, "error")
    else:
        flash(_("The passkey “%(name)s” is removed. Delete it from your device too.", name=name), "success")
    return redirect(url_for(".listed"), 303)


@bp.post("/after-password")
@signed_in
def after_password() -> ResponseReturnValue:
    """Have a passkey asked for after the password, or no longer."""
    person, wanted = actor(), request.form.get("wanted") == "yes"
    service.ask_after_password(person, wanted=wanted)
    flash(
        _("A passkey is asked for after your password.") if wanted else _("Your password alone signs you in."),
        "success",
    )
    return redirect(url_for("second_factor.home" if wanted else ".listed"), 303)


def _form(name: str, errors: dict[str, list[str]]) -> Response:
    return private(
        "passkeys/new.html", name=name, errors=errors, longest=rules.LONGEST_NAME, offered=passkeys.offered()
    )
