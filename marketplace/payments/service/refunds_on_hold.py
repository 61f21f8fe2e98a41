"""Refunds that a dispute holds back: sent when it ends and they are still owed, never when the bank paid them."""

from sqlalchemy.dialects.postgresql import insert

from marketplace import clock
from marketplace.audit.service import record
from marketplace.db import session, transactional, uuid7
from marketplace.jobs import enqueue
from marketplace.ledger import rules as ledger_accounts
from marketplace.ledger.queries.entries import cents_of
from marketplace.ledger.service.postings import post, post_all
from marketplace.money import split
from marketplace.payments import queries, rules
from marketplace.payments.models import Dispute, Payment, Refund


def freeze_or_thaw(payment: Payment) -> None:
    """A payment is disputed while a dispute is open, or lost and not yet booked on what was paid for."""
    keeping = any(
        rules.holds_back(dispute.status) or (rules.is_lost(dispute.status) and dispute.followed_at is None)
        for dispute in queries.disputes_of(payment.id)
    )
    payment.disputed_at = (payment.disputed_at or clock.now()) if keeping else None


def followed(payment: Payment, dispute: Dispute) -> None:
    """What was paid for has followed a dispute: nothing is kept back for it any more. Inside a command of its owner."""
    dispute.followed_at = dispute.followed_at or clock.now()
    freeze_or_thaw(payment)
    if payment.disputed_at is None:
        for refund in queries.held_refunds(payment.id):
            _send(refund)


def cover(payment: Payment, dispute: Dispute) -> None:
    """A lost dispute pays the refunds that were held back, the oldest first, each with its tax."""
    held = queries.held_refunds(payment.id)
    parts = rules.split_by_cover([refund.total_cents for refund in held], dispute.amount_cents)
    for refund, cents in zip(held, parts, strict=True):
        if cents:
            _leave_the_rest(refund, cents)
            refund.status, refund.covered_by, refund.settled_at = rules.COVERED, dispute.id, clock.now()
            _book(refund, f"refund-covered{{part}}:{refund.id}:{dispute.id}", by_bank=True)
            record(None, "refund.covered", refund.id, cents=cents, dispute=dispute.stripe_id)
    session().flush()


def _book(refund: Refund, key: str, *, by_bank: bool) -> None:
    """Price and tax of a refund that the bank paid in our stead, or that is ours to pay again."""
    owed = (
        ("", ledger_accounts.SESSIONS_OWED, refund.amount_cents),
        ("-tax", ledger_accounts.TAX_OWED, refund.tax_cents),
    )
    moves = []
    for part, account, cents in owed:
        debit, credit = (account, ledger_accounts.DISPUTES) if by_bank else (ledger_accounts.DISPUTES, account)
        moves.append(ledger_accounts.Move(key.format(part=part), debit, credit, cents))
    post_all(moves, currency=refund.payment.currency, subject_id=refund.payment.subject_id)


def _leave_the_rest(refund: Refund, covered_cents: int) -> None:
    """What the bank did not give back of a refund is a refund of its own."""
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


def uncover(payment: Payment, dispute: Dispute) -> None:
    """The loss was taken back: what it had paid of refunds is owed by us again, and sent."""
    for refund in queries.covered_refunds(dispute.id):
        _book(refund, f"refund-uncovered{{part}}:{refund.id}:{dispute.id}", by_bank=False)
        refund.covered_by, refund.settled_at = None, None
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
    refund.status, refund.failure = rules.INTENDED, None
    # Stripe answers a key that it refused with the same refusal for a day.
    refund.attempt += 1
    refund.intended_at = clock.now()
    record(None, "refund.taken_up", refund.id, cents=refund.amount_cents)
    enqueue("send_refund", refund_id=str(refund.id))


@transactional
def take_up_held_refunds() -> int:
    """Send what was held back when the dispute had ended already: its end and the refusal crossed; how many."""
    taken_up = 0
    for payment_id in queries.payments_with_held_refunds():
        payment = queries.locked(payment_id)
        for refund in queries.held_refunds(payment_id) if payment.disputed_at is None else ():
            _send(refund)
            taken_up += 1
    return taken_up
