"""What a payment leaves behind: the payment method that was used and the charge on it."""

import stripe

from .box import Sandbox
from .cards import Card
from .ids import new_id
from .shapes import Obj, shape

BILLING = ("address", "email", "name", "phone", "tax_id")
_CHECKS = {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"}


def method_of_card(card: Card) -> tuple[str, Obj]:
    """What a payment method of that card is and says."""
    return "card", _card(card) | {"checks": _CHECKS, "networks": {"available": [card.brand], "preferred": None}}


def keep_method(
    box: Sandbox, kind: str, details: Obj, account: str, billing: Obj | None = None, **fields: object
) -> Obj:
    """Keep a payment method of that kind; `billing` is what is known of whom it belongs to."""
    method = shape(
        stripe.PaymentMethod,
        id=new_id("pm"),
        billing_details={**dict.fromkeys(BILLING), **(billing or {})},
        created=box.now(),
        type=kind,
        **{"metadata": {}, **fields},
    )
    kept = {name: value for name, value in method.items() if value is not None or name in ("customer",)}
    return box.add(kept | {kind: details}, account)


def billing_of(intent: Obj) -> Obj:
    """What an intent says of whoever pays."""
    return {**dict.fromkeys(BILLING), "email": intent.get("receipt_email")}


def _card(card: Card) -> Obj:
    return {
        "brand": card.brand,
        "country": "US",
        "exp_month": 12,
        "exp_year": 2034,
        "fingerprint": f"fp{card.number}",
        "funding": "credit",
        "last4": card.last4,
    }


def on_card(box: Sandbox, intent: Obj, card: Card, method: Obj, account: str) -> Obj:
    """A charge on the card that went well; the caller keeps it."""
    details = _card(card) | {"checks": _CHECKS, "network": card.brand, "amount_authorized": intent["amount"]}
    if card.three_d_secure:
        details["three_d_secure"] = {"authentication_flow": "challenge", "result": "authenticated", "version": "2.2.0"}
    return charge(
        box,
        intent,
        method,
        {"type": "card", "card": details},
        account,
        _settles_at_once=card.settles_at_once,
        _refund=card.refund,
        _dispute=card.dispute,
    )


def charge(box: Sandbox, intent: Obj, method: Obj, details: Obj, account: str, **fields: object) -> Obj:
    """A charge that went well and was captured, unless `fields` say otherwise; the caller keeps it."""
    return shape(
        stripe.Charge,
        amount=intent["amount"],
        amount_captured=intent["amount"],
        amount_refunded=0,
        billing_details=billing_of(intent),
        captured=True,
        created=box.now(),
        currency=intent["currency"],
        customer=intent["customer"],
        description=intent["description"],
        disputed=False,
        fraud_details={},
        metadata=intent["metadata"],
        outcome={
            "network_status": "approved_by_network",
            "reason": None,
            "risk_level": "normal",
            "seller_message": "Payment complete.",
            "type": "authorized",
        },
        payment_intent=intent["id"],
        payment_method=method["id"],
        payment_method_details=details,
        receipt_email=intent["receipt_email"],
        refunded=False,
        transfer_group=intent["transfer_group"],
        _account=account,
        **{"id": new_id("ch"), "paid": True, "status": "succeeded", **fields},
    )
