"""Connected accounts: kept in their v2 form, shown in both; what counts is the capability."""

from typing import Any, NotRequired
from urllib.parse import urlencode

import stripe
import stripe.v2.core
from stripe.params import AccountLoginLinkCreateParams, AccountRetrieveParams
from stripe.params._account_retrieve_current_params import AccountRetrieveCurrentParams
from stripe.params.v2.core import AccountCreateParams, AccountListParams, AccountUpdateParams
from stripe.params.v2.core import AccountRetrieveParams as V2RetrieveParams

from .. import bank_accounts, limits, payout_life
from ..api import Call, endpoint
from ..box import Sandbox
from ..errors import StripeError, missing
from ..events import emit_thin, iso
from ..ids import new_id
from ..payout_life import CAPABILITY_UPDATED, REQUIREMENTS_UPDATED
from ..render import list_of
from ..shapes import Obj, shape
from .account_views import CAPABILITY, defaults, view

KIND = "v2.core.account"
INCLUDABLE = ("configuration", "defaults", "identity", "requirements", "future_requirements")
PLAYS = (
    "contact_email contact_phone dashboard display_name identity.country identity.entity_type "
    "identity.individual.given_name identity.individual.surname identity.individual.email metadata "
    "configuration.recipient.capabilities.stripe_balance.stripe_transfers.requested "
    "defaults.currency defaults.locales defaults.responsibilities"
)


@endpoint("POST", "/v2/core/accounts", AccountCreateParams, PLAYS)
def create(call: Call) -> Obj:
    """Create an account; its capability stays restricted until onboarding is done."""
    given = call.params
    identity = given.get("identity", {})
    country = identity.get("country", "us").lower()
    if not limits.pays_to(call.box.config.country, country.upper()):
        # Assumed: v2 says it under this code, as v1 does.
        raise StripeError(
            f"Connected accounts in {country.upper()} cannot be created by platforms in {call.box.config.country}.",
            code="country_unsupported",
            param="identity.country",
        )
    wants = _requested(given)
    account = shape(
        stripe.v2.core.Account,
        id=new_id("acct", 16),
        created=iso(call.box.now()),
        applied_configurations=["recipient"] if "recipient" in given.get("configuration", {}) else [],
        closed=False,
        contact_email=given.get("contact_email"),
        contact_phone=given.get("contact_phone"),
        dashboard=given.get("dashboard"),
        display_name=given.get("display_name"),
        metadata=given.get("metadata", {}),
        _transfers="restricted" if wants else None,
        _onboarding="open",
        _identity={"country": country, **{k: v for k, v in identity.items() if k != "country"}},
        _defaults=given.get("defaults", {}),
    )
    call.box.add(account)
    emit_thin(call.box, "v2.core.account.created", account["id"])
    return view(account, given.get("include", []))


def _requested(given: dict[str, Any]) -> bool | None:
    node: Any = given
    for name in ("configuration", "recipient", "capabilities", "stripe_balance", "stripe_transfers"):
        node = node.get(name) or {}
    return node.get("requested") if node else None


class V2PageParams(AccountListParams):
    """What a list takes and, in the address of its next page, the account to go on from."""

    page: NotRequired[str]


@endpoint("GET", "/v2/core/accounts", V2PageParams, "page")
def list_(call: Call) -> Obj:
    """Every account, newest first, `limit` (20) a page, without what has to be included."""
    limit = call.params.get("limit", 20)
    if not 1 <= limit <= 100:
        raise StripeError("limit must be between 1 and 100.", param="limit")
    found = call.box.store.find(KIND, account=call.account, after=call.params.get("page"), limit=limit + 1)
    page = found[:limit]
    onwards = urlencode([("limit", limit), ("page", page[-1]["id"])]) if len(found) > limit else ""
    return {
        "data": [view(account, []) for account in page],
        "next_page_url": f"{call.path}?{onwards}" if onwards else None,
        "previous_page_url": None,
    }


@endpoint("GET", "/v2/core/accounts/<account_id>", V2RetrieveParams)
def retrieve(call: Call, account_id: str) -> Obj:
    """The account; `include` names the parts that are null otherwise."""
    return view(find(call.box, account_id), call.params.get("include", []))


@endpoint("POST", "/v2/core/accounts/<account_id>", AccountUpdateParams, PLAYS)
def update(call: Call, account_id: str) -> Obj:
    """Change contact, name, dashboard, metadata, identity or defaults, or request the capability."""
    account, given = find(call.box, account_id), call.params
    for name in ("contact_email", "contact_phone", "dashboard", "display_name"):
        if name in given:
            account[name] = given[name]
    account["metadata"] = merged(account["metadata"], given.get("metadata"))
    account["_identity"] |= given.get("identity", {})
    account["_defaults"] |= given.get("defaults", {})
    if "recipient" in given.get("configuration", {}):
        account["applied_configurations"] = ["recipient"]
    if _requested(given) and account["_transfers"] is None:
        account["_transfers"] = "active" if account["_onboarding"] == "complete" else "restricted"
    call.box.store.save(account)
    emit_thin(call.box, "v2.core.account.updated", account_id)
    return view(account, given.get("include", []))


def find(box: Sandbox, account_id: str, param: str = "id", status: int = 404) -> Obj:
    """The account, or `resource_missing`."""
    account = box.store.get(KIND, account_id)
    if account is None:
        raise missing("account", account_id, param, status)
    return account


def merged(old: dict[str, str] | None, new: dict[str, str] | str | None) -> dict[str, str]:
    """Metadata after an update: an empty value unsets its key, an empty string unsets all."""
    if new == "":
        return {}
    both = {**(old or {}), **(new if isinstance(new, dict) else {})}
    return {name: value for name, value in both.items() if value not in ("", None)}


def onboard(box: Sandbox, account_id: str, outcome: str, bank_account: str = bank_accounts.GOOD) -> Obj:
    """The end of onboarding: `complete`, `rejected`, or `leave` (nothing changes). Sends the two thin events, and
    `account.external_account.created` to the connect endpoint when there is a new bank account."""
    account = find(box, account_id)
    if outcome == "leave":
        return account
    account |= {"_onboarding": outcome, "_due": False, "_bank_failed": False}
    before = account["_transfers"]
    if before is not None:
        account["_transfers"] = "active" if outcome == "complete" else "restricted"
    box.store.save(account)
    if outcome == "complete":
        currency = defaults(account)["currency"]
        bank_accounts.replace(
            box, account_id, bank_account, country=account["_identity"]["country"].upper(), currency=currency
        )
    emit_thin(box, REQUIREMENTS_UPDATED, account_id)
    payout_life.schedule(box, account_id)
    if account["_transfers"] != before or outcome == "rejected":
        emit_thin(box, CAPABILITY_UPDATED, account_id, {"updated_capability": CAPABILITY})
    return account


def set_capability(box: Sandbox, account_id: str, status: str) -> Obj:
    """Let Stripe change its mind about an account: `active`, `pending`, `restricted`, `rejected`, `unsupported`.

    Restricted means that something is past due, which onboarding provides. Sends both thin events.
    """
    account = find(box, account_id)
    if account["_transfers"] is None:
        raise StripeError("This account never asked for the capability.", param="status")
    account |= {"_transfers": status, "_due": status == "restricted"}
    box.store.save(account)
    emit_thin(box, REQUIREMENTS_UPDATED, account_id)
    emit_thin(box, CAPABILITY_UPDATED, account_id, {"updated_capability": CAPABILITY})
    payout_life.schedule(box, account_id)
    return account


@endpoint("GET", "/v1/account", AccountRetrieveCurrentParams)
def retrieve_own(call: Call) -> Obj:
    """The platform's own account."""
    return shape(
        stripe.Account,
        id="acct_1Sandbox00000000",
        capabilities={"card_payments": "active", "transfers": "active"},
        charges_enabled=True,
        country=call.box.config.country,
        default_currency=call.box.settles[0] if call.box.settles else "usd",
        details_submitted=True,
        email="platform@example.com",
        external_accounts=list_of(bank_accounts.of_platform(call.box), "/v1/account/external_accounts"),
        metadata={},
        payouts_enabled=True,
        type="standard",
    )


@endpoint("GET", "/v1/accounts/<account_id>", AccountRetrieveParams)
def retrieve_v1(call: Call, account_id: str) -> Obj:
    """The account as v1 shows it."""
    return find(call.box, account_id)


@endpoint("POST", "/v1/accounts/<account_id>/login_links", AccountLoginLinkCreateParams)
def create_login_link(call: Call, account_id: str) -> Obj:
    """A link to the account's Express dashboard, once it is onboarded."""
    account = find(call.box, account_id)
    if account["dashboard"] != "express" or account["_onboarding"] != "complete":
        raise StripeError("Cannot create a login link for an account that has not completed onboarding.")
    url = f"{call.base_url.rstrip('/')}/express/{account_id}"
    return shape(stripe.LoginLink, created=call.box.now(), url=url)
