"""Payment intents: made by Checkout or by the API, then confirmed, captured or cancelled."""

from typing import Any

import stripe
from stripe.params import (
    PaymentIntentCancelParams,
    PaymentIntentCaptureParams,
    PaymentIntentConfirmParams,
    PaymentIntentCreateParams,
    PaymentIntentListParams,
    PaymentIntentRetrieveParams,
)

from .. import bank_debits, ledger, limits, payments
from ..api import Answer, Call, endpoint
from ..box import Sandbox
from ..errors import StripeError
from ..events import emit
from ..ids import new_id
from ..render import render
from ..shapes import Obj, shape
from . import payment_methods
from .accounts import merged

KIND = "payment_intent"
CANCELLABLE = ("requires_payment_method", "requires_capture", "requires_confirmation", "requires_action")
CONFIRMABLE = ("requires_payment_method", "requires_confirmation", "requires_action")
KEPT = (
    "amount",
    "capture_method",
    "confirmation_method",
    "customer",
    "description",
    "receipt_email",
    "setup_future_usage",
    "shipping",
    "statement_descriptor",
    "statement_descriptor_suffix",
    "transfer_group",
)


def add(box: Sandbox, account: str, **given: Any) -> Obj:
    """Keep a new intent and send `payment_intent.created`."""
    intent_id = new_id("pi")
    fields = {
        "confirmation_method": "automatic",
        "capture_method": "automatic_async",
        "metadata": {},
        "payment_method_types": ["card"],
        **given,
    }
    intent = shape(
        stripe.PaymentIntent,
        id=intent_id,
        amount_capturable=0,
        amount_received=0,
        client_secret=f"{intent_id}_secret_{new_id('s', 25)[2:]}",
        created=box.now(),
        payment_method_options={"card": {"request_three_d_secure": "automatic"}},
        status="requires_payment_method",
        _account=account,
        **fields,
    )
    box.add(intent, account)
    emit(box, "payment_intent.created", intent, account)
    return intent


@endpoint(
    "POST",
    "/v1/payment_intents",
    PaymentIntentCreateParams,
    "allowed_payment_method_types amount capture_method confirm confirmation_method currency customer description "
    "mandate_data metadata payment_method receipt_email return_url setup_future_usage shipping statement_descriptor "
    "statement_descriptor_suffix transfer_group",
)
def create(call: Call) -> Answer:
    """Make an intent and, with `confirm`, try its payment method at once. A declined card is a 402 that leaves the
    intent behind."""
    given = call.params
    if given["amount"] < limits.least_units(given["currency"].lower()):
        least = ledger.words(limits.least_units(given["currency"].lower()), given["currency"])
        raise StripeError(f"Amount must be at least {least}", code="amount_too_small", param="amount")
    if given.get("customer"):
        call.need("customer", given["customer"], "customer", 400)
    kept = {name: given[name] for name in KEPT if name in given}
    allowed = given.get("allowed_payment_method_types")
    intent = add(
        call.box,
        call.account,
        **kept | {"currency": given["currency"].lower(), "metadata": merged({}, given.get("metadata"))},
        **{"allowed_payment_method_types": allowed, "payment_method_types": allowed} if allowed else {},
    )
    if given.get("payment_method"):
        _offer(call, intent, given["payment_method"])
    return _try(call, intent) if given.get("confirm") else intent


@endpoint("POST", "/v1/payment_intents/<intent_id>/confirm", PaymentIntentConfirmParams, "payment_method return_url")
def confirm(call: Call, intent_id: str) -> Answer:
    """Try the intent's payment method, or the one given here."""
    intent = call.need(KIND, intent_id, "intent")
    if intent["status"] not in CONFIRMABLE:
        raise _unexpected(intent, "confirmed", CONFIRMABLE, "payment_intent_unexpected_state")
    if call.params.get("payment_method"):
        _offer(call, intent, call.params["payment_method"])
    return _try(call, intent)


def _offer(call: Call, intent: Obj, name: str) -> None:
    method, _ = payment_methods.named(call.box, name, call.account)
    intent |= {"payment_method": method["id"], "status": "requires_confirmation"}
    call.box.store.save(intent)


def _try(call: Call, intent: Obj) -> Answer:
    if not intent["payment_method"]:
        raise StripeError(
            "You cannot confirm this PaymentIntent because it's missing a payment method.",
            code="payment_intent_unexpected_state",
        )
    method, means = payment_methods.named(call.box, intent["payment_method"], call.account)
    if isinstance(means, bank_debits.DebitAccount):
        if means.currency != intent["currency"] or intent["capture_method"] == "manual":
            raise StripeError("This bank account cannot pay this PaymentIntent.", param="payment_method")
        bank_debits.debit(call.box, intent, means, call.account, method)
        return intent
    payments.attempt(call.box, intent, means, call.account, method=method)
    error = intent["last_payment_error"]
    if error is None:
        return intent
    details: Obj = {name: error.get(name) for name in ("code", "decline_code", "charge")}
    details |= {"payment_intent": render(call.box, intent), "payment_method": render(call.box, method)}
    return StripeError(error["message"], status=402, type_="card_error", **details)


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
    payments.capture(call.box, intent, amount, call.account)
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
    payments.cancel(call.box, intent, call.params.get("cancellation_reason"), call.account)
    return intent
