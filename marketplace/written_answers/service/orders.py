"""Commands: order a written answer on the terms of a quote, and pay for it on a hosted page."""

import uuid
from datetime import datetime, timedelta

from marketplace import clock, config
from marketplace.accounts.models import User
from marketplace.audit.service import record
from marketplace.bookings.terms.service import TermsSnapshot
from marketplace.coaches.models import Offering
from marketplace.db import session, transactional, uuid7
from marketplace.errors import Conflict, NotFound
from marketplace.languages import gettext as _
from marketplace.languages import speaking
from marketplace.payments.service import checkouts
from marketplace.written_answers import queries, rules
from marketplace.written_answers.models import WrittenAnswer


class OrderLapsed(Conflict):
    """This was not paid for in time. Order it once more, if it is still offered."""


class NothingToPay(Conflict):
    """There is nothing to pay here any more."""


@transactional
def order(
    mentee: User, offering: Offering, terms: TermsSnapshot, *, title: str, question: str, deliver_by: datetime
) -> WrittenAnswer:
    """Order an answer of the offering's coach at its price, unpaid for the usual minutes of a hold.

    The caller has locked what it follows, so that it is ordered once, and has checked who may.
    """
    made = WrittenAnswer(
        id=uuid7(),
        coach_id=offering.coach_id,
        mentee_id=mentee.id,
        status=rules.UNPAID,
        title=title,
        question=question,
        minutes=offering.minutes,
        price_cents=offering.price_cents,
        currency=offering.currency,
        fee_basis_points=terms.fee_basis_points,
        policy=terms.policy.as_json(),
        pay_until=clock.now() + timedelta(minutes=config.current().hold_minutes),
        deliver_by=deliver_by,
        created_at=clock.now(),
        refunded_cents=0,
    )
    session().add(made)
    session().flush()
    record(mentee.id, "written_answer.unpaid", made.id, price_cents=made.price_cents)
    return made


def pay(mentee: User, *, answer_id: uuid.UUID) -> str:
    """The address of the hosted page where the mentee's card is authorised; the same page at each call.

    Raises NotFound for everybody but the mentee, OrderLapsed, NothingToPay.
    """
    return checkouts.start_checkout(prepare_payment(mentee, answer_id=answer_id))


@transactional
def prepare_payment(mentee: User, *, answer_id: uuid.UUID) -> uuid.UUID:
    """Write down that it is to be paid for; the payment, whose page is then opened. Raises as `pay` does."""
    if queries.one(mentee, answer_id).mentee_id != mentee.id:
        raise NotFound
    answer = queries.locked(answer_id)
    if answer.status == rules.EXPIRED:
        raise OrderLapsed
    if answer.status != rules.UNPAID:
        raise NothingToPay
    if answer.pay_until <= clock.now():
        raise OrderLapsed
    with speaking(mentee.preferences):
        description = _("%(title)s with %(name)s", title=answer.title, name=answer.coach.user.name)
    payment = checkouts.prepare(
        mentee,
        subject_id=answer.id,
        description=description,
        amount_cents=answer.price_cents,
        currency=answer.currency,
        manual_capture=True,
        card_only=True,
        return_url=f"{config.current().public_url}/written-answers/{answer.id}",
        payable_until=answer.pay_until,
    )
    answer.payment_id = payment.id
    return payment.id
