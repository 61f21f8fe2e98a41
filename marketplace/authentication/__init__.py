"""Signing up, in and out, on Flask-Security: our words, our mail, our limits. Whoever asks learns nothing of others."""

from collections.abc import Callable
from datetime import timedelta
from functools import cache, wraps
from typing import Any, ParamSpec
from urllib.parse import urlsplit

from flask import Blueprint, Flask, current_app, flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_security import FSQLALiteUserDatastore, Security
from flask_security.signals import user_registered
from flask_security.utils import check_and_update_authn_fresh, validate_redirect_url

from marketplace import clock
from marketplace.accounts.models import Role, User
from marketplace.accounts.service import AddressTaken
from marketplace.authentication.configuration import security_settings
from marketplace.authentication.forms import ForgotForm, SignInForm, SignUpForm
from marketplace.authentication.mail import OutboxMail
from marketplace.db import db, refusing
from marketplace.errors import NotFound
from marketplace.http import limiter, viewer

P = ParamSpec("P")
View = Callable[P, ResponseReturnValue]

# By endpoint: posts allowed from one host, and for one address whoever posts.
LIMITS = {
    "login": ("30 per minute", "20 per 15 minutes"),
    "register": ("20 per hour", "5 per hour"),
    "forgot_password": ("20 per hour", "5 per hour"),
    "send_confirmation": ("20 per hour", "5 per hour"),
    "change_email": ("10 per hour", "5 per hour"),
    "verify": ("10 per minute", "20 per 15 minutes"),
}

# How long after typing her password somebody may send money without typing it again.
FRESH_FOR = timedelta(minutes=30)

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


def init_app(app: Flask) -> None:
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
    security.register_context_processor(lambda: {"zones": clock.zones()})
    for endpoint, (by_host, by_address) in LIMITS.items():
        name = f"security.{endpoint}"
        app.view_functions[name] = _limited(app.view_functions[name], by_host, by_address)
    app.register_blueprint(bp)


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
    """Send somebody who has signed in to where she wanted to go, or to what is hers."""
    wanted, person = session.pop("after_sign_in", None), viewer()
    if wanted:
        return redirect(wanted)
    homes = {"admin": "admin.home", "coach": "coach_dashboard.home"}
    hers = [homes[role] for role in homes if person is not None and person.has_role(role)]
    known = [home for home in [*hers, "bookings.mine"] if home in current_app.view_functions]
    return redirect(url_for(known[0]) if person is not None and known else "/")


def signed_in(view: View[P]) -> View[P]:
    """A page for people who have signed in; others are asked to, and come back."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        return view(*args, **kwargs) if viewer() is not None else ask_to_sign_in()

    return guarded


def admin_only(view: View[P]) -> View[P]:
    """A page for admins; for everybody else who has signed in it does not exist."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        person = viewer()
        if person is None:
            return ask_to_sign_in()
        if not person.is_admin:
            raise NotFound
        return view(*args, **kwargs)

    return guarded


def freshly(view: View[P]) -> View[P]:
    """A page that moves money: whoever signed in a while ago types her password again, then sends the form again."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        if check_and_update_authn_fresh(FRESH_FOR, timedelta(0)):
            return view(*args, **kwargs)
        back_to = request.full_path if request.method == "GET" else urlsplit(request.referrer or "/").path
        flash("Nothing has been done yet. Type your password, then do it again.", "info")
        return redirect(url_for("security.verify", next=back_to.rstrip("?")), 303)

    return guarded


def ask_to_sign_in(back_to: str | None = None) -> ResponseReturnValue:
    """To the sign-in page and from there back to `back_to`: by default this page, or the one whose form was sent."""
    if back_to is None:
        here = request.full_path if request.method == "GET" else urlsplit(request.referrer or "/").path
        back_to = here.rstrip("?")
    flash("Sign in to go on.", "info")
    return redirect(url_for("security.login", next=back_to))


def viewers_zone() -> str:
    """The zone to show times in: the profile's, or what a passer-by's browser says of itself, or UTC."""
    person = viewer()
    guess = person.timezone if person is not None else request.cookies.get("zone", "")
    return guess if guess in clock.zones() else "UTC"
