"""What a refund moves in the ledger: price and tax, and what Stripe converted for them."""

from marketplace.ledger import rules as ledger_accounts
from marketplace.ledger.queries.entries import cents_of
from marketplace.ledger.service.postings import post
from marketplace.payments.models import Refund
from marketplace.payments.service.exchanges import post_exchange
from marketplace.payments.stripe_gateway.settlements import Settlement


def post_moved_refund(refund: Refund, moved: Settlement) -> None:
    """Post what left our balance for a refund, once."""
    for part, account, cents in _parts(refund):
        _post(refund, f"refund{part}:{refund.id}", debit=account, credit=ledger_accounts.STRIPE, cents=cents)
    refund.settled_cents, refund.settled_currency = -moved.amount, moved.currency
    _post_exchange(refund, "refund", -refund.total_cents, moved.amount, moved.currency)


def post_returned_refund(refund: Refund, returned: Settlement | None) -> None:
    """Post that what had left for a refund is back, once; where Stripe does not say what came, as much as had left.

    Where Stripe says later what came, as of a refund that it did not know for a while, the rest is posted then.
    """
    total = 0
    for part, account, _cents in _parts(refund):
        moved = cents_of(f"refund{part}:{refund.id}")
        total += moved
        _post(refund, f"refund-failed{part}:{refund.id}", debit=ledger_accounts.STRIPE, credit=account, cents=moved)
    if total and refund.settled_cents is not None and refund.settled_currency is not None:
        cents, currency = refund.settled_cents, refund.settled_currency
        if returned is not None:
            cents, currency = returned.amount, returned.currency
        _post_exchange(refund, "refund-failed", total, cents, currency)
        if returned is not None:
            _post_rest(refund, returned)


def _post_rest(refund: Refund, returned: Settlement) -> None:
    """Post, once, by how much what came back differs from what was booked as back, which had left in that currency."""
    booked = cents_of(f"exchange-into:refund-failed:{refund.id}")
    differs = returned.amount - booked
    if not booked or not differs or returned.currency != refund.settled_currency:
        return
    sides = ledger_accounts.STRIPE, ledger_accounts.EXCHANGE
    debit, credit = sides if differs > 0 else sides[::-1]
    post(
        f"exchange-rest:refund-failed:{refund.id}",
        debit=debit,
        credit=credit,
        cents=abs(differs),
        currency=returned.currency,
        subject_id=refund.payment.subject_id,
        source=refund.stripe_id,
    )


def _parts(refund: Refund) -> list[tuple[str, str, int]]:
    """Price and tax of a refund, each as: suffix of the posting's key, account, cents."""
    return [
        ("", ledger_accounts.SESSIONS_OWED, refund.amount_cents),
        ("-tax", ledger_accounts.TAX_OWED, refund.tax_cents),
    ]


def _post(refund: Refund, key: str, *, debit: str, credit: str, cents: int) -> None:
    payment = refund.payment
    post(
        key,
        debit=debit,
        credit=credit,
        cents=cents,
        currency=payment.currency,
        subject_id=payment.subject_id,
        source=refund.stripe_id,
    )


def _post_exchange(refund: Refund, fact: str, cents: int, settled_cents: int, settled_currency: str) -> None:
    post_exchange(
        f"{fact}:{refund.id}",
        cents=cents,
        currency=refund.payment.currency,
        settled_cents=settled_cents,
        settled_currency=settled_currency,
        subject_id=refund.payment.subject_id,
        source=refund.stripe_id,
    )
