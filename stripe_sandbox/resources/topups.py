"""Top-ups of the platform's balance."""

from stripe.params import TopupCreateParams, TopupListParams, TopupRetrieveParams

from .. import balance_topups
from ..api import Call, endpoint
from ..errors import StripeError
from ..shapes import Obj
from .accounts import merged

KIND = balance_topups.KIND


@endpoint("POST", "/v1/topups", TopupCreateParams, "amount currency description metadata transfer_group")
def create(call: Call) -> Obj:
    """Add to the platform's available balance from its bank."""
    given = call.params
    if given["amount"] < 1:
        raise StripeError(
            "This value must be greater than or equal to 1.", code="parameter_invalid_integer", param="amount"
        )
    more = {name: given.get(name) for name in ("description", "transfer_group")}
    metadata = merged({}, given.get("metadata"))
    return balance_topups.add(call.box, given["amount"], given["currency"].lower(), metadata=metadata, **more)


@endpoint("GET", "/v1/topups/<topup_id>", TopupRetrieveParams)
def retrieve(call: Call, topup_id: str) -> Obj:
    """One top-up."""
    return call.need(KIND, topup_id)


@endpoint("GET", "/v1/topups", TopupListParams, "created status")
def list_(call: Call) -> Obj:
    """Top-ups, newest first."""
    return call.page(KIND, {"status": call.params.get("status")})
