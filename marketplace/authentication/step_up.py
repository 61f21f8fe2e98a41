"""Stepping up: what is in the table takes a password, or a passkey, of the last half hour.

What was typed into a form is not lost: the page that asks for the password carries it and sends both on together.
"""

from collections.abc import Iterable
from typing import cast

from flask import Blueprint, Flask, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_security.utils import validate_redirect_url, verify_and_update_password
from werkzeug.datastructures import ImmutableMultiDict

from marketplace import authority, config
from marketplace.accounts.models import User
from marketplace.accounts.passkeys.queries import has_passkey
from marketplace.accounts.passkeys.service import PasskeyRefused
from marketplace.authentication import passkeys
from marketplace.authentication.access import signed_in
from marketplace.authentication.factors import has_authenticator, has_factor
from marketplace.authentication.limits import WAY_IN, person_here
from marketplace.authentication.proof import has_shown_factor, is_fresh, prove
from marketplace.authentication.second_factor import is_right_code
from marketplace.authentication.step_up_table import PAGES
from marketplace.error_answers import speaks_json
from marketplace.http import viewer
from marketplace.languages import gettext as _
from marketplace.request_limits import limiter

PASSWORD = "step_up_password"  # noqa: S105  the name of a field
CODE = "step_up_code"
PASSKEY = "step_up_passkey"
SHOWN = {PASSWORD, CODE, PASSKEY}

bp = Blueprint("step_up", __name__)


def register_step_up(app: Flask) -> None:
    """Ask at every address of the table. To be registered behind the check for a CSRF token."""
    app.before_request(_ask_again)
    app.register_blueprint(bp)


def _ask_again() -> ResponseReturnValue | None:
    """Before each request: lay down an admin's powers until a factor was shown, and ask for what is missing."""
    _take_powers()
    endpoint = request.endpoint or ""
    if endpoint not in PAGES and not _of_admins():
        return None
    person = viewer()
    if person is None or not _is_missing(endpoint, person):
        return None
    if request.method == "POST" and {PASSWORD, PASSKEY} & request.form.keys():
        wrong = _check(person)
        if wrong:
            return _page(person, request.full_path.rstrip("?"), wrong=wrong)
        _take_powers()
        typed = [(name, value) for name, value in request.form.items(multi=True) if name not in SHOWN]
        request.form = ImmutableMultiDict(typed)
        return None
    if request.method == "POST":
        return _page(person, request.full_path.rstrip("?"))
    return _page(person, url_for("step_up.verify"), next_address=request.full_path.rstrip("?"))


def _take_powers() -> None:
    """An admin acts as one on a page after a second factor; in the API the token's scopes say so."""
    needed = config.current().admin_second_factor == "required"
    authority.use(not speaks_json() and (has_shown_factor() or not needed))


def _of_admins() -> bool:
    return request.path == "/admin" or request.path.startswith("/admin/")


def _is_missing(endpoint: str, person: User) -> bool:
    """Whether to ask before this is answered. Strangers to the admins' pages are told that there are none."""
    if _of_admins() and not person.has_role("admin"):
        return False
    if _of_admins() and not person.is_admin:
        # Who has no factor at all is led to set one up, by the page itself.
        return has_factor(person)
    return endpoint in PAGES and not is_fresh()


def _check(person: User) -> dict[str, list[str]]:
    """Look at what came with the form: a passkey, or the password with a code where one is due; what is wrong."""
    if PASSKEY in request.form:
        return _check_passkey(person)
    with limiter.shared_limit("20 per 15 minutes", scope="step-up", key_func=person_here, error_message=WAY_IN):
        if not verify_and_update_password(request.form.get(PASSWORD, ""), person):
            return {PASSWORD: [_("This is not your present password.")]}
        if _code_is_due(person) and not is_right_code(person, request.form.get(CODE, "")):
            return {CODE: [_("This code is not right. Type the one that your authenticator shows now.")]}
    prove(factor=_code_is_due(person))
    return {}


def _check_passkey(person: User) -> dict[str, list[str]]:
    try:
        passkeys.whose(request.form[PASSKEY], "step-up", person)
    except PasskeyRefused as refusal:
        return {"form": [refusal.sentence]}
    prove(factor=True)
    return {}


def _code_is_due(person: User) -> bool:
    return has_factor(person) and not has_shown_factor()


def _page(
    person: User, action: str, *, wrong: dict[str, list[str]] | None = None, next_address: str = ""
) -> ResponseReturnValue:
    """Ask for the password; the form goes to `action` with everything that this request brought."""
    carried: Iterable[tuple[str, str]] = [("next", next_address)] if next_address else _carried()
    due = _code_is_due(person)
    shown = render_template(
        "security/verify.html",
        action=action,
        carried=list(carried),
        errors=wrong or {},
        code_is_due=due,
        has_authenticator=has_authenticator(person),
        has_passkey=passkeys.offered() and has_passkey(person.id),
    )
    answer = make_response(shown, 403)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _carried() -> list[tuple[str, str]]:
    return [(name, value) for name, value in request.form.items(multi=True) if name not in {"csrf_token", *SHOWN}]


@bp.route("/verify", methods=["GET", "POST"])
@signed_in
def verify() -> ResponseReturnValue:
    """Type the password once more, or use a passkey, and go on where one was."""
    person = cast(User, viewer())
    wanted = request.values.get("next", "")
    onwards = wanted if wanted.startswith("/") and validate_redirect_url(wanted) else url_for("account.home")
    if request.method == "GET":
        return _page(person, url_for(".verify"), next_address=onwards)
    wrong = _check(person)
    return _page(person, url_for(".verify"), wrong=wrong, next_address=onwards) if wrong else redirect(onwards, 303)
