"""Flask-Security, installed with our forms, mail and limits, and where signing in leads."""

from typing import Any, cast

from flask import Blueprint, Flask, current_app, flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_security import FSQLALiteUserDatastore, Security
from flask_wtf.csrf import CSRFError

from marketplace.accounts.models import Role, User
from marketplace.accounts.passkeys.service import LastFactor
from marketplace.accounts.revocation.service import note_password
from marketplace.authentication import kept_forms, passkey_sign_in, recovery, sign_up
from marketplace.authentication.configuration import security_settings
from marketplace.authentication.factors import has_authenticator
from marketplace.authentication.forms import SignInForm
from marketplace.authentication.limits import register_limits
from marketplace.authentication.mail import OutboxMail
from marketplace.authentication.messages import OurSentences
from marketplace.authentication.passwords import NewPasswords
from marketplace.authentication.second_factor import Authenticators, note_new_recovery_codes, remove_authenticator
from marketplace.authentication.sessions import register_sessions
from marketplace.db import db
from marketplace.http import viewer

# They take the place of Flask-Security's own: links act by a button alone, and no answer takes longer than the other.
OUR_OWN = (
    sign_up.register,
    sign_up.send_confirmation,
    sign_up.confirm_email,
    recovery.forgot_password,
    recovery.change_email,
    recovery.change_email_confirm,
)

bp = Blueprint("signin", __name__)


class People(FSQLALiteUserDatastore):
    """People in our database."""

    def set_uniquifier(self, user: Any, uniquifier: str | None = None) -> None:
        """Called with each new password: what was opened under the old one ends in the same transaction."""
        super().set_uniquifier(user, uniquifier)
        note_password(user)


def register_authentication(app: Flask) -> None:
    """Install Flask-Security with our forms, mail and limits."""
    app.config.from_mapping(security_settings(app.extensions["settings"]))
    security = Security(
        app,
        People(db, User, Role),
        login_form=SignInForm,
        mail_util_cls=OutboxMail,
        password_util_cls=NewPasswords,
        totp_cls=Authenticators,
    )
    security.i18n_domain = OurSentences(app)
    security.want_json(lambda _request: False)
    _ask_nobody_needlessly(app, security)
    register_sessions(security)
    app.view_functions.update({f"security.{view.__name__}": view for view in OUR_OWN})
    app.add_url_rule(
        "/change-email/<token>",
        endpoint="security.change_email_confirm",
        view_func=recovery.change_email_confirm,
        methods=["POST"],
    )
    _recover_by_codes_alone(app)
    _keep_a_factor(app)
    _sign_nobody_out_by_an_address(app)
    register_limits(app)
    app.register_blueprint(bp)
    app.register_blueprint(kept_forms.bp)
    app.register_error_handler(CSRFError, kept_forms.refuse_or_keep)
    app.register_blueprint(passkey_sign_in.bp)


def _ask_nobody_needlessly(app: Flask, security: Security) -> None:
    """Let a request read who is there when something asks, not before.

    Flask-Principal would read the person and their roles at the beginning of each, for permissions that nobody here
    asks it about; Flask-Security would look for a token of its own, of which it gives out none.
    """
    app.before_request_funcs[None].remove(security.principal._on_before_request)
    security.login_manager.request_loader(None)


def _recover_by_codes_alone(app: Flask) -> None:
    """Nobody gets past a second factor by a mail; who makes new recovery codes is told so."""
    views, make = app.view_functions, app.view_functions["security.mf_recovery_codes"]
    views["security.two_factor_rescue"] = lambda: redirect(url_for("security.mf_recovery"))

    def make_codes() -> ResponseReturnValue:
        person = viewer()
        if person is not None and request.method == "POST":
            note_new_recovery_codes(person)
        return cast(ResponseReturnValue, make())

    views["security.mf_recovery_codes"] = make_codes


def _keep_a_factor(app: Flask) -> None:
    """No admin removes the last factor where one is needed; a code is asked only of who has an authenticator."""
    views = app.view_functions
    set_up, ask_code = views["security.two_factor_setup"], views["security.two_factor_token_validation"]

    def change() -> ResponseReturnValue:
        person = viewer()
        if person is not None and request.method == "POST" and request.form.get("setup") == "disable":
            try:
                remove_authenticator(person)
            except LastFactor as refusal:
                flash(refusal.sentence, "error")
            return redirect(url_for("second_factor.home"), 303)
        return cast(ResponseReturnValue, set_up())

    def ask() -> ResponseReturnValue:
        person = passkey_sign_in.half_signed_in_person()
        if person is not None and not has_authenticator(person):
            return redirect(url_for("passkey_sign_in.second", next=request.args.get("next")), 303)
        return cast(ResponseReturnValue, ask_code())

    views["security.two_factor_setup"], views["security.two_factor_token_validation"] = change, ask


def _sign_nobody_out_by_an_address(app: Flask) -> None:
    """Flask-Security signs out whoever opens the page for a code and has not been asked for one; others link to it."""
    check_code = app.view_functions["security.two_factor_token_validation"]

    def check_code_that_was_asked_for() -> ResponseReturnValue:
        begun = session.get("tf_state") == "validating_profile" and "tf_totp_secret" in session
        if request.method == "GET" and not begun and viewer() is not None:
            return redirect(url_for("second_factor.home"))
        return cast(ResponseReturnValue, check_code())

    app.view_functions["security.two_factor_token_validation"] = check_code_that_was_asked_for


@bp.get("/signed-in")
def arrive() -> ResponseReturnValue:
    """Send somebody who has signed in on to where they wanted to go, or to their own first page."""
    wanted, person = session.pop("after_sign_in", None), viewer()
    if wanted:
        return redirect(wanted)
    homes = {"admin": "admin.home", "coach": "coach_dashboard.home"}
    own = [homes[role] for role in homes if person is not None and person.has_role(role)]
    known = [home for home in [*own, "bookings.mine"] if home in current_app.view_functions]
    return redirect(url_for(known[0]) if person is not None and known else "/")
