"""The only place that moves a payment, a refund or a dispute from one status to another."""

from typing import Any

from marketplace import clock
from marketplace.audit.service import record
from marketplace.payments import rules
from marketplace.payments.models import Dispute, Payment, Refund


def transition_payment(payment: Payment, to: str) -> None:
    """Move a locked payment to `to`; raises TransitionRefused where the table does not allow it."""
    rules.PAYMENT_STATES.check(payment.status, to)
    before, payment.status = payment.status, to
    if to == rules.PAID:
        payment.paid_at = clock.now()
    record(None, f"payment.{to}", payment.id, before=before)


def transition_refund(refund: Refund, to: str, *, reason: str | None = None, by_dispute: Dispute | None = None) -> None:
    """Move a locked refund to `to`; raises TransitionRefused where the table does not allow it.

    `reason` says in Stripe's words why it failed or waits. `by_dispute` is the lost dispute that covers it. Back at
    `intended` it is a new attempt: Stripe answers a key that it refused with the same refusal for a day.
    """
    rules.REFUND_STATES.check(refund.status, to)
    before, refund.status = refund.status, to
    facts: dict[str, Any] = {"before": before, "cents": refund.amount_cents}
    if to != rules.COVERED:
        refund.failure = reason
    if to == rules.COVERED and by_dispute is not None:
        facts["dispute"] = by_dispute.stripe_id
    refund.covered_by = by_dispute.id if by_dispute is not None else None
    # One that Stripe never took is not settled: it is owed.
    refused = to == rules.FAILED and refund.stripe_id is None
    refund.settled_at = None if refused or to not in rules.SETTLED_REFUNDS else clock.now()
    if to == rules.INTENDED:
        refund.attempt += 1
        refund.intended_at = clock.now()
    if reason is not None:
        facts["reason"] = reason
    record(None, f"refund.{to}", refund.id, **facts)


def transition_dispute(dispute: Dispute, to: str) -> None:
    """Move a locked dispute to Stripe's word `to`.

    Raises TransitionRefused where the table does not allow it.
    """
    rules.DISPUTE_STATES.check(dispute.status, to)
    before, dispute.status = dispute.status, to
    if (to in rules.LOST_DISPUTES) != (before in rules.LOST_DISPUTES):
        dispute.followed_at = None
    dispute.closed_at = (dispute.closed_at or clock.now()) if to in rules.DECIDED_DISPUTES else None
    record(None, f"dispute.{to}", dispute.id, before=before)
