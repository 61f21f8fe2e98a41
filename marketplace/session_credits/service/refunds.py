"""Commands of the worker: end what is unpaid, remind, refund what nobody scheduled."""

import uuid

from marketplace import clock
from marketplace.db import transactional
from marketplace.payments.service import refunds
from marketplace.payments.service.payment_jobs import enqueue_payment
from marketplace.session_credits import queries, rules
from marketplace.session_credits.notifications import mails
from marketplace.session_credits.transitions import transition_credit


def settle_credits() -> None:
    """Do what is due of session credits: ends, refunds, reminders. Safe to run twice."""
    for credit_id in queries.unpaid_too_long():
        _lapse(credit_id)
    for credit_id in queries.to_refund():
        _refund(credit_id)
    for credit_id in queries.to_remind():
        _remind(credit_id)


@transactional
def _lapse(credit_id: uuid.UUID) -> None:
    credit = queries.locked(credit_id)
    if credit.status != rules.UNPAID or credit.pay_until > clock.now():
        return
    transition_credit(credit, rules.LAPSED, reason=rules.NOT_PAID)
    if credit.payment_id is not None:
        enqueue_payment("abandon_payment", credit.payment_id)


@transactional
def _refund(credit_id: uuid.UUID) -> None:
    """Refund an open credit in full, once; while a bank asks for its money back, that is waited for."""
    credit = queries.locked(credit_id)
    if credit.status != rules.OPEN or credit.is_disputed or credit.expires_at is None or credit.payment is None:
        return
    reason = rules.refund_reason(
        coach_there=queries.coach_is_there(credit), expires_at=credit.expires_at, now=clock.now()
    )
    if reason is None:
        return
    cents = credit.price_cents - credit.refunded_cents
    credit.refunded_cents = credit.price_cents
    transition_credit(credit, rules.REFUNDED, reason=reason, refund_cents=cents)
    refunds.intend_refund(credit.payment, cents=cents, reason=reason, key=f"credit:{credit.id}")
    mails.tell_refunded(credit)


@transactional
def _remind(credit_id: uuid.UUID) -> None:
    credit = queries.locked(credit_id)
    if credit.status != rules.OPEN or credit.expires_at is None:
        return
    due = rules.reminders_due(credit.expires_at, clock.now())
    if due > credit.reminders:
        credit.reminders = due
        mails.remind(credit)
