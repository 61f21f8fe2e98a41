"""Payment outcomes: what Stripe says of the money decides what becomes of a credit.

Once it is used, the money is the session's.
"""

import uuid

from marketplace.db import transactional
from marketplace.payments import queries as payments
from marketplace.payments import rules as payment_rules
from marketplace.payments.models import Payment
from marketplace.payments.refund_reasons import rules as refund_reasons
from marketplace.payments.service import refunds
from marketplace.session_credits import queries, rules
from marketplace.session_credits.models import SessionCredit
from marketplace.session_credits.notifications import mails
from marketplace.session_credits.service.disputes import dispute_changed
from marketplace.session_credits.transitions import transition_credit


@transactional
def payment_changed(payment_id: str) -> None:
    """Apply a payment's present status to the credit that it pays for; nothing where it pays for none."""
    found = queries.of_payment(uuid.UUID(payment_id))
    if found is None:
        return
    credit = queries.locked(found.id)
    payment = payments.locked(payment_id)
    if payment.status == payment_rules.PAID:
        _paid(credit, payment)
        for dispute in payments.disputes_of(payment.id) if payment.disputed_at is not None else ():
            dispute_changed(dispute.stripe_id)
    elif payment.status in payment_rules.LAPSED and credit.status == rules.UNPAID:
        transition_credit(credit, rules.LAPSED, reason=rules.NOT_PAID)


def _paid(credit: SessionCredit, payment: Payment) -> None:
    if credit.status == rules.UNPAID:
        transition_credit(credit, rules.OPEN)
        mails.tell_bought(credit)
    elif credit.status == rules.LAPSED:
        if credit.refunded_cents == 0:
            credit.refunded_cents = credit.price_cents
            mails.tell_paid_too_late(credit)
        refunds.intend_refund(
            payment, cents=credit.price_cents, reason=refund_reasons.PAID_LATE, key=f"late:{payment.id}"
        )
