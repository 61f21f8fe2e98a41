"""Payouts by hand: of the platform, or of a connected account in its name."""

from stripe.params import (
    PayoutCancelParams,
    PayoutCreateParams,
    PayoutListParams,
    PayoutRetrieveParams,
    PayoutUpdateParams,
)

from .. import ledger, payout_life
from ..api import Call, endpoint
from ..errors import StripeError
from ..events import emit
from ..shapes import Obj
from .accounts import merged

KIND = payout_life.KIND


@endpoint("POST", "/v1/payouts", PayoutCreateParams, "amount currency description metadata statement_descriptor")
def create(call: Call) -> Obj:
    """Send available money to the bank; it arrives in two days, or comes back."""
    given = call.params
    amount, currency = given["amount"], given["currency"].lower()
    if amount < 1:
        raise StripeError(
            "This value must be greater than or equal to 1.", code="parameter_invalid_integer", param="amount"
        )
    ledger.cover(call.box, call.account, currency, amount)
    more = {name: given[name] for name in ("description", "statement_descriptor") if name in given}
    metadata = merged({}, given.get("metadata"))
    return payout_life.send(call.box, call.account, amount, currency, metadata=metadata, **more)


@endpoint("GET", "/v1/payouts/<payout_id>", PayoutRetrieveParams)
def retrieve(call: Call, payout_id: str) -> Obj:
    """One payout."""
    return call.need(KIND, payout_id)


@endpoint("GET", "/v1/payouts", PayoutListParams, "created destination status")
def list_(call: Call) -> Obj:
    """Payouts, newest first."""
    return call.page(KIND, {name: call.params.get(name) for name in ("destination", "status")})


@endpoint("POST", "/v1/payouts/<payout_id>", PayoutUpdateParams, "metadata")
def update(call: Call, payout_id: str) -> Obj:
    """Change a payout's metadata."""
    payout = call.need(KIND, payout_id)
    previous = {"metadata": payout["metadata"]}
    payout["metadata"] = merged(payout["metadata"], call.params.get("metadata"))
    call.box.store.save(payout)
    emit(call.box, "payout.updated", payout, call.account, previous)
    return payout


@endpoint("POST", "/v1/payouts/<payout_id>/cancel", PayoutCancelParams)
def cancel(call: Call, payout_id: str) -> Obj:
    """Call back a payout that is still pending."""
    return payout_life.cancel(call.box, call.need(KIND, payout_id))
