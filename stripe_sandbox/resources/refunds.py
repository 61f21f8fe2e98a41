"""Refunds: the money goes back, the fee does not."""

from stripe.params import RefundCreateParams, RefundListParams, RefundRetrieveParams, RefundUpdateParams

from .. import dispute_life, ledger, refund_life
from ..api import Call, endpoint
from ..errors import StripeError
from ..shapes import Obj
from .accounts import merged

KIND = "refund"


@endpoint("POST", "/v1/refunds", RefundCreateParams, "amount charge metadata payment_intent reason")
def create(call: Call) -> Obj:
    """Refund a captured charge, wholly or in part."""
    charge, given = _charge(call), call.params
    left = charge["amount"] - charge["amount_refunded"]
    amount = given.get("amount", left)
    if charge["refunded"]:
        raise StripeError(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    if dispute_life.forbids_refund(call.box, charge, amount):
        raise StripeError(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.", code="charge_disputed"
        )
    if charge["status"] != "succeeded" or not charge["captured"]:
        raise StripeError(
            f"Charge {charge['id']} cannot be refunded: it was not captured.", code="charge_not_refundable"
        )
    if amount < 1:
        raise StripeError(
            "This value must be greater than or equal to 1.", code="parameter_invalid_integer", param="amount"
        )
    if amount > left:
        asked, owed = (ledger.words(value, charge["currency"]) for value in (amount, left))
        raise StripeError(
            f"Refund amount ({asked}) is greater than unrefunded amount on charge ({owed})", param="amount"
        )
    refund = refund_life.start(
        call.box,
        charge,
        amount,
        call.account,
        reason=given.get("reason"),
        metadata=merged({}, given.get("metadata")),
    )
    dispute_life.refunded(call.box, charge)
    return refund


def _charge(call: Call) -> Obj:
    given = call.params
    if ("charge" in given) == ("payment_intent" in given):
        raise StripeError(
            "One of the following params should be provided for this request: payment_intent or charge.",
            code="parameter_missing",
            param="charge",
        )
    if "charge" in given:
        return call.need("charge", given["charge"], "charge", 404)
    intent = call.need("payment_intent", given["payment_intent"], "payment_intent", 404)
    if intent["status"] != "succeeded":
        raise StripeError(
            f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.",
            code="payment_intent_unexpected_state",
            param="payment_intent",
        )
    return call.need("charge", intent["latest_charge"], "charge")


@endpoint("GET", "/v1/refunds/<refund_id>", RefundRetrieveParams)
def retrieve(call: Call, refund_id: str) -> Obj:
    """One refund."""
    return call.need(KIND, refund_id)


@endpoint("POST", "/v1/refunds/<refund_id>", RefundUpdateParams, "metadata")
def update(call: Call, refund_id: str) -> Obj:
    """Change a refund's metadata."""
    refund = call.need(KIND, refund_id)
    previous = {"metadata": refund["metadata"]}
    refund["metadata"] = merged(refund["metadata"], call.params.get("metadata"))
    refund_life.updated(call.box, refund, previous)
    return refund


@endpoint("GET", "/v1/refunds", RefundListParams, "charge created payment_intent")
def list_(call: Call) -> Obj:
    """Refunds, newest first."""
    return call.page(KIND, {name: call.params.get(name) for name in ("charge", "payment_intent")})
