"""Commands: deliver an answer, call it off, and what ends when nobody delivers."""

import uuid
from contextlib import suppress

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.db import transactional
from marketplace.errors import Conflict, Invalid, NotFound, Unavailable
from marketplace.languages import gettext as _
from marketplace.payments import queries as payments
from marketplace.payments import rules as payment_rules
from marketplace.payments.models import Payment
from marketplace.payments.refund_reasons import rules as refund_reasons
from marketplace.payments.service import authorizations, checkouts, refunds
from marketplace.payments.service.payment_jobs import enqueue_payment
from marketplace.payments.stripe_gateway.client import GatewayRefused
from marketplace.written_answers import queries, rules
from marketplace.written_answers.models import WrittenAnswer
from marketplace.written_answers.notifications import mails
from marketplace.written_answers.transitions import transition_answer


class NotToWrite(Conflict):
    """There is nothing to write here: it was sent, called off, or its time is over."""


@transactional
def deliver(coach: User, *, answer_id: uuid.UUID, answer: str) -> WrittenAnswer:
    """Send the answer: the worker captures the payment, and with it the mentee has it. It cannot be changed then.

    Raises NotFound for whoever is not its coach, Invalid naming `answer`, NotToWrite from `deliver_by` on.
    """
    found = of_coach(coach, answer_id)
    words = answer.strip()
    if not 1 <= len(words) <= rules.LONGEST_ANSWER:
        raise Invalid(answer=_("Write 1 to %(most)s characters.", most=rules.LONGEST_ANSWER))
    if not rules.may_submit(found.status, deliver_by=found.deliver_by, now=clock.now()):
        raise NotToWrite
    found.answer = words
    transition_answer(found, rules.SUBMITTED, by=coach.id)
    payments.locked(_payment_of(found)).capture_wanted_at = clock.now()
    enqueue_payment("capture_payment", found.payment_id)
    return found


@transactional
def give_up(coach: User, *, answer_id: uuid.UUID) -> WrittenAnswer:
    """Say as the coach that one cannot answer after all: nothing is taken. Raises NotFound, NotToWrite."""
    found = of_coach(coach, answer_id)
    if found.status != rules.ORDERED:
        raise NotToWrite
    transition_answer(found, rules.CANCELLED, by=coach.id, reason=rules.BY_COACH)
    _let_go(found, payments.locked(_payment_of(found)))
    mails.tell_called_off(found)
    return found


def of_coach(coach: User, answer_id: uuid.UUID) -> WrittenAnswer:
    """An answer of this coach's, locked; NotFound for everybody else."""
    if queries.one(coach, answer_id).coach.user_id != coach.id:
        raise NotFound
    return queries.locked(answer_id)


def settle_written_answers() -> None:
    """End orders that nobody pays and answers that nobody writes in time; remind coaches. Safe to run twice."""
    for answer_id in queries.unpaid_too_long():
        _expire(answer_id)
    for answer_id in queries.overdue():
        _look_after_capture(answer_id)
        _lapse(answer_id)
    for answer_id in queries.to_remind():
        _remind(answer_id)


@transactional
def _expire(answer_id: uuid.UUID) -> None:
    answer = queries.locked(answer_id)
    if answer.status != rules.UNPAID or answer.pay_until > clock.now():
        return
    transition_answer(answer, rules.EXPIRED, reason=rules.NOT_PAID)
    if answer.payment_id is not None:
        enqueue_payment("abandon_payment", answer.payment_id)


def _look_after_capture(answer_id: uuid.UUID) -> None:
    """Ask Stripe once more about a capture that was begun: the answer may have been lost."""
    payment = queries.payment_of(answer_id)
    if payment is not None and payment.capture_begun_at is not None:
        with suppress(GatewayRefused, Unavailable):
            checkouts.sync(payment.id)


@transactional
def _lapse(answer_id: uuid.UUID) -> None:
    answer = queries.locked(answer_id)
    if answer.status not in rules.UNDER_WAY or answer.deliver_by > clock.now():
        return
    payment = payments.locked(_payment_of(answer))
    if answer.status == rules.ORDERED:
        transition_answer(answer, rules.LATE)
        _let_go(answer, payment)
        mails.tell_late(answer)
    elif payment.status == payment_rules.PAID:
        enqueue_payment("settle_payment", payment.id)
    elif _is_given_up(answer, payment):
        authorizations.give_up_capture(payment)
        transition_answer(answer, rules.UNCAPTURED, reason=rules.NOT_CAPTURED)
        enqueue_payment("release_authorization", payment.id)
        mails.tell_called_off(answer)


def _is_given_up(answer: WrittenAnswer, payment: Payment) -> bool:
    wanted_at = payment.capture_wanted_at
    return wanted_at is None or clock.now() >= rules.capture_given_up_at(
        wanted_at=wanted_at,
        begun=payment.capture_begun_at is not None,
        deliver_by=answer.deliver_by,
        capture_before=payment.capture_before,
    )


def _let_go(answer: WrittenAnswer, payment: Payment) -> None:
    """Release what is reserved; what was taken already, as by hand at Stripe, is refunded."""
    if payment.status == payment_rules.PAID:
        answer.refunded_cents = answer.price_cents
        refunds.intend_refund(
            payment, cents=answer.price_cents, reason=refund_reasons.PAID_LATE, key=f"late:{payment.id}"
        )
    else:
        enqueue_payment("release_authorization", payment.id)


@transactional
def _remind(answer_id: uuid.UUID) -> None:
    answer = queries.locked(answer_id)
    if answer.status == rules.ORDERED and answer.reminded_at is None:
        answer.reminded_at = clock.now()
        mails.remind_of_answer(answer)


def _payment_of(answer: WrittenAnswer) -> uuid.UUID:
    # Whatever was ordered was authorised.
    assert answer.payment_id is not None
    return answer.payment_id
