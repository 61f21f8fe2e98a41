"""Signing in with a passkey: instead of the password, or after it."""

from functools import partial
from typing import Any, cast

from flask import Blueprint, Flask, current_app, flash, jsonify, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_security.tf_plugin import TfPluginBase, tf_check_state
from flask_security.utils import login_user, validate_redirect_url

from marketplace.accounts.models import User
from marketplace.accounts.passkeys.service import PasskeyRefused
from marketplace.authentication import passkeys
from marketplace.authentication.access import signed_in
from marketplace.authentication.configuration import MESSAGES
from marketplace.authentication.factors import asks_for_passkey, has_authenticator
from marketplace.authentication.limits import half_signed_in, place
from marketplace.db import transactional
from marketplace.http import actor, viewer
from marketplace.request_limits import limiter

ANSWER = "credential"

bp = Blueprint("passkey_sign_in", __name__, url_prefix="/passkeys")

often = partial(limiter.limit, key_func=place, methods=["POST"])


class AfterPassword(TfPluginBase):
    """Flask-Security's way to a second factor: a passkey, of those who have no authenticator."""

    def create_blueprint(self, app: Flask, bp: Blueprint, state: Any) -> None:
        """Its addresses are below."""

    def get_setup_methods(self, user: Any) -> list[tuple[str, str]]:
        """The page that asks for a code takes a passkey too: so one of the two ways is enough."""
        return [("passkey", "Passkey")] if not has_authenticator(user) and asks_for_passkey(user) else []

    def tf_login(self, user: Any, json_payload: dict[str, Any], next_loc: str | None) -> Any:
        """The password was right: on to the passkey."""
        session["tf_state"] = "ready"
        return redirect(url_for("passkey_sign_in.second", next=next_loc))


@bp.post("/sign-in/options")
@often("60 per minute")
def sign_in_options() -> ResponseReturnValue:
    """A challenge for any passkey of this site."""
    return jsonify(passkeys.request_options("sign-in"))


@bp.post("/sign-in")
@often("30 per minute")
def sign_in() -> ResponseReturnValue:
    """Sign in the owner of the passkey that has answered. No wrong guess of a password stands in the way."""
    if viewer() is not None:
        return redirect(_onwards())
    try:
        person = passkeys.whose(request.form.get(ANSWER, ""), "sign-in")
    except PasskeyRefused as refusal:
        return _back(refusal.sentence)
    if person.confirmed_at is None or not person.active:
        waits = person.active
        return _back(str(MESSAGES["CONFIRMATION_REQUIRED" if waits else "DISABLED_ACCOUNT"][0]))
    _enter(person, remember="remember" in request.form)
    return redirect(_onwards())


@bp.get("/second")
def second() -> ResponseReturnValue:
    """Ask for a passkey after the password."""
    if half_signed_in_person() is None:
        return redirect(url_for("security.login"))
    return render_template("security/passkey_second.html")


@bp.post("/second/options")
@often("60 per minute")
def second_options() -> ResponseReturnValue:
    """A challenge for a passkey of the person whose password was right."""
    person = half_signed_in_person()
    return jsonify(passkeys.request_options("second", person)) if person is not None else ("", 403)


@bp.post("/second")
@limiter.limit("10 per 15 minutes", key_func=half_signed_in, methods=["POST"])
def finish() -> ResponseReturnValue:
    """Sign in the person whose password was right, if the passkey is one of theirs."""
    person = half_signed_in_person()
    if person is None:
        return redirect(url_for("security.login"))
    try:
        passkeys.whose(request.form.get(ANSWER, ""), "second", person)
    except PasskeyRefused as refusal:
        flash(refusal.sentence, "error")
        return redirect(url_for(".second", next=request.args.get("next")))
    _complete(person)
    return redirect(_onwards())


@bp.post("/step-up/options")
@signed_in
@often("60 per minute")
def step_up_options() -> ResponseReturnValue:
    """A challenge for a passkey of who is signed in, instead of the password once more."""
    return jsonify(passkeys.request_options("step-up", actor()))


def half_signed_in_person() -> User | None:
    """Whose password was right, before anything else is."""
    if viewer() is not None:
        return None
    return cast(User | None, tf_check_state(["ready"]))


@transactional
def _enter(person: User, *, remember: bool) -> None:
    login_user(person, remember=remember, authn_via=["webauthn"])


@transactional
def _complete(person: User) -> None:
    current_app.extensions["security"].two_factor_plugins.tf_complete(person, True)


def _back(sentence: str) -> ResponseReturnValue:
    flash(sentence, "error")
    return redirect(url_for("security.login", next=request.values.get("next") or None))


def _onwards() -> str:
    wanted = request.values.get("next", "")
    return wanted if wanted.startswith("/") and validate_redirect_url(wanted) else url_for("signin.arrive")
