"""Debits of a customer's bank account: accepted at once, paid or failed days later.

Test accounts: docs.stripe.com/payments/ach-direct-debit#test and docs.stripe.com/payments/sepa-debit#test.
"""

from dataclasses import dataclass

from . import charge_creation, payments
from .box import Sandbox
from .events import emit
from .ids import new_id
from .shapes import Obj

DAY_SECONDS = 86_400
DEBIT_DAYS = 4  # docs.stripe.com/payments/ach-direct-debit: up to four business days
METHODS = {"usd": "us_bank_account", "eur": "sepa_debit"}


@dataclass(frozen=True)
class DebitAccount:
    """A test account; `failure` is the code with which the debit comes back."""

    number: str
    does: str
    currency: str = "usd"
    failure: str = ""


_ALL = (
    DebitAccount("000123456789", "is paid"),
    DebitAccount("000222222227", "comes back: insufficient funds", failure="insufficient_funds"),
    DebitAccount("000111111113", "comes back: account closed", failure="account_closed"),
    DebitAccount("000111111116", "comes back: no such account", failure="no_account"),
    DebitAccount("DE89370400440532013000", "is paid", "eur"),
    DebitAccount("DE62370400440532013001", "comes back: not authorised", "eur", "debit_not_authorized"),
    DebitAccount("AT611904300234573201", "is paid", "eur"),
    DebitAccount("AT321904300235473204", "is paid", "eur"),
    DebitAccount("AT861904300235473202", "comes back: not authorised", "eur", "debit_not_authorized"),
    DebitAccount("IT60X0542811101000000123456", "comes back: not authorised", "eur", "debit_not_authorized"),
)
ACCOUNTS = {account.number: account for account in _ALL}
MESSAGES = {
    "insufficient_funds": "The customer's account has insufficient funds to cover this payment.",
    "account_closed": "The customer's bank account has been closed.",
    "no_account": "The customer's bank account could not be located.",
    "debit_not_authorized": "The customer has notified their bank that this payment was unauthorized.",
}


def accounts_for(currency: str, *, held: bool) -> list[DebitAccount]:
    """The test accounts that can pay in that currency; none when the money is only to be held."""
    return [] if held else [account for account in _ALL if account.currency == currency]


def method_types(currency: str, *, held: bool) -> list[str]:
    """What a payment may be made with: cards, and the banks that settle that currency."""
    return ["card", *({METHODS[account.currency] for account in accounts_for(currency, held=held)})]


def method_of(bank: DebitAccount) -> tuple[str, Obj]:
    """What a payment method of that account is and says."""
    kind = METHODS[bank.currency]
    return kind, _details(bank) | ({"generated_from": None} if kind == "sepa_debit" else _METHOD_ONLY)


def debit(box: Sandbox, intent: Obj, bank: DebitAccount, account: str, method: Obj | None = None) -> None:
    """Ask the bank for the money; the answer comes after days. `method` is the payment method of the account, where
    there is one already."""
    kind, kept = method_of(bank)
    details = _details(bank)
    if method is None:
        method = charge_creation.keep_method(
            box, kind, kept, account, charge_creation.billing_of(intent), _number=bank.number
        )
    charge = charge_creation.charge(
        box,
        intent,
        method,
        {"type": kind, kind: details | ({"mandate": None} if kind == "sepa_debit" else _CHARGE_ONLY)},
        account,
        id=new_id("py"),
        paid=False,
        status="pending",
        _settles_at_once=True,
        _refund="pending",
        _dispute="",
        _failure=bank.failure,
    )
    charge["outcome"] |= {"seller_message": "Payment pending."}
    box.add(charge, account)
    intent |= {"status": "processing", "payment_method": method["id"], "latest_charge": charge["id"]}
    intent |= {"last_payment_error": None, "next_action": None}
    box.store.save(intent)
    box.store.at(box.now() + DEBIT_DAYS * DAY_SECONDS, "debit_ends", intent["id"])
    emit(box, "charge.pending", charge, account)
    emit(box, "payment_intent.processing", intent, account)


_METHOD_ONLY = {
    "financial_connections_account": None,
    "networks": {"preferred": "ach", "supported": ["ach"]},
    "status_details": {},
}
_CHARGE_ONLY = {"expected_debit_date": None, "mandate": None, "payment_reference": None}


def _details(bank: DebitAccount) -> Obj:
    common = {"fingerprint": f"fp{bank.number}", "last4": bank.number[-4:]}
    if bank.currency == "eur":
        return common | {"bank_code": bank.number[4:12], "branch_code": None, "country": bank.number[:2]}
    about = {"account_holder_type": "individual", "account_type": "checking"}
    return common | about | {"bank_name": "STRIPE TEST BANK", "routing_number": "110000000"}


def finish(box: Sandbox, intent: Obj) -> bool:
    """The bank's answer: whether the money came. The intent has succeeded, or wants another payment method."""
    account = intent["_account"]
    charge = box.store.get("charge", intent["latest_charge"])
    assert charge is not None, "a debited intent has its charge"
    method = box.store.get("payment_method", intent["payment_method"]) or {}
    if code := charge["_failure"]:
        message = MESSAGES[code]
        charge |= {"status": "failed", "captured": False, "amount_captured": 0}
        charge |= {"failure_code": code, "failure_message": message}
        charge["outcome"] |= {"network_status": "declined_by_network", "type": "issuer_declined"}
        charge["outcome"] |= {"seller_message": "The bank returned the payment."}
        box.store.save(charge)
        emit(box, "charge.failed", charge, account)
        reason = {"code": code, "message": message, "type_": "invalid_request_error", "charge_id": charge["id"]}
        payments.fail(box, intent, method, account, **reason)
        return False
    charge |= {"status": "succeeded", "paid": True}
    charge["outcome"] |= {"seller_message": "Payment complete."}
    box.store.save(charge)
    intent |= {"status": "succeeded", "amount_received": intent["amount"]}
    box.store.save(intent)
    emit(box, "charge.succeeded", charge, account)
    emit(box, "payment_intent.succeeded", intent, account)
    payments.settle(box, charge, charge["amount"], account)
    return True
