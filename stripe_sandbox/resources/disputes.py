"""Disputes: read, answered with evidence, or conceded. The card decides that there is one."""

from stripe.params import DisputeCloseParams, DisputeListParams, DisputeRetrieveParams, DisputeUpdateParams

from .. import dispute_life, limits
from ..api import Call, endpoint
from ..errors import StripeError
from ..shapes import Obj
from .accounts import merged

KIND = dispute_life.KIND
TEXTS = (
    "access_activity_log billing_address cancellation_policy_disclosure cancellation_rebuttal customer_email_address "
    "customer_name customer_purchase_ip duplicate_charge_explanation duplicate_charge_id product_description "
    "refund_policy_disclosure refund_refusal_explanation service_date shipping_address shipping_carrier "
    "shipping_date shipping_tracking_number uncategorized_text"
)
PLAYS = "metadata submit " + " ".join(f"evidence.{name}" for name in TEXTS.split())


@endpoint("GET", "/v1/disputes/<dispute_id>", DisputeRetrieveParams)
def retrieve(call: Call, dispute_id: str) -> Obj:
    """One dispute."""
    return call.need(KIND, dispute_id)


@endpoint("GET", "/v1/disputes", DisputeListParams, "charge created payment_intent")
def list_(call: Call) -> Obj:
    """Disputes, newest first."""
    return call.page(KIND, {name: call.params.get(name) for name in ("charge", "payment_intent")})


@endpoint("POST", "/v1/disputes/<dispute_id>", DisputeUpdateParams, PLAYS)
def update(call: Call, dispute_id: str) -> Obj:
    """Stage evidence (`submit=false`) or submit it, which is what evidence alone does; change metadata."""
    dispute, given = call.need(KIND, dispute_id), call.params
    evidence = given.get("evidence", {})
    kept = dispute["evidence"] | evidence
    if sum(len(text) for text in kept.values() if isinstance(text, str)) > limits.LONGEST_EVIDENCE:
        raise StripeError(
            f"The evidence has more than {limits.LONGEST_EVIDENCE} characters in total.", param="evidence"
        )
    fields = {"metadata": merged(dispute["metadata"], given["metadata"])} if "metadata" in given else {}
    submit = given.get("submit", bool(evidence))
    return dispute_life.change(call.box, dispute, evidence=evidence, submit=submit, **fields)


@endpoint("POST", "/v1/disputes/<dispute_id>/close", DisputeCloseParams)
def close(call: Call, dispute_id: str) -> Obj:
    """Give in; the dispute is lost and that is final."""
    return dispute_life.concede(call.box, call.need(KIND, dispute_id))
