"""Payment outcomes: what Stripe says of the money decides what becomes of an answer."""

import uuid

from marketplace import clock
from marketplace.db import transactional
from marketplace.payments import queries as payments
from marketplace.payments import rules as payment_rules
from marketplace.payments.models import Payment
from marketplace.payments.refund_reasons import rules as refund_reasons
from marketplace.payments.service import refunds
from marketplace.payments.service.payment_jobs import enqueue_payment
from marketplace.written_answers import queries, rules
from marketplace.written_answers.models import WrittenAnswer
from marketplace.written_answers.notifications import mails
from marketplace.written_answers.service.disputes import dispute_changed
from marketplace.written_answers.transitions import transition_answer


@transactional
def payment_changed(payment_id: str) -> None:
    """Apply a payment's present status to the written answer that it pays for; nothing where it pays for none."""
    found = queries.of_payment(uuid.UUID(payment_id))
    if found is None:
        return
    answer = queries.locked(found.id)
    payment = payments.locked(payment_id)
    if payment.status == payment_rules.PAID:
        _paid(answer, payment)
        for dispute in payments.disputes_of(payment.id) if payment.disputed_at is not None else ():
            dispute_changed(dispute.stripe_id)
    elif payment.status == payment_rules.AUTHORIZED:
        _authorized(answer, payment)
    elif payment.status in payment_rules.LAPSED:
        _lapsed(answer)


def _authorized(answer: WrittenAnswer, payment: Payment) -> None:
    if answer.status == rules.UNPAID:
        _ordered(answer, payment)
    elif answer.status not in rules.CLAIMING:
        if answer.status == rules.EXPIRED:
            mails.tell_paid_too_late(answer)
        enqueue_payment("release_authorization", payment.id)


def _ordered(answer: WrittenAnswer, payment: Payment) -> None:
    """It is to be written, within what the card's bank promises."""
    now = clock.now()
    answer.deliver_by = rules.deliver_by(answer.deliver_by, ordered_at=now, capture_before=payment.capture_before)
    transition_answer(answer, rules.ORDERED, deliver_by=answer.deliver_by.isoformat())
    mails.tell_ordered(answer)


def _paid(answer: WrittenAnswer, payment: Payment) -> None:
    if answer.status == rules.UNPAID:
        _ordered(answer, payment)
    elif answer.status == rules.SUBMITTED or (answer.status == rules.UNCAPTURED and answer.refunded_cents == 0):
        transition_answer(answer, rules.DELIVERED)
        mails.tell_delivered(answer)
    elif answer.status in rules.CALLED_OFF:
        _refund_late_money(answer, payment)


def _refund_late_money(answer: WrittenAnswer, payment: Payment) -> None:
    """Refund in full, once, what was taken for what is not written any more."""
    if answer.refunded_cents == 0:
        answer.refunded_cents = answer.price_cents
        mails.tell_paid_too_late(answer)
    refunds.intend_refund(payment, cents=answer.price_cents, reason=refund_reasons.PAID_LATE, key=f"late:{payment.id}")


def _lapsed(answer: WrittenAnswer) -> None:
    """No money comes any more."""
    if answer.status == rules.UNPAID:
        transition_answer(answer, rules.EXPIRED, reason=rules.NOT_PAID)
    elif answer.status == rules.ORDERED:
        transition_answer(answer, rules.CANCELLED, reason=rules.AUTHORISATION_GONE)
        mails.tell_called_off(answer)
    elif answer.status == rules.SUBMITTED:
        transition_answer(answer, rules.UNCAPTURED, reason=rules.AUTHORISATION_GONE)
        mails.tell_called_off(answer)
