"""What a dispute does to a credit that is not used: its money waits, or is lost.

Once it is used, the dispute is the session's.
"""

from marketplace.audit.service import record
from marketplace.bookings.notifications import disputes as dispute_notifications
from marketplace.db import transactional
from marketplace.ledger import rules as ledger_accounts
from marketplace.ledger.queries.entries import cents_of
from marketplace.ledger.service.postings import post
from marketplace.payments import queries as payments
from marketplace.payments import rules as payment_rules
from marketplace.payments.models import Dispute, Payment
from marketplace.payments.refund_reasons import rules as refund_reasons
from marketplace.payments.service import disputes as payment_disputes
from marketplace.payments.service import refunds, refunds_on_hold
from marketplace.session_credits import queries, rules
from marketplace.session_credits.models import SessionCredit
from marketplace.session_credits.transitions import transition_credit


@transactional
def dispute_changed(stripe_id: str) -> None:
    """Apply a dispute's present status to the credit: post the loss, or take it back.

    Safe in any order and any number of times; nothing where it is about no credit, or about one that is used.
    """
    found = queries.of_payment(payments.dispute_by_stripe_id(stripe_id).payment_id)
    if found is None or found.payment_id is None:
        return
    credit = queries.locked(found.id)
    payment = payments.locked(found.payment_id)
    dispute = payments.locked_dispute(stripe_id)
    if payment.status != payment_rules.PAID or credit.status == rules.USED:
        return
    if dispute.status in payment_rules.LOST_DISPUTES:
        if dispute.followed_at is None:
            _post_loss(payment, dispute, credit)
        refunds_on_hold.mark_dispute_applied(payment, dispute)
    elif dispute.status in payment_rules.CLOSED_WITHOUT_LOSS:
        refunds_on_hold.undo_dispute_on_refunds(payment, dispute)
        _return_loss(payment, dispute, credit)
        refunds_on_hold.mark_dispute_applied(payment, dispute)
    dispute_notifications.tell_others(dispute, title=credit.title, mentee=credit.mentee, coach=credit.coach)


def _post_loss(payment: Payment, dispute: Dispute, credit: SessionCredit) -> None:
    """A lost dispute pays refunds on hold first, then what is owed; what it left of an open credit is refunded."""
    refunds_on_hold.apply_dispute_to_refunds(payment, dispute)
    left = credit.price_cents - credit.refunded_cents
    lost = min(payment_disputes.disputed_price_cents(payment, dispute), left)
    if lost == 0:
        return
    owed, disputes = ledger_accounts.SESSIONS_OWED, ledger_accounts.DISPUTES
    _post(f"dispute-lost:{dispute.id}:{credit.id}", credit, debit=owed, credit_to=disputes, cents=lost)
    credit.refunded_cents = credit.price_cents
    record(None, "session_credit.dispute_lost", credit.id, cents=lost, dispute=dispute.stripe_id)
    if credit.status == rules.OPEN:
        transition_credit(credit, rules.LOST)
    if left > lost:
        refunds.intend_refund(
            payment, cents=left - lost, reason=refund_reasons.BANK_TOOK_REST, key=f"credit-rest:{credit.id}"
        )


def _return_loss(payment: Payment, dispute: Dispute, credit: SessionCredit) -> None:
    """An appeal was won: what was lost is owed again, and refunded where a part of it was refunded already."""
    lost = cents_of(f"dispute-lost:{dispute.id}:{credit.id}")
    owed, disputes = ledger_accounts.SESSIONS_OWED, ledger_accounts.DISPUTES
    key = f"dispute-returned:{dispute.id}:{credit.id}"
    if lost == 0 or not _post(key, credit, debit=disputes, credit_to=owed, cents=lost):
        return
    credit.refunded_cents -= lost
    record(None, "session_credit.dispute_reversed", credit.id, cents=lost, dispute=dispute.stripe_id)
    if credit.status != rules.LOST:
        return
    transition_credit(credit, rules.OPEN)
    if credit.refunded_cents:
        # The bank had taken less than all of it, and the rest was refunded: no whole session is paid for any more.
        reason = rules.PARTLY_REFUNDED
        transition_credit(credit, rules.REFUNDED, reason=reason, refund_cents=lost)
        credit.refunded_cents = credit.price_cents
        refunds.intend_refund(payment, cents=lost, reason=reason, key=f"credit-returned:{dispute.id}:{credit.id}")


def _post(key: str, credit: SessionCredit, *, debit: str, credit_to: str, cents: int) -> bool:
    return post(key, debit=debit, credit=credit_to, cents=cents, currency=credit.currency, subject_id=credit.id)
