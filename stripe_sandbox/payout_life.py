"""Payouts: from a Stripe balance to a bank, on the way for days, and sometimes back.

The platform's are made by hand; a connected account's happen by themselves, daily at midnight UTC, with all it has
available (docs.stripe.com/connect/manage-payout-schedule), until its bank turns one down.
"""

import stripe

from . import bank_accounts, ledger
from .box import Sandbox, timer
from .errors import StripeError
from .events import emit, emit_thin
from .ids import new_id
from .shapes import Obj, shape

KIND = "payout"
DAY_SECONDS = 86_400
ARRIVES_DAYS = 2
CAPABILITY_UPDATED = "v2.core.account[configuration.recipient].capability_status_updated"
REQUIREMENTS_UPDATED = "v2.core.account[requirements].updated"


def send(box: Sandbox, account: str, amount: int, currency: str, *, automatic: bool = False, **fields: object) -> Obj:
    """Pay `amount` minor units out to the bank of the account (empty for the platform); 400 when there is none."""
    bank = bank_accounts.of(box, account)
    if bank is None:
        raise StripeError(
            "You can't create payouts because there's no external account in your Stripe account for this currency."
        )
    midnight = box.now() // DAY_SECONDS * DAY_SECONDS
    payout = shape(
        stripe.Payout,
        id=new_id("po"),
        amount=amount,
        arrival_date=midnight + ARRIVES_DAYS * DAY_SECONDS,
        automatic=automatic,
        created=box.now(),
        currency=currency,
        destination=bank["id"],
        method="standard",
        reconciliation_status="completed" if automatic else "not_applicable",
        source_type="card",
        status="pending",
        trace_id={"status": "pending", "value": None},
        type="bank_account",
        _account=account,
        **{"metadata": {}, "description": "STRIPE PAYOUT" if automatic else None, **fields},
    )
    payout["balance_transaction"] = _book(box, payout, "payout", -1)
    box.add(payout, account)
    box.store.at(payout["arrival_date"], "payout_arrives", payout["id"])
    emit(box, "payout.created", payout, account)
    return payout


def _book(box: Sandbox, payout: Obj, kind: str, sign: int) -> str:
    booked = ledger.book(
        box,
        kind,
        source=payout["id"],
        amount=sign * payout["amount"],
        currency=payout["currency"],
        available_on=box.now(),
        account=payout["_account"],
        description=payout["description"],
        category={"payout_cancel": "payout_reversal", "payout_failure": "payout_reversal"}.get(kind),
    )
    return str(booked["id"])


def cancel(box: Sandbox, payout: Obj) -> Obj:
    """Call a payout back that has not left yet."""
    if payout["status"] != "pending" or payout["automatic"]:
        raise StripeError(f"Payouts can only be canceled while they are pending; this one is {payout['status']}.")
    payout |= {"status": "canceled", "failure_balance_transaction": _book(box, payout, "payout_cancel", 1)}
    box.store.save(payout)
    emit(box, "payout.canceled", payout, payout["_account"])
    return payout


@timer("payout_arrives")
def _arrives(box: Sandbox, payout_id: str) -> None:
    payout = box.store.get(KIND, payout_id)
    if not payout or payout["status"] != "pending":
        return
    bank = box.store.get(bank_accounts.KIND, payout["destination"]) or {}
    code, _ = bank_accounts.FAILURES.get(bank["_number"], ("", ""))
    if code == "no_account":
        _fail(box, payout, bank)
        return
    trace = {"status": "supported", "value": new_id("t", 15)[2:].upper()}
    payout |= {"status": "paid", "trace_id": trace}
    box.store.save(payout)
    emit(box, "payout.paid", payout, payout["_account"])
    if code:
        # Assumed of closed accounts: the bank notices a day late (docs.stripe.com/api/payouts: paid may still fail).
        box.store.at(box.now() + DAY_SECONDS, "payout_returns", payout_id)


@timer("payout_returns")
def _returns(box: Sandbox, payout_id: str) -> None:
    payout = box.store.get(KIND, payout_id)
    if payout and payout["status"] == "paid":
        _fail(box, payout, box.store.get(bank_accounts.KIND, payout["destination"]) or {})


def _fail(box: Sandbox, payout: Obj, bank: Obj) -> None:
    account = payout["_account"]
    code, message = bank_accounts.FAILURES[bank["_number"]]
    # The bank is out of use before the money is back, or it would be sent there again.
    owner = box.store.get("v2.core.account", account)
    if owner and bank["_in_use"]:
        box.store.save(owner | {"_bank_failed": True})
    payout |= {"status": "failed", "failure_code": code, "failure_message": message}
    payout["failure_balance_transaction"] = _book(box, payout, "payout_failure", 1)
    box.store.save(payout)
    emit(box, "payout.failed", payout, account)
    if owner and bank["_in_use"]:
        bank_accounts.set_status(box, bank, account, "errored")
        emit_thin(box, REQUIREMENTS_UPDATED, account)
        emit_thin(box, CAPABILITY_UPDATED, account, {"updated_capability": "stripe_balance.payouts"})


def may_pay_out(owner: Obj) -> bool:
    """Whether a connected account's money goes to its bank now."""
    return owner["_transfers"] == "active" and not owner.get("_bank_failed")


@timer("balance_grows")
def schedule(box: Sandbox, account: str) -> None:
    """Have a connected account paid out at the next midnight."""
    if account:
        box.store.at((box.now() // DAY_SECONDS + 1) * DAY_SECONDS, "payout_run", account)


@timer("payout_run")
def _run(box: Sandbox, account: str) -> None:
    owner = box.store.get("v2.core.account", account)
    if not owner or not may_pay_out(owner) or bank_accounts.of(box, account) is None:
        return
    available, _ = ledger.balances(box, account)
    for currency, amount in sorted(available.items()):
        if amount > 0:
            send(box, account, amount, currency, automatic=True)
