"""Account links: an address of the onboarding page, for one use within minutes."""

import stripe.v2.core
from stripe.params.v2.core import AccountLinkCreateParams

from ..api import Call, endpoint
from ..box import Sandbox
from ..errors import StripeError
from ..events import iso
from ..ids import new_id
from ..shapes import Obj, shape
from . import accounts

KIND = "v2.core.account_link"
TTL_SECONDS = 300


@endpoint("POST", "/v2/core/account_links", AccountLinkCreateParams, "account use_case")
def create(call: Call) -> Obj:
    """Make a link for one visit within five minutes."""
    account, use = accounts.find(call.box, call.params["account"], "account", 400), call.params["use_case"]
    if use["type"] not in use:
        raise StripeError(
            f"Missing required param: use_case[{use['type']}].",
            code="parameter_missing",
            param=f"use_case[{use['type']}]",
        )
    token = new_id("link", 32)
    kept = shape(
        stripe.v2.core.AccountLink,
        id=token,
        account=account["id"],
        created=iso(call.box.now()),
        expires_at=iso(call.box.now() + TTL_SECONDS),
        url=f"{call.base_url.rstrip('/')}/onboarding/{token}",
        use_case=use,
        _expires_at=call.box.now() + TTL_SECONDS,
        _used=False,
    )
    call.box.add(kept)
    return {name: value for name, value in kept.items() if name != "id" and not name.startswith("_")}


def visit(box: Sandbox, token: str) -> tuple[Obj, bool] | None:
    """(the link, whether this visit may go in), or None when there is no such link. A visit uses it up."""
    link = box.store.get(KIND, token)
    if link is None:
        return None
    fresh = not link["_used"] and box.now() < link["_expires_at"]
    link["_used"] = True
    if fresh:
        link["_form"] = new_id("form", 32)
    box.store.save(link)
    return link, fresh


def urls(link: Obj) -> tuple[str, str]:
    """(return_url, refresh_url) of the flow."""
    options = link["use_case"][link["use_case"]["type"]]
    return options.get("return_url", options["refresh_url"]), options["refresh_url"]
