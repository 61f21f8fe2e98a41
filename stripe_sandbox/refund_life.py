"""The life of a refund: asked for, pending, on its way, arrived, or returned weeks later."""

import stripe

from . import exchange, ledger
from .box import Sandbox, timer
from .errors import StripeError
from .events import emit
from .ids import new_id
from .shapes import Obj, shape

KIND = "refund"
LATER_SECONDS = 60  # docs.stripe.com/testing#refunds: "some time later"
TYPES = {False: ("refund", "refund_failure"), True: ("payment_refund", "payment_failure_refund")}


def give_back(box: Sandbox, charge: Obj, amount: int, account: str, *, reason: str | None, **fields: object) -> Obj:
    """A refund of `amount` on the charge, without any booking; the caller saves the charge."""
    method = str((charge["payment_method_details"] or {}).get("type", "card"))
    details = {"card": {"type": "refund", "reference_status": "pending"}} if method == "card" else {}
    refund = shape(
        stripe.Refund,
        amount=amount,
        charge=charge["id"],
        created=box.now(),
        currency=charge["currency"],
        destination_details={"type": method, **details},
        payment_intent=charge["payment_intent"],
        payment_method=charge["payment_method"],
        reason=reason,
        status="succeeded",
        _account=account,
        **{"id": new_id("re"), "metadata": {}, **fields},
    )
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    return box.add(refund, account)


def start(box: Sandbox, charge: Obj, amount: int, account: str, **fields: object) -> Obj:
    """Refund `amount` of a captured charge: sent at once, or pending until the balance covers it.

    A refund that would leave the balance deep in the red waits (support.stripe.com/questions/
    pending-refunds-due-to-insufficient-stripe-balance); past a threshold of the account it is refused.
    """
    before = {name: charge[name] for name in ("amount_refunded", "refunded")}
    covered = _covered(box, charge, amount, account)
    if not covered and box.refund_policy["beyond"] == "refuse":
        # Stripe gives this refusal no code.
        raise StripeError("Insufficient funds in your Stripe balance to refund this amount.")
    refund = give_back(box, charge, amount, account, reason=None)
    refund |= fields
    if covered:
        _send(box, refund, charge)
    else:
        refund |= {"status": "pending", "pending_reason": "insufficient_funds"}
    box.store.save(refund)
    box.store.save(charge)
    emit(box, "refund.created", refund, account)
    emit(box, "charge.refunded", charge, account, before)
    return refund


def _settled_on(box: Sandbox, charge: Obj) -> int:
    booked = box.store.get("balance_transaction", charge["balance_transaction"])
    assert booked is not None, "a captured charge is booked"
    return int(booked["available_on"])


def _covered(box: Sandbox, charge: Obj, amount: int, account: str) -> bool:
    # Assumed: what has not settled yet is given back from the pending balance, which it is part of.
    if _settled_on(box, charge) > box.now():
        return True
    available, _ = ledger.balances(box, account)
    settled = exchange.settled(box, -amount, charge["currency"], account)
    return available.get(settled.currency, 0) + settled.amount >= -box.refund_policy["overdraft_units"]


def _send(box: Sandbox, refund: Obj, charge: Obj) -> None:
    kind, _ = TYPES[charge["id"].startswith("py_")]
    settled = exchange.settled(box, -refund["amount"], refund["currency"], refund["_account"])
    transaction = ledger.book(
        box,
        kind,
        source=refund["id"],
        amount=settled.amount,
        currency=settled.currency,
        exchange_rate=settled.exchange_rate,
        asked_for=-refund["amount"],
        available_on=max(box.now(), _settled_on(box, charge)),
        account=refund["_account"],
        description=f"REFUND FOR CHARGE ({charge['description'] or charge['id']})",
        category="refund",
    )
    refund |= {"balance_transaction": transaction["id"], "status": "succeeded", "pending_reason": None}
    if charge.get("_refund") == "pending":
        refund |= {"status": "pending", "pending_reason": "processing"}
        box.store.at(box.now() + LATER_SECONDS, "refund_succeeds", refund["id"])
    elif charge.get("_refund") == "fails":
        box.store.at(box.now() + LATER_SECONDS, "refund_fails", refund["id"])


def updated(box: Sandbox, refund: Obj, previous: Obj) -> None:
    """Keep a changed refund and say so, under both of the names that Stripe has for it."""
    box.store.save(refund)
    emit(box, "refund.updated", refund, refund["_account"], previous)
    emit(box, "charge.refund.updated", refund, refund["_account"], previous)


def _charge_of(box: Sandbox, refund: Obj) -> Obj:
    charge = box.store.get("charge", refund["charge"])
    assert charge is not None, "every refund has its charge"
    return charge


@timer("refund_succeeds")
def _succeeds(box: Sandbox, refund_id: str) -> None:
    refund = box.store.get(KIND, refund_id)
    if refund and refund["status"] == "pending":
        previous = {name: refund[name] for name in ("status", "pending_reason")}
        updated(box, refund | {"status": "succeeded", "pending_reason": None}, previous)


@timer("refund_fails")
def _fails(box: Sandbox, refund_id: str) -> None:
    refund = box.store.get(KIND, refund_id)
    if refund and refund["status"] in ("pending", "succeeded"):
        # Assumed: the reason that the failing test card gives.
        fail(box, refund, "expired_or_canceled_card")


def fail(box: Sandbox, refund: Obj, reason: str) -> None:
    """The refund comes back: the money, if it had left, is ours again, and the charge counts as not refunded."""
    charge = _charge_of(box, refund)
    previous = {name: refund[name] for name in ("status", "failure_reason", "failure_balance_transaction")}
    if refund["balance_transaction"]:
        _, kind = TYPES[charge["id"].startswith("py_")]
        settled = exchange.settled(box, refund["amount"], refund["currency"], refund["_account"])
        transaction = ledger.book(
            box,
            kind,
            source=refund["id"],
            amount=settled.amount,
            currency=settled.currency,
            exchange_rate=settled.exchange_rate,
            asked_for=refund["amount"],
            available_on=box.now(),
            account=refund["_account"],
            description=f"REFUND FAILURE ({charge['description'] or charge['id']})",
            category="refund_failure",
        )
        refund["failure_balance_transaction"] = transaction["id"]
    refund |= {"status": "failed", "failure_reason": reason, "pending_reason": None}
    charge["amount_refunded"] -= refund["amount"]
    charge["refunded"] = False
    box.store.save(charge)
    updated(box, refund, previous)
    emit(box, "refund.failed", refund, refund["_account"], previous)


def waiting(box: Sandbox, **where: str) -> list[Obj]:
    """Refunds that wait for money, oldest first."""
    found = box.store.find(KIND, account=None, where={"pending_reason": "insufficient_funds", **where})
    return found[::-1]


@timer("balance_grows")
def _retry(box: Sandbox, account: str) -> None:
    """Money became available: send what waited for it, in the order it was asked for."""
    for refund in waiting(box):
        charge = _charge_of(box, refund)
        if refund["_account"] != account or not _covered(box, charge, refund["amount"], account):
            continue
        previous = {name: refund[name] for name in ("status", "pending_reason", "balance_transaction")}
        _send(box, refund, charge)
        updated(box, refund, previous)
