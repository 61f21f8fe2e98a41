"""What a payout moves in the ledger."""

from marketplace.ledger.service.postings import post
from marketplace.payouts.models import Payout


def post_payout(fact: str, payout: Payout, *, debit: str, credit: str, source: str | None = None) -> None:
    """Post a payout's whole amount, once for each attempt: its key is `fact:payout:attempt`."""
    post(
        f"{fact}:{payout.id}:{payout.attempt}",
        debit=debit,
        credit=credit,
        cents=payout.amount_cents,
        currency=payout.currency,
        subject_id=payout.id,
        source=source,
    )
