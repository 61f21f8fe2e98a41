"""Jobs that ask Stripe about a payout or a reversal: one by one for each, each waits once."""

import uuid

from marketplace.jobs import enqueue


def enqueue_payout(payout_id: uuid.UUID) -> None:
    """Have the worker send a payout, or finish what was begun."""
    enqueue("send_payout", once=f"payout:{payout_id}", lane=f"payout:{payout_id}", payout_id=str(payout_id))


def enqueue_reversal(reversal_id: uuid.UUID) -> None:
    """Have the worker ask for a reversal, or find the one that was made."""
    name = f"reversal:{reversal_id}"
    enqueue("send_reversal", once=name, lane=name, reversal_id=str(reversal_id))
