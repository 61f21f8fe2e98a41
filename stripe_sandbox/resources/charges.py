"""Charges, read only: they come from payment intents."""

from stripe.params import ChargeListParams, ChargeRetrieveParams

from ..api import Call, endpoint
from ..box import Sandbox
from ..render import included, list_of, render
from ..shapes import Obj

KIND = "charge"


@endpoint("GET", "/v1/charges/<charge_id>", ChargeRetrieveParams)
def retrieve(call: Call, charge_id: str) -> Obj:
    """One charge."""
    return call.need(KIND, charge_id, "charge")


@endpoint("GET", "/v1/charges", ChargeListParams, "created customer payment_intent transfer_group")
def list_(call: Call) -> Obj:
    """Charges, newest first."""
    return call.page(KIND, {name: call.params.get(name) for name in ("customer", "payment_intent", "transfer_group")})


@included(KIND, "refunds")
def _refunds(box: Sandbox, charge: Obj) -> Obj:
    found = box.store.find("refund", account=None, where={"charge": charge["id"]})
    return list_of([render(box, refund) for refund in found], f"/v1/charges/{charge['id']}/refunds")
