"""Refunds on hold for a dispute: sent when it ends without paying them, never twice."""

from sqlalchemy.dialects.postgresql import insert

from marketplace import clock
from marketplace.db import session, transactional, uuid7
from marketplace.ledger import rules as ledger_accounts
from marketplace.ledger.queries.entries import cents_of
from marketplace.ledger.service.postings import post, post_all
from marketplace.money import split
from marketplace.payments import queries, rules
from marketplace.payments.models import Dispute, Payment, Refund
from marketplace.payments.service.payment_jobs import enqueue_refund
from marketplace.payments.service.transitions import transition_refund


def mark_disputed(payment: Payment) -> None:
    """Mark a payment disputed while a dispute is open, or lost and not yet applied."""
    keeping = any(
        dispute.status in rules.OPEN_DISPUTES or (dispute.status in rules.LOST_DISPUTES and dispute.followed_at is None)
        for dispute in queries.disputes_of(payment.id)
    )
    payment.disputed_at = (payment.disputed_at or clock.now()) if keeping else None


def mark_dispute_applied(payment: Payment, dispute: Dispute) -> None:
    """Record that the bookings have followed a dispute; send refunds on hold for it.

    The caller is a command.
    """
    dispute.followed_at = dispute.followed_at or clock.now()
    mark_disputed(payment)
    if payment.disputed_at is None:
        for refund in queries.refunds_on_hold(payment.id):
            _send(refund)


def apply_dispute_to_refunds(payment: Payment, dispute: Dispute) -> None:
    """Let a lost dispute pay the refunds on hold, the oldest first, each with its tax."""
    held = queries.refunds_on_hold(payment.id)
    parts = rules.split_loss([refund.total_cents for refund in held], dispute.amount_cents)
    for refund, cents in zip(held, parts, strict=True):
        if cents:
            _leave_the_rest(refund, cents)
            transition_refund(refund, rules.COVERED, by_dispute=dispute)
            _post(refund, f"refund-covered{{part}}:{refund.id}:{dispute.id}", by_bank=True)
    session().flush()


def _post(refund: Refund, key: str, *, by_bank: bool) -> None:
    """Post price and tax of a refund that the bank paid in our place, or that we owe again."""
    owed = (
        ("", ledger_accounts.SESSIONS_OWED, refund.amount_cents),
        ("-tax", ledger_accounts.TAX_OWED, refund.tax_cents),
    )
    postings = []
    for part, account, cents in owed:
        debit, credit = (account, ledger_accounts.DISPUTES) if by_bank else (ledger_accounts.DISPUTES, account)
        postings.append(ledger_accounts.Posting(key.format(part=part), debit, credit, cents))
    post_all(postings, currency=refund.payment.currency, subject_id=refund.payment.subject_id)


def _leave_the_rest(refund: Refund, covered_cents: int) -> None:
    """Split off, as a refund of its own, what the bank did not pay of one."""
    if covered_cents == refund.total_cents:
        return
    # Never all of it tax: a refund is of some price.
    price, tax = split(covered_cents - 1, [refund.amount_cents, refund.tax_cents])
    row = {
        "id": uuid7(),
        "payment_id": refund.payment_id,
        # It is the same decision as before, whether it was sent again or not.
        "key": f"{rules.AGAIN if refund.key.startswith(rules.AGAIN) else ''}{rules.REST}{refund.id}:{refund.key}",
        "amount_cents": refund.amount_cents - price - 1,
        "tax_cents": refund.tax_cents - tax,
        "reason": refund.reason,
        "status": rules.HELD,
        "failure": refund.failure,
        "attempt": refund.attempt,
        "intended_at": clock.now(),
    }
    refund.amount_cents, refund.tax_cents = price + 1, tax
    session().execute(insert(Refund).values(row))


def undo_dispute_on_refunds(payment: Payment, dispute: Dispute) -> None:
    """Owe and send again what a dispute had paid of refunds, where its loss was reversed."""
    for refund in queries.covered_refunds(dispute.id):
        _post(refund, f"refund-uncovered{{part}}:{refund.id}:{dispute.id}", by_bank=False)
        _send(refund)
    for refund in queries.refunds_of(payment.id):
        # One that had failed is owed again, for an admin to send.
        post(
            f"refund-not-by-bank:{refund.id}",
            debit=ledger_accounts.DISPUTES,
            credit=ledger_accounts.SESSIONS_OWED,
            cents=cents_of(f"refund-by-bank:{refund.id}"),
            currency=payment.currency,
            subject_id=payment.subject_id,
        )


def _send(refund: Refund) -> None:
    transition_refund(refund, rules.INTENDED)
    enqueue_refund(refund.id)


@transactional
def resume_refunds_on_hold() -> int:
    """Send refunds on hold whose disputes have all ended; returns how many."""
    resumed = 0
    for payment_id in queries.payments_with_refunds_to_resume():
        payment = queries.locked(payment_id)
        for refund in queries.refunds_on_hold(payment_id) if payment.disputed_at is None else ():
            _send(refund)
            resumed += 1
    return resumed
