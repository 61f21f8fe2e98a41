"""Who may open a page: anybody signed in, or admins."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec
from urllib.parse import urlsplit

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from marketplace import clock
from marketplace.authentication import kept_forms
from marketplace.errors import NotFound
from marketplace.http import viewer
from marketplace.languages import gettext as _

KEPT_SECONDS = 365 * 24 * 3600

P = ParamSpec("P")
View = Callable[P, ResponseReturnValue]


def signed_in(view: View[P]) -> View[P]:
    """A page for people who have signed in; others are asked to, and come back."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        return view(*args, **kwargs) if viewer() is not None else ask_to_sign_in()

    return kept_when_signed_out(guarded)


def admin_only(view: View[P]) -> View[P]:
    """A page for admins; for everybody else who has signed in it does not exist.

    An admin without a second factor is led to set one up (`ADMIN_SECOND_FACTOR`).
    """

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        person = viewer()
        if person is None:
            return ask_to_sign_in()
        if not person.has_role("admin"):
            raise NotFound
        if not person.is_admin:
            return redirect(url_for("second_factor.home", needed="yes"), 303)
        return view(*args, **kwargs)

    return kept_when_signed_out(guarded)


def kept_when_signed_out(view: View[P]) -> View[P]:
    """Mark a page: a form that is sent to it when the session has ended is kept until one has signed in."""
    view.is_kept_when_signed_out = True  # type: ignore[attr-defined]
    return view


def ask_to_sign_in(back_to: str | None = None) -> ResponseReturnValue:
    """To the sign-in page and from there back to `back_to`: by default this page, or the one whose form was sent.

    What was typed into that form is kept, where it may be (`kept_forms`).
    """
    if back_to is None:
        form = kept_forms.sent_form()
        if form is not None and (answer := kept_forms.sign_in_and_go_on(form)) is not None:
            return answer
        here = request.full_path if request.method == "GET" else urlsplit(request.referrer or "/").path
        back_to = here.rstrip("?")
    flash(_("Sign in to go on."), "info")
    return redirect(url_for("security.login", next=back_to))


def viewers_zone() -> str:
    """The zone to show times in: the profile's, or what a passer-by chose or the browser says of itself, or UTC."""
    person = viewer()
    guess = person.timezone if person is not None else request.cookies.get("zone", "")
    return guess if guess in clock.zones() else "UTC"


def chosen_zone() -> str | None:
    """The zone that the address of a passer-by's page names; a profile is not overruled."""
    named = request.values.get("zone", "")
    return named if viewer() is None and named in clock.zones() else None


def kept_zone(answer: Response) -> Response:
    """The answer, with which a passer-by's browser keeps the zone that its address names."""
    if (zone := chosen_zone()) is not None:
        # The page's script reads it, to leave a choice alone.
        answer.set_cookie("zone", zone, KEPT_SECONDS, secure=request.is_secure, samesite="Lax")
    return answer
