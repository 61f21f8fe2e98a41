"""Flask-Security, installed with our forms, mail and limits, and where signing in leads."""

from functools import cache
from typing import Any

from flask import Blueprint, Flask, current_app, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_security import FSQLALiteUserDatastore, Security
from flask_security.signals import user_registered
from flask_security.utils import validate_redirect_url

from marketplace import clock
from marketplace.accounts.models import Role, User
from marketplace.accounts.revocation.service import note_password
from marketplace.accounts.service import AddressTaken
from marketplace.authentication.configuration import security_settings
from marketplace.authentication.forms import ForgotForm, SignInForm, SignUpForm
from marketplace.authentication.mail import OutboxMail
from marketplace.authentication.sessions import register_sessions
from marketplace.db import db, refusing
from marketplace.http import limiter, viewer

# By endpoint: posts allowed from one host, and for one address whoever posts.
LIMITS = {
    "login": ("30 per minute", "20 per 15 minutes"),
    "register": ("20 per hour", "5 per hour"),
    "forgot_password": ("20 per hour", "5 per hour"),
    "send_confirmation": ("20 per hour", "5 per hour"),
    "change_email": ("10 per hour", "5 per hour"),
    "verify": ("10 per minute", "20 per 15 minutes"),
}

bp = Blueprint("signin", __name__)


class People(FSQLALiteUserDatastore):
    """People in our database; two who take one address at the same moment get a sentence, not a crash."""

    def put(self, model: Any) -> Any:
        """Save at once, so that a refusal comes here."""
        try:
            with refusing("users_email_key", AddressTaken):
                self.db.session.add(model)
        except AddressTaken:
            self.db.session.rollback()
            raise
        return model

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
        register_form=SignUpForm,
        forgot_password_form=ForgotForm,
        mail_util_cls=OutboxMail,
    )
    security.want_json(lambda _request: False)
    _ask_nobody_needlessly(app, security)
    register_sessions(security)
    security.register_context_processor(lambda: {"zones": clock.zones()})
    for endpoint, (by_host, by_address) in LIMITS.items():
        name = f"security.{endpoint}"
        app.view_functions[name] = _limited(app.view_functions[name], by_host, by_address)
    app.register_blueprint(bp)


def _ask_nobody_needlessly(app: Flask, security: Security) -> None:
    """Let a request read who is there when something asks, not before.

    Flask-Principal would read the person and their roles at the beginning of each, for permissions that nobody here
    asks it about; Flask-Security would look for a token of its own, of which it gives out none.
    """
    app.before_request_funcs[None].remove(security.principal._on_before_request)
    security.login_manager.request_loader(None)


@cache
def _limited(view: Any, by_host: str, by_address: str) -> Any:
    one_address = limiter.limit(by_address, methods=["POST"], key_func=_address)
    return limiter.limit(by_host, methods=["POST"])(one_address(view))


def _address() -> str:
    person = viewer()
    return f"address:{(person.email if person else request.form.get('email', '')).strip().lower()}"


@user_registered.connect
def _remember_where_to(_app: Flask, **_: Any) -> None:
    """After the mail and its link, go on where the sign-up began."""
    wanted = request.form.get("next") or request.args.get("next")
    if wanted and validate_redirect_url(wanted):
        session["after_sign_in"] = wanted


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
