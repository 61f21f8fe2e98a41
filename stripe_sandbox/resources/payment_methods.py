"""Payment methods, read only: they come from payments."""

from stripe.params import PaymentMethodRetrieveParams

from ..api import Call, endpoint
from ..shapes import Obj

KIND = "payment_method"


@endpoint("GET", "/v1/payment_methods/<method_id>", PaymentMethodRetrieveParams)
def retrieve(call: Call, method_id: str) -> Obj:
    """One payment method."""
    return call.need(KIND, method_id)
