"""Disputes: read, and answered with evidence."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import stripe

from marketplace.payments.stripe_gateway.client import ask, instant


@dataclass(frozen=True)
class DisputeLine:
    """What a dispute moved in our balance: a negative `amount` or a positive `fee` leaves it."""

    id: str
    amount: int
    fee: int
    currency: str


@dataclass(frozen=True)
class DisputeState:
    """A dispute at Stripe.

    `payment_id` is ours, from the intent's metadata; `submissions` counts evidence sent.
    """

    id: str
    payment_id: str | None
    amount: int
    currency: str
    reason: str
    status: str
    created: datetime
    due_by: datetime | None
    submissions: int
    lines: tuple[DisputeLine, ...]


def dispute(dispute_id: str) -> DisputeState:
    """A dispute as it stands."""
    return _dispute(ask(lambda client: client.v1.disputes.retrieve(dispute_id, params={"expand": ["payment_intent"]})))


def submit_evidence(dispute_id: str, evidence: Mapping[str, str], *, key: uuid.UUID) -> None:
    """Send our evidence to the holder's bank, once for each `key`.

    It cannot be changed after that.
    """
    params: Any = {"evidence": dict(evidence), "submit": True}
    ask(lambda client: client.v1.disputes.update(dispute_id, params, {"idempotency_key": f"evidence:{key}"}))


def _dispute(found: stripe.Dispute) -> DisputeState:
    intent = cast("stripe.PaymentIntent | None", found.payment_intent)
    return DisputeState(
        id=found.id,
        payment_id=intent.metadata.to_dict().get("payment_id") if intent else None,
        amount=found.amount,
        currency=found.currency,
        reason=found.reason,
        status=found.status,
        created=cast(datetime, instant(found.created)),
        due_by=instant(found.evidence_details.due_by),
        submissions=found.evidence_details.submission_count,
        lines=tuple(DisputeLine(line.id, line.amount, line.fee, line.currency) for line in found.balance_transactions),
    )
