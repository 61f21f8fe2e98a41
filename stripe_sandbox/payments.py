"""What happens to an intent when a card is tried, captured, cancelled or left alone."""

from . import charge_creation, exchange, ledger, refund_life
from .box import Sandbox, timer
from .cards import DECLINES, Card
from .events import emit
from .shapes import Obj

DAY_SECONDS = 86_400
AUTHORIZATION_DAYS = 7  # docs.stripe.com/payments/place-a-hold-on-a-payment-method, card online


def attempt(
    box: Sandbox, intent: Obj, card: Card, account: str, *, method: Obj | None = None, authenticated: bool | None = None
) -> str:
    """Try the card on the intent; its new status. `method` is the payment method of the card, where there is one
    already; `authenticated` is how the 3-D Secure challenge ended."""
    if method is None:
        kind, details = charge_creation.method_of_card(card)
        billing = charge_creation.billing_of(intent)
        method = charge_creation.keep_method(box, kind, details, account, billing, _number=card.number)
    if card.three_d_secure and authenticated is None:
        intent |= {"status": "requires_action", "payment_method": method["id"], "last_payment_error": None}
        intent["next_action"] = {"type": "redirect_to_url", "redirect_to_url": {"return_url": None, "url": None}}
        box.store.save(intent)
        emit(box, "payment_intent.requires_action", intent, account)
        return "requires_action"
    intent["next_action"] = None
    if card.three_d_secure and not authenticated:
        message = "We are unable to authenticate your payment method. Choose a different one and try again."
        return fail(box, intent, method, account, code="payment_intent_authentication_failure", message=message)
    if card.decline:
        code, message = DECLINES[card.decline]
        charge = charge_creation.on_card(box, intent, card, method, account)
        charge |= {"status": "failed", "paid": False, "captured": False, "amount_captured": 0}
        charge |= {"failure_code": code, "failure_message": message}
        charge["outcome"] |= {"network_status": "declined_by_network", "type": "issuer_declined"}
        charge["outcome"] |= {"reason": card.decline, "seller_message": "The bank declined the payment."}
        box.add(charge, account)
        emit(box, "charge.failed", charge, account)
        return fail(
            box,
            intent,
            method,
            account,
            code=code,
            message=message,
            decline_code=card.decline,
            charge_id=charge["id"],
        )
    return _accept(box, intent, card, method, account)


def fail(
    box: Sandbox,
    intent: Obj,
    method: Obj,
    account: str,
    *,
    code: str,
    message: str,
    decline_code: str | None = None,
    charge_id: str | None = None,
    type_: str = "card_error",
) -> str:
    """Record on the intent why an attempt failed; it may be tried again."""
    shown = {name: value for name, value in method.items() if not name.startswith("_")}
    error = {"code": code, "message": message, "type": type_, "payment_method": shown}
    if decline_code:
        error["decline_code"] = decline_code
    if charge_id:
        error["charge"] = charge_id
        intent["latest_charge"] = charge_id
    error["doc_url"] = f"https://docs.stripe.com/error-codes#{code.replace('_', '-')}"
    intent |= {"status": "requires_payment_method", "payment_method": None, "last_payment_error": error}
    box.store.save(intent)
    emit(box, "payment_intent.payment_failed", intent, account)
    return "requires_payment_method"


def _accept(box: Sandbox, intent: Obj, card: Card, method: Obj, account: str) -> str:
    charge = charge_creation.on_card(box, intent, card, method, account)
    intent |= {"payment_method": method["id"], "latest_charge": charge["id"], "last_payment_error": None}
    if intent["capture_method"] == "manual":
        deadline = box.now() + AUTHORIZATION_DAYS * DAY_SECONDS
        charge |= {"captured": False, "amount_captured": 0}
        charge["payment_method_details"]["card"]["capture_before"] = deadline
        intent |= {"status": "requires_capture", "amount_capturable": intent["amount"]}
        box.add(charge, account)
        box.store.save(intent)
        box.store.at(deadline, "authorization_lapses", intent["id"])
        emit(box, "charge.succeeded", charge, account)
        emit(box, "payment_intent.amount_capturable_updated", intent, account)
        return "requires_capture"
    intent |= {"status": "succeeded", "amount_received": intent["amount"]}
    box.add(charge, account)
    box.store.save(intent)
    emit(box, "charge.succeeded", charge, account)
    emit(box, "payment_intent.succeeded", intent, account)
    settle(box, charge, charge["amount"], account)
    return "succeeded"


def settle(box: Sandbox, charge: Obj, amount: int, account: str) -> None:
    """Book the money. Stripe does so a moment later and says it with `charge.updated`, hence the null before."""
    days = 0 if charge["_settles_at_once"] else box.config.settlement_days
    bank = charge["id"].startswith("py_")
    settled = exchange.settled(box, amount, charge["currency"], account)
    fee = (ledger.bank_fee if bank else ledger.stripe_fee)(settled.amount, settled.currency)
    transaction = ledger.book(
        box,
        "payment" if bank else "charge",
        source=charge["id"],
        amount=settled.amount,
        currency=settled.currency,
        exchange_rate=settled.exchange_rate,
        asked_for=amount,
        available_on=box.now() + days * DAY_SECONDS,
        fee=fee,
        account=account,
        description=charge["description"],
        category="charge",
    )
    charge["balance_transaction"] = transaction["id"]
    box.store.save(charge)
    emit(box, "charge.updated", charge, account, {"balance_transaction": None})
    if charge["_dispute"]:
        # A moment later, before anything else is done.
        box.store.at(box.now(), "dispute_opens", charge["id"])


def capture(box: Sandbox, intent: Obj, amount: int, account: str) -> None:
    """Take `amount` of what was authorised and give the rest back."""
    charge = _latest_charge(box, intent)
    charge |= {"captured": True, "amount_captured": amount}
    rest = charge["amount"] - amount
    if rest:
        refund_life.give_back(box, charge, rest, account, reason=None)
    intent |= {"status": "succeeded", "amount_capturable": 0, "amount_received": amount}
    box.store.save(charge)
    box.store.save(intent)
    emit(box, "charge.captured", charge, account, {"captured": False, "amount_captured": 0})
    emit(box, "payment_intent.succeeded", intent, account)
    settle(box, charge, amount, account)
    for session in box.store.find("checkout.session", account=account, where={"payment_intent": intent["id"]}):
        box.store.save(session | {"payment_status": "paid"})


def cancel(box: Sandbox, intent: Obj, reason: str | None, account: str, *, lapsed: bool = False) -> None:
    """End the intent; an authorisation is released, which moves no money and has no balance transaction."""
    if intent["status"] == "requires_capture":
        charge = _latest_charge(box, intent)
        why = "expired_uncaptured_charge" if lapsed else None
        refund_life.give_back(box, charge, charge["amount"], account, reason=why)
        box.store.save(charge)
        if lapsed:
            emit(box, "charge.expired", charge, account)
        emit(box, "charge.refunded", charge, account, {"amount_refunded": 0, "refunded": False})
    intent |= {"status": "canceled", "amount_capturable": 0, "canceled_at": box.now(), "next_action": None}
    intent |= {"cancellation_reason": reason, "_lapsed": lapsed}
    box.store.save(intent)
    emit(box, "payment_intent.canceled", intent, account)


@timer("authorization_lapses")
def _lapse(box: Sandbox, intent_id: str) -> None:
    intent = box.store.get("payment_intent", intent_id)
    if intent and intent["status"] == "requires_capture":
        cancel(box, intent, "automatic", intent["_account"], lapsed=True)


def _latest_charge(box: Sandbox, intent: Obj) -> Obj:
    charge = box.store.get("charge", intent["latest_charge"])
    assert charge is not None, "an authorised intent has its charge"
    return charge
