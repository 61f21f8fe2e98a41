"""Transfers to connected accounts, and their reversals."""

import stripe
from stripe.params import (
    TransferCreateParams,
    TransferListParams,
    TransferRetrieveParams,
    TransferReversalCreateParams,
    TransferReversalListParams,
    TransferReversalRetrieveParams,
)

from .. import ledger, refund_life
from ..api import Call, endpoint
from ..box import Sandbox
from ..errors import StripeError, missing
from ..events import emit
from ..ids import new_id
from ..render import computed, list_of
from ..shapes import Obj, shape
from .accounts import merged

KIND, REVERSAL = "transfer", "transfer_reversal"


@endpoint(
    "POST", "/v1/transfers", TransferCreateParams, "amount currency description destination metadata transfer_group"
)
def create(call: Call) -> Obj:
    """Move available money of the platform to a connected account whose transfer capability is active."""
    box, given = call.box, call.params
    currency = given["currency"].lower()
    amount = _positive(given)
    account = box.store.get("v2.core.account", given["destination"])
    if account is None:
        raise missing("destination", given["destination"], "destination", 400)
    if account["_transfers"] != "active":
        raise StripeError(
            "Your destination account needs to have at least one of the following capabilities enabled: transfers, "
            "crypto_transfers, legacy_payments",
            code="insufficient_capabilities_for_transfer",
        )
    ledger.cover(box, "", currency, amount)
    transfer = shape(
        stripe.Transfer,
        id=new_id("tr"),
        amount=amount,
        amount_reversed=0,
        created=box.now(),
        currency=currency,
        description=given.get("description"),
        destination=account["id"],
        metadata=merged({}, given.get("metadata")),
        reversed=False,
        source_type="card",
        transfer_group=given.get("transfer_group"),
    )
    transfer["destination_payment"] = _payment(box, transfer)["id"]
    transfer["balance_transaction"] = _book(box, "transfer", source=transfer["id"], amount=-amount, currency=currency)[
        "id"
    ]
    box.add(transfer)
    emit(box, "transfer.created", transfer)
    return transfer


def _positive(given: Obj) -> int:
    if "amount" not in given:
        raise StripeError("Missing required param: amount.", code="parameter_missing", param="amount")
    if given["amount"] < 1:
        raise StripeError(
            "This value must be greater than or equal to 1.", code="parameter_invalid_integer", param="amount"
        )
    return int(given["amount"])


def _book(box: Sandbox, kind: str, *, source: str, amount: int, currency: str, account: str = "") -> Obj:
    category = {"transfer_refund": "transfer_reversal", "payment": "charge", "payment_refund": "refund"}.get(kind)
    return ledger.book(
        box,
        kind,
        source=source,
        amount=amount,
        currency=currency,
        available_on=box.now(),
        account=account,
        category=category,
    )


def _payment(box: Sandbox, transfer: Obj) -> Obj:
    """The payment that the connected account sees."""
    account, currency, amount = transfer["destination"], transfer["currency"], transfer["amount"]
    payment = shape(
        stripe.Charge,
        id=new_id("py"),
        amount=amount,
        amount_captured=amount,
        amount_refunded=0,
        billing_details={"address": None, "email": None, "name": None, "phone": None, "tax_id": None},
        captured=True,
        created=box.now(),
        currency=currency,
        disputed=False,
        fraud_details={},
        metadata={},
        paid=True,
        refunded=False,
        source_transfer=transfer["id"],
        status="succeeded",
    )
    payment["balance_transaction"] = _book(
        box, "payment", source=payment["id"], amount=amount, currency=currency, account=account
    )["id"]
    return box.add(payment, account)


@endpoint("GET", "/v1/transfers/<transfer_id>", TransferRetrieveParams)
def retrieve(call: Call, transfer_id: str) -> Obj:
    """One transfer."""
    return call.need(KIND, transfer_id)


@endpoint("GET", "/v1/transfers", TransferListParams, "created destination transfer_group")
def list_(call: Call) -> Obj:
    """Transfers, newest first."""
    return call.page(KIND, {name: call.params.get(name) for name in ("destination", "transfer_group")})


@computed(KIND)
def _reversals(box: Sandbox, transfer: Obj) -> Obj:
    found = box.store.find(REVERSAL, where={"transfer": transfer["id"]}, limit=11)
    return {"reversals": list_of(found[:10], f"/v1/transfers/{transfer['id']}/reversals", len(found) > 10)}


@endpoint("POST", "/v1/transfers/<transfer_id>/reversals", TransferReversalCreateParams, "amount description metadata")
def reverse(call: Call, transfer_id: str) -> Obj:
    """Take a transfer back, wholly or in part, from what the connected account has available."""
    box, given = call.box, call.params
    transfer = call.need(KIND, transfer_id)
    left = transfer["amount"] - transfer["amount_reversed"]
    if not left:
        raise StripeError(f"Transfer {transfer_id} is already fully reversed.")
    amount = _positive({"amount": left, **given})
    currency, account = transfer["currency"], transfer["destination"]
    if amount > left:
        asked, owed = (ledger.words(value, currency) for value in (amount, left))
        raise StripeError(
            f"Transfer reversal amount ({asked}) is greater than unreversed amount on transfer ({owed})",
            param="amount",
        )
    # Assumed, the documentation disagrees with itself: an account that lacks the money refuses.
    ledger.cover(box, account, currency, amount)
    reversal = shape(
        stripe.TransferReversal,
        id=new_id("trr"),
        amount=amount,
        created=box.now(),
        currency=currency,
        metadata=merged({}, given.get("metadata")),
        transfer=transfer_id,
    )
    reversal["destination_payment_refund"] = _take(box, transfer, amount)["id"]
    reversal["balance_transaction"] = _book(
        box, "transfer_refund", source=reversal["id"], amount=amount, currency=currency
    )["id"]
    box.add(reversal)
    before = {name: transfer[name] for name in ("amount_reversed", "reversed")}
    transfer["amount_reversed"] += amount
    transfer["reversed"] = transfer["amount_reversed"] == transfer["amount"]
    box.store.save(transfer)
    emit(box, "transfer.reversed", transfer, previous=before)
    return reversal


def _take(box: Sandbox, transfer: Obj, amount: int) -> Obj:
    """The refund that the connected account sees."""
    account = transfer["destination"]
    payment = box.store.get("charge", transfer["destination_payment"])
    assert payment is not None, "every transfer has its payment"
    refund = refund_life.give_back(box, payment, amount, account, reason=None, id=new_id("pyr"))
    refund["balance_transaction"] = _book(
        box, "payment_refund", source=refund["id"], amount=-amount, currency=transfer["currency"], account=account
    )["id"]
    box.store.save(refund)
    box.store.save(payment)
    return refund


@endpoint("GET", "/v1/transfers/<transfer_id>/reversals/<reversal_id>", TransferReversalRetrieveParams)
def retrieve_reversal(call: Call, transfer_id: str, reversal_id: str) -> Obj:
    """One reversal."""
    call.need(KIND, transfer_id)
    return call.need(REVERSAL, reversal_id)


@endpoint("GET", "/v1/transfers/<transfer_id>/reversals", TransferReversalListParams)
def list_reversals(call: Call, transfer_id: str) -> Obj:
    """Reversals of one transfer, newest first."""
    call.need(KIND, transfer_id)
    return call.page(REVERSAL, {"transfer": transfer_id})
