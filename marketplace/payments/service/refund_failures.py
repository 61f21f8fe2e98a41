"""Refunds that failed: who is told, and what becomes of those that a bank paid in our place."""

from marketplace.accounts.service import notify_admins
from marketplace.ledger import rules as ledger_accounts
from marketplace.ledger.service.postings import post
from marketplace.payments import queries
from marketplace.payments.models import Payment, Refund


def write_off_failed_refunds(payment: Payment) -> None:
    """Post failed refunds that a lost dispute has paid as our cost: they are not owed any more."""
    for refund in queries.failed_refunds_paid_by_dispute(payment):
        post(
            f"refund-by-bank:{refund.id}",
            debit=ledger_accounts.SESSIONS_OWED,
            credit=ledger_accounts.DISPUTES,
            cents=refund.amount_cents,
            currency=payment.currency,
            subject_id=payment.subject_id,
        )


def tell_admins_of_failure(refund: Refund, reason: str) -> None:
    """Mail admins that a refund failed: the money is still owed."""
    notify_admins(
        template="refund_failed",
        key=f"refund-failed:{refund.id}",
        amount_cents=refund.total_cents,
        currency=refund.payment.currency,
        reason=reason,
        refund_id=str(refund.id),
        booking_id=str(refund.payment.subject_id),
    )


def tell_admins_of_adoption(refund: Refund) -> None:
    """Mail admins that a refund which they heard had failed went through after all."""
    notify_admins(
        template="refund_adopted",
        key=f"refund-adopted:{refund.id}",
        amount_cents=refund.total_cents,
        currency=refund.payment.currency,
        refund_id=str(refund.id),
        booking_id=str(refund.payment.subject_id),
    )
