"""An account as v2 and as v1 show it."""

import stripe

from .. import payout_life
from ..box import Sandbox
from ..render import computed
from ..shapes import Obj, shape

CAPABILITY = "stripe_balance.stripe_transfers"
CURRENCY_OF = {"us": "usd", "gb": "gbp", "ch": "chf", "ca": "cad", "au": "aud", "jp": "jpy", "in": "inr"}
_PAST_DUE = {"code": "requirements_past_due", "resolution": "provide_info"}
_DETAILS = {
    "pending": {"code": "determining_status", "resolution": "no_resolution"},
    "rejected": {"code": "rejected_other", "resolution": "contact_stripe"},
    "unsupported": {"code": "unsupported_business", "resolution": "no_resolution"},
}


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
        shown["defaults"] = defaults(account)
    if "requirements" in include:
        shown["requirements"] = _requirements(account)
    return shown


def _recipient(account: Obj) -> Obj | None:
    if "recipient" not in account["applied_configurations"]:
        return None
    if account["_transfers"] is None:
        return {"applied": True, "capabilities": None}
    status = account["_transfers"]
    details = _DETAILS.get("rejected" if account["_onboarding"] == "rejected" else status, _PAST_DUE)
    transfers = {"status": status, "status_details": [] if status == "active" else [details]}
    blocked = {"status": "restricted", "status_details": [_PAST_DUE]}
    payouts = blocked if status == "active" and not payout_life.may_pay_out(account) else transfers
    return {"applied": True, "capabilities": {"stripe_balance": {"payouts": payouts, "stripe_transfers": transfers}}}


def _person(account: Obj, individual: Obj) -> Obj:
    return {"account": account["id"], "created": account["created"], "id": "person_" + account["id"][5:]} | {
        "object": "v2.core.account_person",
        "updated": account["created"],
        **individual,
    }


def defaults(account: Obj) -> Obj:
    country, given = account["_identity"]["country"], account["_defaults"]
    responsibilities = {"requirements_collector": "stripe", **given.get("responsibilities", {})}
    return {
        "currency": given.get("currency") or CURRENCY_OF.get(country, "eur"),
        "locales": given.get("locales"),
        "profile": None,
        "responsibilities": {"fees_collector": None, "losses_collector": None, **responsibilities},
    }


def _owes(account: Obj) -> list[tuple[str, str]]:
    """(what is past due, the capability that it restricts)."""
    if account["_transfers"] is None:
        return []
    due = account["_onboarding"] != "complete" or account.get("_due")
    owed = [("identity.individual", CAPABILITY)] if due else []
    return [*owed, ("external_account", "stripe_balance.payouts")] if account.get("_bank_failed") else owed


def _requirements(account: Obj) -> Obj:
    entries = [
        {
            "awaiting_action_from": "stripe" if account["_onboarding"] == "rejected" else "user",
            "description": description,
            "errors": [],
            "impact": {
                "restricts_capabilities": [
                    {"capability": capability, "configuration": "recipient", "deadline": {"status": "past_due"}}
                ]
            },
            "minimum_deadline": {"status": "past_due"},
            "requested_reasons": [{"code": "routine_onboarding"}],
        }
        for description, capability in _owes(account)
    ]
    return {
        "entries": entries,
        "summary": {"minimum_deadline": {"status": "past_due", "time": None}} if entries else None,
    }


@computed("v2.core.account")
def _as_v1(_: Sandbox, account: Obj) -> Obj:
    country = account["_identity"]["country"]
    begun = account["_onboarding"] == "complete"
    due = [what if what == "external_account" else "individual.verification.document" for what, _ in _owes(account)]
    due = due if begun else ["external_account", "individual.verification.document"]
    state = {"active": "active", "pending": "pending", None: None}.get(account["_transfers"], "inactive")
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
        payouts_enabled=begun and not due,
        requirements={
            "alternatives": [],
            "current_deadline": None,
            "currently_due": due,
            "disabled_reason": "requirements.past_due" if due else None,
            "errors": [],
            "eventually_due": due,
            "past_due": due,
            "pending_verification": [],
        },
        type="express" if account["dashboard"] == "express" else "none",
    )
