"""Connected accounts: kept in their v2 form, shown in both. What counts is the recipient's transfer capability."""

from typing import Any

import stripe
import stripe.v2.core
from stripe.params import AccountLoginLinkCreateParams, AccountRetrieveParams
from stripe.params.v2.core import AccountCreateParams, AccountUpdateParams
from stripe.params.v2.core import AccountRetrieveParams as V2RetrieveParams

from ..api import Call, endpoint
from ..box import Sandbox
from ..errors import StripeError, missing
from ..events import emit_thin, iso
from ..ids import new_id
from ..render import computed
from ..shapes import Obj, shape

KIND = "v2.core.account"
CAPABILITY = "stripe_balance.stripe_transfers"
INCLUDABLE = ("configuration", "defaults", "identity", "requirements", "future_requirements")
PLAYS = (
    "contact_email contact_phone dashboard display_name identity.country identity.entity_type "
    "identity.individual.given_name identity.individual.surname identity.individual.email metadata "
    "configuration.recipient.capabilities.stripe_balance.stripe_transfers.requested "
    "defaults.currency defaults.locales defaults.responsibilities"
)
# docs.stripe.com/connect/testing#account-numbers; the other two fail when money is sent to them.
GOOD_BANK_ACCOUNT = "000123456789"
BANK_ACCOUNTS = (GOOD_BANK_ACCOUNT, "000111111113", "000111111116")
CURRENCY_OF = {"us": "usd", "gb": "gbp", "ch": "chf", "ca": "cad", "au": "aud", "jp": "jpy", "in": "inr"}


@endpoint("POST", "/v2/core/accounts", AccountCreateParams, PLAYS)
def create(call: Call) -> Obj:
    """Create an account; its capability stays restricted until onboarding is done."""
    given = call.params
    identity = given.get("identity", {})
    country = identity.get("country", "us").lower()
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


def onboard(box: Sandbox, account_id: str, outcome: str, bank_account: str = GOOD_BANK_ACCOUNT) -> Obj:
    """The end of onboarding: `complete`, `rejected`, or `leave` (nothing changes). Sends the two thin events."""
    account = find(box, account_id)
    if outcome == "leave":
        return account
    account["_onboarding"] = outcome
    account["_bank_account"] = bank_account
    before = account["_transfers"]
    if before is not None:
        account["_transfers"] = "active" if outcome == "complete" else "restricted"
    box.store.save(account)
    emit_thin(box, "v2.core.account[requirements].updated", account_id)
    if account["_transfers"] != before or outcome == "rejected":
        kind = "v2.core.account[configuration.recipient].capability_status_updated"
        emit_thin(box, kind, account_id, {"updated_capability": CAPABILITY})
    return account


def view(account: Obj, include: list[str]) -> Obj:
    """The account as v2 shows it."""
    shown = {name: value for name, value in account.items() if not name.startswith("_")}
    if "configuration.recipient" in include:
        shown["configuration"] = {"customer": None, "merchant": None, "recipient": _recipient(account)}
    if "identity" in include:
        individual = account["_identity"].get("individual")
        shown["identity"] = {
            "attestations": None,
            "business_details": None,
            "country": account["_identity"]["country"],
            "entity_type": account["_identity"].get("entity_type"),
            "individual": individual and _person(account, individual),
        }
    if "defaults" in include:
        shown["defaults"] = _defaults(account)
    if "requirements" in include:
        shown["requirements"] = _requirements(account)
    return shown


def _recipient(account: Obj) -> Obj | None:
    if "recipient" not in account["applied_configurations"]:
        return None
    if account["_transfers"] is None:
        return {"applied": True, "capabilities": None}
    details = {
        "open": [{"code": "requirements_past_due", "resolution": "provide_info"}],
        "rejected": [{"code": "rejected_other", "resolution": "contact_stripe"}],
    }.get(account["_onboarding"], [])
    status = {"status": account["_transfers"], "status_details": details}
    return {"applied": True, "capabilities": {"stripe_balance": {"payouts": status, "stripe_transfers": status}}}


def _person(account: Obj, individual: Obj) -> Obj:
    return {"account": account["id"], "created": account["created"], "id": "person_" + account["id"][5:]} | {
        "object": "v2.core.account_person",
        "updated": account["created"],
        **individual,
    }


def _defaults(account: Obj) -> Obj:
    country, given = account["_identity"]["country"], account["_defaults"]
    responsibilities = {"requirements_collector": "stripe", **given.get("responsibilities", {})}
    return {
        "currency": given.get("currency") or CURRENCY_OF.get(country, "eur"),
        "locales": given.get("locales"),
        "profile": None,
        "responsibilities": {"fees_collector": None, "losses_collector": None, **responsibilities},
    }


def _requirements(account: Obj) -> Obj:
    if account["_onboarding"] == "complete" or account["_transfers"] is None:
        return {"entries": [], "summary": None}
    entry = {
        "awaiting_action_from": "stripe" if account["_onboarding"] == "rejected" else "user",
        "description": "identity.individual",
        "errors": [],
        "impact": {
            "restricts_capabilities": [
                {"capability": CAPABILITY, "configuration": "recipient", "deadline": {"status": "past_due"}}
            ]
        },
        "minimum_deadline": {"status": "past_due"},
        "requested_reasons": [{"code": "routine_onboarding"}],
    }
    return {"entries": [entry], "summary": {"minimum_deadline": {"status": "past_due", "time": None}}}


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


@computed(KIND)
def _as_v1(_: Sandbox, account: Obj) -> Obj:
    country = account["_identity"]["country"]
    done = account["_onboarding"] == "complete"
    due = [] if done else ["external_account", "individual.verification.document"]
    state = {"active": "active", "restricted": "inactive"}.get(account["_transfers"])
    return shape(
        stripe.Account,
        id=account["id"],
        capabilities={"transfers": state} if state else {},
        charges_enabled=False,
        country=country.upper(),
        default_currency=account["_defaults"].get("currency") or CURRENCY_OF.get(country, "eur"),
        details_submitted=account["_onboarding"] != "open",
        email=account["contact_email"],
        metadata=account["metadata"],
        payouts_enabled=done,
        requirements={
            "alternatives": [],
            "current_deadline": None,
            "currently_due": due,
            "disabled_reason": None if done else "requirements.past_due",
            "errors": [],
            "eventually_due": due,
            "past_due": due,
            "pending_verification": [],
        },
        type="express" if account["dashboard"] == "express" else "none",
    )
