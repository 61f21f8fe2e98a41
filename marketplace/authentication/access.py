"""Who may open a page: anybody signed in, admins, or those who typed their password lately."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import ParamSpec
from urllib.parse import urlsplit

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_security.utils import check_and_update_authn_fresh

from marketplace import clock
from marketplace.errors import NotFound
from marketplace.http import viewer

P = ParamSpec("P")
View = Callable[P, ResponseReturnValue]

# How long after typing the password somebody may send money without typing it again.
FRESH_FOR = timedelta(minutes=30)


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
    """A page that moves money: after a while the password is typed again, then the form is sent again."""

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
