"""Posting what Stripe converted: the exchange account has the other side in each currency."""

import uuid

from marketplace.ledger import rules as ledger_accounts
from marketplace.ledger.service.postings import post_all


def post_exchange(
    fact: str,
    *,
    cents: int,
    currency: str,
    settled_cents: int,
    settled_currency: str,
    subject_id: uuid.UUID,
    source: str | None,
) -> None:
    """Post that `cents` of `currency`, booked in our `stripe` account, moved there as another currency.

    Both are negative for what left. Nothing is posted where both currencies are one.
    """
    if settled_currency == currency:
        return
    moves = (("exchange-from", -cents, currency), ("exchange-into", settled_cents, settled_currency))
    for name, moved, of in moves:
        sides = ledger_accounts.STRIPE, ledger_accounts.EXCHANGE
        debit, credit = sides if moved > 0 else sides[::-1]
        posting = ledger_accounts.Posting(f"{name}:{fact}", debit, credit, abs(moved))
        post_all([posting], currency=of, subject_id=subject_id, source=source)
