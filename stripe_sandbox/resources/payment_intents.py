"""Payment intents: made by Checkout, captured or cancelled by the API."""

from typing import Any

import stripe
from stripe.params import (
    PaymentIntentCancelParams,
    PaymentIntentCaptureParams,
    PaymentIntentListParams,
    PaymentIntentRetrieveParams,
)

from .. import paying
from ..api import Call, endpoint
from ..box import Sandbox
from ..errors import StripeError
from ..events import emit
from ..ids import new_id
from ..shapes import Obj, shape

KIND = "payment_intent"
CANCELLABLE = ("requires_payment_method", "requires_capture", "requires_confirmation", "requires_action")


def add(box: Sandbox, account: str, **given: Any) -> Obj:
    """Keep a new intent and send `payment_intent.created`."""
    intent_id = new_id("pi")
    fields = {"capture_method": "automatic_async", "metadata": {}, "payment_method_types": ["card"], **given}
    intent = shape(
        stripe.PaymentIntent,
        id=intent_id,
        amount_capturable=0,
        amount_received=0,
        client_secret=f"{intent_id}_secret_{new_id('s', 25)[2:]}",
        confirmation_method="automatic",
        created=box.now(),
        payment_method_options={"card": {"request_three_d_secure": "automatic"}},
        status="requires_payment_method",
        _account=account,
        **fields,
    )
    box.add(intent, account)
    emit(box, "payment_intent.created", intent, account)
    return intent


@endpoint("GET", "/v1/payment_intents/<intent_id>", PaymentIntentRetrieveParams)
def retrieve(call: Call, intent_id: str) -> Obj:
    """One intent."""
    return call.need(KIND, intent_id, "intent")


@endpoint("GET", "/v1/payment_intents", PaymentIntentListParams, "created customer")
def list_(call: Call) -> Obj:
    """Intents, newest first."""
    return call.page(KIND, {"customer": call.params.get("customer")})


def _unexpected(intent: Obj, verb: str, allowed: tuple[str, ...], code: str) -> StripeError:
    return StripeError(
        f"This PaymentIntent could not be {verb} because it has a status of {intent['status']}. "
        f"Only a PaymentIntent with one of the following statuses may be {verb}: {', '.join(allowed)}.",
        code=code,
        payment_intent={name: value for name, value in intent.items() if not name.startswith("_")},
    )


@endpoint("POST", "/v1/payment_intents/<intent_id>/capture", PaymentIntentCaptureParams, "amount_to_capture")
def capture(call: Call, intent_id: str) -> Obj:
    """Take the authorised money, or a part of it; the rest is released."""
    intent = call.need(KIND, intent_id, "intent")
    if intent["status"] != "requires_capture":
        code = "charge_expired_for_capture" if intent.get("_lapsed") else "payment_intent_unexpected_state"
        raise _unexpected(intent, "captured", ("requires_capture",), code)
    amount = int(
        call.params["amount_to_capture"] if "amount_to_capture" in call.params else intent["amount_capturable"]
    )
    if not 1 <= amount <= intent["amount_capturable"]:
        raise StripeError(
            f"The amount to capture must be between 1 and {intent['amount_capturable']}.",
            code="amount_too_large" if amount > 0 else "parameter_invalid_integer",
            param="amount_to_capture",
        )
    paying.capture(call.box, intent, amount, call.account)
    return intent


@endpoint("POST", "/v1/payment_intents/<intent_id>/cancel", PaymentIntentCancelParams, "cancellation_reason")
def cancel(call: Call, intent_id: str) -> Obj:
    """End an intent that has not succeeded; an authorisation is released."""
    intent = call.need(KIND, intent_id, "intent")
    if intent["status"] not in CANCELLABLE:
        raise _unexpected(intent, "canceled", CANCELLABLE, "payment_intent_unexpected_state")
    sessions = call.box.store.find(
        "checkout.session", account=call.account, where={"payment_intent": intent_id, "status": "open"}
    )
    if sessions:
        # docs.stripe.com/api/payment_intents/cancel: expire the Checkout Session instead.
        raise StripeError(
            "You cannot cancel PaymentIntents created by Checkout Sessions. Expire the Checkout Session instead.",
            code="payment_intent_unexpected_state",
        )
    paying.cancel(call.box, intent, call.params.get("cancellation_reason"), call.account)
    return intent
