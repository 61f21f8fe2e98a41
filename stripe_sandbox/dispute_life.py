"""The life of a dispute: opened, answered or not, decided by what the test evidence says.

An inquiry (`warning_*`) moves no money; a chargeback takes the amount and a fee at once and gives both back when it
is won (docs.stripe.com/testing#disputes: "credited the amount of the charge and related fees").
"""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import stripe

from . import exchange, ledger, refund_life
from .box import Sandbox, timer
from .cards import INQUIRY
from .errors import StripeError
from .events import emit
from .ids import new_id
from .render import computed, render
from .shapes import Obj, shape

KIND = "dispute"
FEE = 15  # whole units, 15.00 USD
EVIDENCE_DAYS = 14  # docs.stripe.com/disputes/responding: 7 to 21 days
INQUIRY_DAYS = 120  # docs.stripe.com/disputes/how-disputes-work: an inquiry that is not escalated closes
UNANSWERED = ("needs_response", "warning_needs_response")
WON, LOST, ESCALATED = "winning_evidence", "losing_evidence", "escalate_inquiry_evidence"
# Visa's codes; a request for information has none.
NETWORK_CODES = {"fraudulent": "10.4", "product_not_received": "13.1", "duplicate": "12.6.1"}


@timer("dispute_opens")
def _holder_disputes(box: Sandbox, charge_id: str) -> None:
    charge = box.store.get("charge", charge_id)
    if charge and not charge["disputed"] and not charge["refunded"]:
        inquiry = charge["_dispute"] == INQUIRY
        # Assumed: the reason that the inquiring test card gives.
        start(box, charge, reason="general" if inquiry else charge["_dispute"], inquiry=inquiry)


def start(box: Sandbox, charge: Obj, *, reason: str, inquiry: bool, amount: int | None = None) -> Obj:
    """Dispute what was not refunded of a captured charge, or `amount` of it; 400 when there is nothing to dispute."""
    left = charge["amount"] - charge["amount_refunded"]
    amount = left if amount is None else amount
    if charge["status"] != "succeeded" or not charge["captured"] or charge["disputed"] or not 1 <= amount <= left:
        raise StripeError("Only what was charged, not refunded and not disputed before can be disputed.")
    dispute = shape(
        stripe.Dispute,
        id=new_id("du"),
        amount=amount,
        charge=charge["id"],
        created=box.now(),
        currency=charge["currency"],
        enhanced_eligibility_types=[],
        evidence=dict.fromkeys(stripe.Dispute.Evidence.__annotations__) | {"enhanced_evidence": {}},
        evidence_details={
            "due_by": None,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
            "submission_method": "not_submitted",
        },
        is_charge_refundable=inquiry,
        metadata={},
        network_reason_code=NETWORK_CODES.get(reason),
        payment_intent=charge["payment_intent"],
        payment_method_details=_card(charge, reason, "inquiry" if inquiry else "chargeback"),
        reason=reason,
        status="warning_needs_response" if inquiry else "needs_response",
        _account=charge["_account"],
        _booked=[],
    )
    dispute["evidence"].pop("_inner_class_types", None)
    box.add(dispute, charge["_account"])
    charge["disputed"] = True
    box.store.save(charge)
    _ask_for_evidence(box, dispute)
    if inquiry:
        box.store.at(box.now() + INQUIRY_DAYS * 86_400, "inquiry_closes", dispute["id"])
    else:
        _withdraw(box, dispute)
    box.store.save(dispute)
    emit(box, "charge.dispute.created", dispute, dispute["_account"])
    if not inquiry:
        emit(box, "charge.dispute.funds_withdrawn", dispute, dispute["_account"])
    return dispute


def _card(charge: Obj, reason: str, case_type: str) -> Obj | None:
    details = charge["payment_method_details"] or {}
    if details.get("type") != "card":
        return None
    brand = details["card"]["brand"]
    about = {"brand": brand, "case_type": case_type, "network": brand}
    return {"type": "card", "card": about | {"network_reason_code": NETWORK_CODES.get(reason)}}


def _ask_for_evidence(box: Sandbox, dispute: Obj) -> None:
    day = datetime.fromtimestamp(box.now(), UTC).date() + timedelta(days=EVIDENCE_DAYS)
    due_by = int(datetime.combine(day, time(23, 59, 59), UTC).timestamp())
    dispute["evidence_details"]["due_by"] = due_by
    box.store.at(due_by + 1, "evidence_is_due", dispute["id"])


def _withdraw(box: Sandbox, dispute: Obj) -> None:
    # A refund that still waited for money fails with the dispute (support.stripe.com, pending refunds).
    for refund in refund_life.waiting(box, charge=dispute["charge"]):
        refund_life.fail(box, refund, "charge_for_pending_refund_disputed")
    _book(box, dispute, -1, "Chargeback withdrawal for", "dispute")


def _book(box: Sandbox, dispute: Obj, sign: int, words: str, category: str) -> None:
    asked_for = sign * dispute["amount"]
    settled = exchange.settled(box, asked_for, dispute["currency"], dispute["_account"])
    booked = ledger.book(
        box,
        "adjustment",
        source=dispute["id"],
        amount=settled.amount,
        currency=settled.currency,
        exchange_rate=settled.exchange_rate,
        asked_for=asked_for,
        available_on=box.now(),
        fee=-sign * FEE * 10 ** ledger.decimals(settled.currency),
        account=dispute["_account"],
        description=f"{words} {dispute['charge']}",
        category=category,
        fee_for="Dispute fee",
    )
    dispute["_booked"].append(booked["id"])


def _need_unanswered(dispute: Obj) -> None:
    if dispute["status"] not in UNANSWERED:
        raise StripeError(f"This dispute has a status of {dispute['status']}; it takes no more evidence.")


def change(box: Sandbox, dispute: Obj, *, evidence: Obj, submit: bool, **fields: Any) -> Obj:
    """Keep evidence, or submit it to the bank, which thinks for a moment; other fields may always change."""
    previous = {name: dispute[name] for name in fields}
    dispute |= fields
    if evidence or submit:
        _need_unanswered(dispute)
        previous |= {name: dispute[name] for name in ("evidence", "evidence_details")}
        dispute["evidence"] = dispute["evidence"] | {k: v if v != "" else None for k, v in evidence.items()}
        details = {**dispute["evidence_details"], "has_evidence": True}
        if submit:
            details |= {"submission_count": details["submission_count"] + 1, "submission_method": "manual"}
            previous["status"] = dispute["status"]
            dispute["status"] = dispute["status"].replace("needs_response", "under_review")
            box.store.at(box.now(), "bank_reads_evidence", dispute["id"])
        dispute["evidence_details"] = details
    box.store.save(dispute)
    emit(box, "charge.dispute.updated", dispute, dispute["_account"], previous)
    return dispute


@timer("bank_reads_evidence")
def _read(box: Sandbox, dispute_id: str) -> None:
    dispute = box.store.get(KIND, dispute_id)
    text = dispute and dispute["evidence"]["uncategorized_text"]
    if dispute and text in (WON, LOST, ESCALATED) and dispute["status"].endswith("under_review"):
        decide(box, dispute, str(text))


def decide(box: Sandbox, dispute: Obj, verdict: str) -> Obj:
    """What the bank says: `winning_evidence`, `losing_evidence` or `escalate_inquiry_evidence`; anything else of
    its evidence leaves it under review. A lost dispute may still be won: an appeal gives amount and fee back."""
    if dispute["status"] == "lost" and verdict == WON:
        return close(box, dispute, won=True)
    if dispute["status"] in ("won", "lost", "warning_closed"):
        raise StripeError(f"This dispute is closed with a status of {dispute['status']}.")
    if verdict == ESCALATED:
        return _escalate(box, dispute)
    return close(box, dispute, won=verdict == WON)


def _escalate(box: Sandbox, dispute: Obj) -> Obj:
    if not dispute["status"].startswith("warning_"):
        return dispute
    previous = {name: dispute[name] for name in ("status", "is_charge_refundable", "evidence_details")}
    dispute |= {"status": "needs_response", "is_charge_refundable": False}
    dispute["evidence_details"] = {**dispute["evidence_details"], "past_due": False}
    if dispute["payment_method_details"]:
        dispute["payment_method_details"]["card"]["case_type"] = "chargeback"
    _ask_for_evidence(box, dispute)
    _withdraw(box, dispute)
    box.store.save(dispute)
    emit(box, "charge.dispute.updated", dispute, dispute["_account"], previous)
    emit(box, "charge.dispute.funds_withdrawn", dispute, dispute["_account"])
    return dispute


def close(box: Sandbox, dispute: Obj, *, won: bool, past_due: bool = False) -> Obj:
    """End it: `won` or `lost`, an inquiry `warning_closed` either way. What was won comes back with its fee."""
    inquiry = dispute["status"].startswith("warning_")
    dispute["status"] = "warning_closed" if inquiry else "won" if won else "lost"
    dispute["is_charge_refundable"] = inquiry
    dispute["evidence_details"]["past_due"] = past_due
    if won and not inquiry:
        _book(box, dispute, 1, "Chargeback reversal for", "dispute_reversal")
    box.store.save(dispute)
    emit(box, "charge.dispute.closed", dispute, dispute["_account"])
    if won and not inquiry:
        emit(box, "charge.dispute.funds_reinstated", dispute, dispute["_account"])
    return dispute


def concede(box: Sandbox, dispute: Obj) -> Obj:
    """The platform gives in: lost, or an inquiry that is closed."""
    _need_unanswered(dispute)
    return close(box, dispute, won=False)


@timer("evidence_is_due")
def _too_late(box: Sandbox, dispute_id: str) -> None:
    dispute = box.store.get(KIND, dispute_id)
    if not dispute or dispute["status"] not in UNANSWERED or dispute["evidence_details"]["due_by"] >= box.now():
        return
    if dispute["status"] == "needs_response":
        close(box, dispute, won=False, past_due=True)
        return
    previous = {"evidence_details": dict(dispute["evidence_details"])}
    dispute["evidence_details"]["past_due"] = True
    box.store.save(dispute)
    emit(box, "charge.dispute.updated", dispute, dispute["_account"], previous)


@timer("inquiry_closes")
def _inquiry_ends(box: Sandbox, dispute_id: str) -> None:
    dispute = box.store.get(KIND, dispute_id)
    if dispute and dispute["status"] in ("warning_needs_response", "warning_under_review"):
        close(box, dispute, won=False, past_due=dispute["evidence_details"]["past_due"])


def of_charge(box: Sandbox, charge: Obj) -> Obj | None:
    """The dispute of a charge, if there is one."""
    found = box.store.find(KIND, account=None, where={"charge": charge["id"]}) if charge["disputed"] else []
    return found[0] if found else None


def forbids_refund(box: Sandbox, charge: Obj, amount: int) -> bool:
    """Whether the holder has the money already, or the bank decides about it. Assumed: a dispute that was won allows
    refunds again, and one that was lost allows them for what it was not about."""
    dispute = of_charge(box, charge)
    if dispute is None or dispute["status"] == "won" or dispute["status"].startswith("warning_"):
        return False
    return dispute["status"] != "lost" or amount > charge["amount"] - charge["amount_refunded"] - dispute["amount"]


def refunded(box: Sandbox, charge: Obj) -> None:
    """A full refund ends an inquiry (docs.stripe.com/disputes/how-disputes-work)."""
    dispute = of_charge(box, charge)
    if dispute and charge["refunded"] and dispute["status"] in ("warning_needs_response", "warning_under_review"):
        close(box, dispute, won=True)


@computed(KIND)
def _transactions(box: Sandbox, dispute: Obj) -> Obj:
    found = [box.store.get("balance_transaction", booked) for booked in dispute["_booked"]]
    return {"balance_transactions": [render(box, one) for one in found if one]}
