"""Stepping up: what is in the table takes a password of the last half hour.

What was typed into a form is not lost: the page that asks for the password carries it and sends both on together.
"""

from collections.abc import Iterable
from typing import Any, cast

from flask import Blueprint, Flask, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_security.signals import user_authenticated
from flask_security.utils import validate_redirect_url, verify_and_update_password
from werkzeug.datastructures import ImmutableMultiDict

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.authentication.access import signed_in
from marketplace.authentication.limits import WAY_IN, person_here
from marketplace.authentication.step_up_table import FRESH_FOR, PAGES
from marketplace.http import limiter, viewer

PASSWORD = "step_up_password"  # noqa: S105  the name of a field
PROOF = "proof"
# How somebody signs in who types the password or uses a passkey; a link in a mail or a cookie does neither.
PROVES = {"password", "webauthn", "change"}
NOT_CARRIED = {"csrf_token", PASSWORD}

bp = Blueprint("step_up", __name__)


def register_step_up(app: Flask) -> None:
    """Ask at every address of the table. To be registered behind the check for a CSRF token."""
    app.before_request(_ask_again)
    app.register_blueprint(bp)


def prove(person: User) -> None:
    """Note in the session that its person has just typed the password or used a passkey."""
    session[PROOF] = {"of": person.fs_uniquifier, "at": int(clock.now().timestamp())}


def is_fresh(person: User) -> bool:
    """Whether this session's person typed the password or used a passkey within the last half hour.

    Nothing else renews it: not a visit, not a remember-me cookie, not the form that it was asked for.
    """
    proof = session.get(PROOF)
    if not isinstance(proof, dict) or proof.get("of") != person.fs_uniquifier:
        return False
    return 0 <= clock.now().timestamp() - proof.get("at", 0) < FRESH_FOR.total_seconds()


@user_authenticated.connect
def _signed_in(_app: Flask, user: User, authn_via: list[str] | None = None, **_: Any) -> None:
    """Signing in is fresh if it took a password or a passkey; a second factor follows on one of these."""
    if authn_via is None or PROVES & set(authn_via):
        prove(user)
    else:
        session.pop(PROOF, None)


def _ask_again() -> ResponseReturnValue | None:
    endpoint = request.endpoint or ""
    person = viewer() if endpoint in PAGES else None
    if person is None or is_fresh(person) or _does_not_exist(person):
        return None
    if request.method == "POST" and PASSWORD in request.form:
        wrong = _check(person)
        if wrong is not None:
            return _page(request.full_path.rstrip("?"), wrong=wrong)
        without = [(name, value) for name, value in request.form.items(multi=True) if name != PASSWORD]
        request.form = ImmutableMultiDict(without)
        return None
    if request.method == "POST":
        return _page(request.full_path.rstrip("?"))
    return _page(url_for("step_up.verify"), next_address=request.full_path.rstrip("?"))


def _does_not_exist(person: User) -> bool:
    """An admin's address, for others: they are told that, not asked for a password."""
    return request.path.startswith("/admin") and not person.is_admin


def _check(person: User) -> str | None:
    """Look at the password that came with the form: None and a fresh session, or what to say."""
    with limiter.shared_limit("20 per 15 minutes", scope="step-up", key_func=person_here, error_message=WAY_IN):
        if not verify_and_update_password(request.form.get(PASSWORD, ""), person):
            return "This is not your present password."
    prove(person)
    return None


def _page(action: str, *, wrong: str | None = None, next_address: str = "") -> ResponseReturnValue:
    """Ask for the password; the form goes to `action` with everything that this request brought."""
    carried: Iterable[tuple[str, str]] = [("next", next_address)] if next_address else _carried()
    shown = render_template(
        "security/verify.html", action=action, carried=carried, errors={PASSWORD: [wrong]} if wrong else {}
    )
    answer = make_response(shown, 403)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _carried() -> list[tuple[str, str]]:
    return [(name, value) for name, value in request.form.items(multi=True) if name not in NOT_CARRIED]


@bp.route("/verify", methods=["GET", "POST"])
@signed_in
def verify() -> ResponseReturnValue:
    """Type the password once more, and go on where one was."""
    person = cast(User, viewer())
    wanted = request.values.get("next", "")
    onwards = wanted if wanted.startswith("/") and validate_redirect_url(wanted) else url_for("account.home")
    if request.method == "GET":
        return _page(url_for(".verify"), next_address=onwards)
    wrong = _check(person)
    return redirect(onwards, 303) if wrong is None else _page(url_for(".verify"), wrong=wrong, next_address=onwards)
