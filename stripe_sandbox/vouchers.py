"""Vouchers that are paid at a till within days, as Konbini: the page is complete, its intent requires action."""

from . import bank_debits
from .box import Sandbox
from .events import emit
from .resources import checkout_life
from .shapes import Obj

_EXPIRED = {"code": "payment_intent_payment_attempt_expired", "type": "invalid_request_error"}


def issue(box: Sandbox, session: Obj) -> None:
    """Give the payer a voucher for an open session."""
    intent = checkout_life.intent_of(box, session)
    intent |= {"status": "requires_action", "next_action": {"type": "konbini_display_details"}}
    box.store.save(intent)
    emit(box, "payment_intent.requires_action", intent, session["_account"])
    checkout_life.complete(box, session, intent)


def end(box: Sandbox, session: Obj, *, paid: bool) -> None:
    """Let a voucher be paid, or lapse."""
    intent = box.store.get("payment_intent", session["payment_intent"])
    assert intent is not None, "a session with a voucher has its intent"
    intent |= {"next_action": None}
    if paid:
        bank_debits.debit(box, intent, bank_debits.ACCOUNTS["000123456789"], session["_account"])
        bank_debits.finish(box, intent)
        session["payment_status"] = "paid"
        box.store.save(session)
    else:
        message = "The voucher was not paid in time."
        intent |= {"status": "requires_payment_method", "last_payment_error": _EXPIRED | {"message": message}}
        box.store.save(intent)
        emit(box, "payment_intent.payment_failed", intent, session["_account"])
    emit(box, f"checkout.session.async_payment_{'succeeded' if paid else 'failed'}", session, session["_account"])
