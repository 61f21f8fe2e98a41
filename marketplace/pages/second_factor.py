"""One's own second factor: what is set up, and where to change it."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.accounts.passkeys.queries import count_passkeys
from marketplace.authentication.access import signed_in
from marketplace.authentication.factors import has_authenticator, has_factor
from marketplace.http import actor
from marketplace.pages.responses import private

bp = Blueprint("second_factor", __name__, url_prefix="/account/second-factor")


@bp.get("")
@signed_in
def home() -> ResponseReturnValue:
    """The authenticator, passkeys and the recovery codes; who has a factor without codes is shown some to keep."""
    person = actor()
    codes = len(person.mf_recovery_codes or ())
    if has_factor(person) and not codes:
        return redirect(url_for("security.mf_recovery_codes"))
    needed = request.args.get("needed") == "yes" and person.has_role("admin") and not person.is_admin
    return private(
        "second_factor.html",
        has_factor=has_factor(person),
        has_authenticator=has_authenticator(person),
        passkeys=count_passkeys(person.id),
        codes_left=codes,
        needed=needed,
    )
