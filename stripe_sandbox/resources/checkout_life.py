"""The life of a Checkout Session once made: a card is tried on it, or it ends unpaid."""

from typing import Any

from .. import bank_debits, payments, taxes
from ..box import Sandbox, timer
from ..cards import Card
from ..errors import StripeError
from ..events import emit
from ..shapes import Obj
from . import customers, payment_intents
from .accounts import merged

KIND = "checkout.session"


def end(box: Sandbox, session: Obj) -> Obj:
    """Expire an open session and what a declined attempt left behind; sends `checkout.session.expired`."""
    session |= {"status": "expired", "url": None}
    box.store.save(session)
    account = session["_account"]
    intent = session["payment_intent"] and box.store.get("payment_intent", session["payment_intent"])
    if intent and intent["status"] in payment_intents.CANCELLABLE:
        # Assumed: an intent that a declined attempt left behind ends with its session.
        payments.cancel(box, intent, "expired", account)
    emit(box, "checkout.session.expired", session, account)
    return session


@timer("session_expires")
def _time_is_up(box: Sandbox, session_id: str) -> None:
    session = box.store.get(KIND, session_id)
    if session and session["status"] == "open":
        end(box, session)


def pay(
    box: Sandbox,
    session: Obj,
    card: Card,
    *,
    email: str = "",
    name: str = "",
    country: str = "",
    authenticated: bool | None = None,
    method: Obj | None = None,
) -> str:
    """Try a card on an open session; the intent's status. On success the session is complete."""
    if "card" not in session["payment_method_types"]:
        raise StripeError("This Checkout Session cannot be paid by card.", param="payment_method")
    account = session["_account"]
    intent = intent_of(box, session, country)
    status = payments.attempt(box, intent, card, account, method=method, authenticated=authenticated)
    if status in ("succeeded", "requires_capture"):
        complete(box, session, intent, email, name)
    return status


def pay_by_bank(
    box: Sandbox,
    session: Obj,
    bank: bank_debits.DebitAccount,
    *,
    email: str = "",
    name: str = "",
    country: str = "",
    method: Obj | None = None,
) -> str:
    """Debit a bank account for an open session, which is complete at once though nobody knows yet whether the money
    will come. The intent's status: `processing`."""
    intent = intent_of(box, session, country)
    bank_debits.debit(box, intent, bank, session["_account"], method)
    complete(box, session, intent, email, name)
    return "processing"


@timer("debit_ends")
def _bank_answers(box: Sandbox, intent_id: str) -> None:
    intent = box.store.get("payment_intent", intent_id)
    if not intent or intent["status"] != "processing":
        return
    paid = bank_debits.finish(box, intent)
    for session in box.store.find(KIND, account=intent["_account"], where={"payment_intent": intent_id}):
        if paid:
            session["payment_status"] = "paid"
            box.store.save(session)
        outcome = "succeeded" if paid else "failed"
        emit(box, f"checkout.session.async_payment_{outcome}", session, session["_account"])


def banks_for(session: Obj) -> list[bank_debits.DebitAccount]:
    """The test bank accounts that may pay this session."""
    accounts = bank_debits.accounts_for(session["currency"], held=session["_intent"].get("capture_method") == "manual")
    return [bank for bank in accounts if bank_debits.METHODS[bank.currency] in session["payment_method_types"]]


def intent_of(box: Sandbox, session: Obj, country: str = "") -> Obj:
    """The session's intent over what it comes to, tax included where it is calculated."""
    if session["automatic_tax"]["enabled"] and (country or "_country" not in session):
        taxes.calculate(session, country or taxes.USUAL)
        box.store.save(session)
    if session["payment_intent"]:
        kept = box.store.get("payment_intent", session["payment_intent"])
        assert kept is not None, "a session's intent is never deleted"
        if kept["amount"] != session["amount_total"]:
            # An attempt was declined, and the buyer lives elsewhere at the next.
            kept["amount"] = session["amount_total"]
            box.store.save(kept)
        return kept
    wanted: dict[str, Any] = dict(session["_intent"])
    intent = payment_intents.add(
        box,
        session["_account"],
        amount=session["amount_total"],
        currency=session["currency"],
        customer=session["customer"],
        payment_method_types=session["payment_method_types"],
        **{**wanted, "metadata": merged({}, wanted.get("metadata"))},
    )
    session["payment_intent"] = intent["id"]
    box.store.save(session)
    return intent


def complete(box: Sandbox, session: Obj, intent: Obj, email: str = "", name: str = "") -> None:
    """End a session whose payer has done their part, whether the money is here or follows."""
    account = session["_account"]
    known = box.store.get("customer", session["customer"]) if session["customer"] else None
    email = email or session["customer_email"] or (known or {}).get("email") or "guest@example.com"
    if session["customer_creation"] == "always":
        session["customer"] = customers.add(box, account, email=email, name=name)["id"]
        box.store.save(intent | {"customer": session["customer"]})
    session |= {
        "status": "complete",
        "url": None,
        # Assumed: under manual capture nothing is paid until the money is taken.
        "payment_status": "paid" if intent["status"] == "succeeded" else "unpaid",
        "customer_details": {
            "address": taxes.address_of(session),
            "business_name": None,
            "email": email,
            "individual_name": None,
            "name": name or (known or {}).get("name"),
            "phone": None,
            "tax_exempt": "none",
            "tax_ids": [],
        },
    }
    box.store.save(session)
    emit(box, "checkout.session.completed", session, account)
