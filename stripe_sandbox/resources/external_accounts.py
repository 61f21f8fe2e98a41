"""The bank account of a connected account, which its owner gave at onboarding; read only."""

from stripe.params import AccountExternalAccountListParams, AccountExternalAccountRetrieveParams

from .. import bank_accounts
from ..api import Call, endpoint
from ..errors import missing
from ..render import list_of, render
from ..shapes import Obj
from .accounts import find


@endpoint("GET", "/v1/accounts/<account_id>/external_accounts", AccountExternalAccountListParams, "object")
def list_(call: Call, account_id: str) -> Obj:
    """The one account that is paid out to, or none."""
    find(call.box, account_id)
    bank = bank_accounts.of(call.box, account_id)
    found = [render(call.box, bank)] if bank and call.params.get("object", "bank_account") == "bank_account" else []
    return list_of(found, call.path)


@endpoint("GET", "/v1/accounts/<account_id>/external_accounts/<bank_id>", AccountExternalAccountRetrieveParams)
def retrieve(call: Call, account_id: str, bank_id: str) -> Obj:
    """One bank account."""
    find(call.box, account_id)
    bank = call.box.store.get(bank_accounts.KIND, bank_id, account_id)
    if bank is None or not bank["_in_use"]:
        raise missing("external account", bank_id)
    return bank
