"""Secret keys: any `sk_test_…` may do everything, an `rk_test_…` what it was given."""

import fnmatch

import flask

from .box import Sandbox
from .errors import StripeError


def authenticate(box: Sandbox) -> None:
    """Refuse whoever has no test key with 401, and what a restricted key may not do with 403."""
    header = flask.request.headers.get("Authorization", "")
    basic = flask.request.authorization
    key = header.removeprefix("Bearer ") if header.startswith("Bearer ") else (basic and basic.username) or ""
    if key.startswith("sk_test_") and key != "sk_test_":
        return
    if key not in box.restricted_keys:
        shown = f"{key[:8]}***" if key else "none"
        raise StripeError(f"Invalid API Key provided: {shown}", status=401, stored=False)
    asked = f"{flask.request.method} {flask.request.path}"
    if not any(fnmatch.fnmatchcase(asked, allowed) for allowed in box.restricted_keys[key]):
        raise StripeError(
            f"The provided key '{key[:8]}***' does not have the required permissions for this endpoint on account "
            "'acct_1Sandbox00000000'.",
            status=403,
            stored=False,
        )
