"""Jobs that ask Stripe about a payment or a refund: one by one for each, each waits once."""

import uuid

from marketplace.jobs import enqueue, unfinished

# Whatever of these is under way for a payment brings it in step with Stripe.
PAYMENT_JOBS = ("settle_payment", "capture_payment", "release_authorization", "abandon_payment")
REFUND_JOBS = ("send_refund", "sync_refund")


def enqueue_payment(name: str, payment_id: uuid.UUID | None) -> None:
    """Have the worker do `name`, one of PAYMENT_JOBS, for a payment."""
    assert name in PAYMENT_JOBS
    assert payment_id is not None
    enqueue(name, once=f"{name}:{payment_id}", lane=f"payment:{payment_id}", payment_id=str(payment_id))


def enqueue_refund(refund_id: uuid.UUID, stripe_id: str | None = None) -> None:
    """Have the worker send a refund, or read the one at Stripe again."""
    once = f"refund:{refund_id}"
    if stripe_id is None:
        enqueue("send_refund", once=once, lane=once, refund_id=str(refund_id))
    else:
        enqueue("sync_refund", once=once, lane=once, stripe_id=stripe_id, refund_id=str(refund_id))


def enqueue_adoption(refund_id: uuid.UUID) -> None:
    """Have the worker ask whether a refund that failed here has gone its way at Stripe."""
    enqueue("adopt_refund", once=f"adopt:{refund_id}", lane=f"refund:{refund_id}", refund_id=str(refund_id))


def payments_under_way() -> set[str]:
    """Payments for which a job waits, runs, or has failed and waits for a person."""
    return unfinished(*PAYMENT_JOBS, argument="payment_id")


def refunds_under_way() -> set[str]:
    """Refunds of which the same is true."""
    return unfinished(*REFUND_JOBS, argument="refund_id")


def adoptions_under_way() -> set[str]:
    """Refunds that failed and about which Stripe is being asked."""
    return unfinished("adopt_refund", argument="refund_id")
