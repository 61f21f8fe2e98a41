"""How often codes that confirm an asker's address are mailed."""

from typing import Any

from flask import request

from marketplace.accounts.addresses.rules import countable
from marketplace.asks import queries
from marketplace.authentication.limits import place
from marketplace.error_answers import TOO_OFTEN
from marketplace.errors import NotFound
from marketplace.http import viewer
from marketplace.request_limits import limiter


def _mails_no_code() -> bool:
    """Is the form only looked at, or sent by somebody whose address is known? Another code is always mailed."""
    return "draft_id" not in (request.view_args or {}) and (viewer() is not None or "look" in request.form)


def _address_of_code() -> str:
    """The address that a code is mailed to: the one that was typed, or that of the draft."""
    draft_id = (request.view_args or {}).get("draft_id")
    if draft_id is None:
        return f"ask code:{countable(request.form.get('email', ''))}"
    try:
        return f"ask code:{countable(queries.draft(draft_id).email)}"
    except NotFound:
        return place()


def codes_limited(view: Any) -> Any:
    """Few codes an hour, for one address and from one place."""
    for allowed, key, scope in (("5 per hour", _address_of_code, "address"), ("20 per hour", place, "place")):
        view = limiter.shared_limit(
            allowed,
            scope=f"codes of asks by {scope}",
            key_func=key,
            methods=["POST"],
            exempt_when=_mails_no_code,
            error_message=TOO_OFTEN,
        )(view)
    return view
