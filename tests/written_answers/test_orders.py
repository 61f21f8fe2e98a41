"""Written answers: offered, ordered, authorised, delivered, captured, late, given up."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from marketplace import clock, payment_subjects
from marketplace.asks import queries as asks
from marketplace.asks.quotes import service as quotes
from marketplace.asks.quotes.models import Quote
from marketplace.asks.service import sending
from marketplace.db import session
from marketplace.errors import Invalid, NotFound, Unavailable
from marketplace.notifications.models import Message
from marketplace.payments import queries as payments
from marketplace.payments.models import Refund
from marketplace.payments.stripe_gateway.client import GatewayRefused
from marketplace.written_answers import rules
from marketplace.written_answers.service import deliveries, orders
from tests.factories import a_person
from tests.invariants.conftest import broken
from tests.scenes import TEN
from tests.written_answers.conftest import again, paid_for

DECLINED = {"status": 402, "type": "card_error", "code": "card_declined", "message": "Declined.", "stored": True}
CAPTURE = "/v1/payment_intents/*/capture"


def subjects_to(person):
    return list(session().scalars(select(Message.subject).where(Message.recipient == person.email)))


def offered(ada, ask, due, **changes):
    given = {"minutes": 45, "price_cents": None, "note": "", "form": "written", "deliver_by": due} | changes
    return quotes.quote(ada.user, ask_id=ask.id, **given)


@pytest.mark.parametrize("hours", [-1, 11, 133, 24 * 30])
def test_what_no_authorisation_covers_is_not_promised(ask, ada, hours):
    with pytest.raises(Invalid) as refusal:
        offered(ada, ask, clock.now() + timedelta(hours=hours))
    assert "deliver_by" in refusal.value.fields


@pytest.mark.parametrize("hours", [12, 131])
def test_what_one_covers_is(ask, ada, hours):
    due = clock.now() + timedelta(hours=hours)
    quote = offered(ada, ask, due, preparation_minutes=20)
    assert (quote.form, quote.deliver_by, quote.preparation_minutes) == ("written", due, 20)
    assert quote.valid_until == min(clock.now() + timedelta(hours=72), due - timedelta(hours=6))


def test_a_written_answer_has_a_date_and_a_session_has_none(ask, ada):
    with pytest.raises(Invalid):
        offered(ada, ask, None)
    with pytest.raises(Invalid):
        offered(ada, ask, clock.now() + timedelta(days=2), form="session")
    with pytest.raises(Invalid):
        offered(ada, ask, None, form="poem")


def test_each_form_is_taken_in_its_own_way(quote, ask, ada, mia):
    with pytest.raises(quotes.WrongForm):
        quotes.hold(mia, quote_id=quote.id, starts_at=TEN)
    session_quote = quotes.quote(ada.user, ask_id=ask.id, minutes=30, price_cents=None, note="")
    with pytest.raises(quotes.WrongForm):
        quotes.order(mia, quote_id=session_quote.id)


def test_only_who_asked_orders_once_and_pays(quote, ada, mia, alma):
    for stranger in (ada.user, alma, a_person("Noor")):
        with pytest.raises(NotFound):
            quotes.order(stranger, quote_id=quote.id)
    answer = quotes.order(mia, quote_id=quote.id)
    assert (answer.status, answer.price_cents, answer.deliver_by) == ("unpaid", 9000, quote.deliver_by)
    with pytest.raises(quotes.QuoteBeingPaid):
        quotes.order(mia, quote_id=quote.id)
    for stranger in (ada.user, alma):
        with pytest.raises(NotFound):
            orders.pay(stranger, answer_id=answer.id)


def test_what_is_authorised_is_ordered_delivered_and_then_captured(ordered, quote, ask, ada, mia, stripe, run_jobs):
    assert (ordered.status, ordered.payment.status) == ("ordered", "authorized")
    quotes.settle_quotes()
    assert (session().get(Quote, quote.id).status, asks.one(mia, ask.id).status) == ("paid", "booked")
    with pytest.raises(orders.NothingToPay):
        orders.pay(mia, answer_id=ordered.id)
    deliveries.deliver(ada.user, answer_id=ordered.id, answer=" Decide together. ")
    assert again(ordered).status == "submitted"
    with pytest.raises(deliveries.NotToWrite):
        deliveries.deliver(ada.user, answer_id=ordered.id, answer="Once more.")
    run_jobs()
    now = again(ordered)
    assert (now.status, now.answer, now.payment.status) == ("delivered", "Decide together.", "paid")
    assert {"Ada orders", "Ada has answered"} & set(subjects_to(mia)) == {"Ada has answered"}
    assert "Your answer for Mia is paid and delivered" in subjects_to(ada.user)
    assert broken() == set()


def test_an_answer_is_not_empty_and_its_coachs_alone(ordered, ada, mia):
    for nothing in ("", "  ", "x" * 20_001):
        with pytest.raises(Invalid):
            deliveries.deliver(ada.user, answer_id=ordered.id, answer=nothing)
    for stranger in (mia, a_person("Noor")):
        with pytest.raises(NotFound):
            deliveries.deliver(stranger, answer_id=ordered.id, answer="Mine.")


def test_late_it_is_released_and_both_are_told(ordered, ada, mia, moment, run_jobs):
    moment.advance(days=3, hours=1)
    deliveries.settle_written_answers()
    assert "Your written answer for Mia is due" in subjects_to(ada.user)
    moment.advance(days=1)
    with pytest.raises(deliveries.NotToWrite):
        deliveries.deliver(ada.user, answer_id=ordered.id, answer="Too late.")
    deliveries.settle_written_answers()
    deliveries.settle_written_answers()
    run_jobs()
    now = again(ordered)
    assert (now.status, now.payment.status) == ("late", "cancelled")
    assert subjects_to(mia).count("The written answer of Ada did not come in time") == 1
    assert subjects_to(ada.user).count("Your written answer for Mia did not come in time") == 1
    assert broken() == set()


def test_a_coach_who_cannot_says_so_and_nothing_is_taken(ordered, ada, mia, run_jobs):
    with pytest.raises(NotFound):
        deliveries.give_up(mia, answer_id=ordered.id)
    deliveries.give_up(ada.user, answer_id=ordered.id)
    run_jobs()
    assert (again(ordered).status, again(ordered).payment.status) == ("cancelled", "cancelled")
    with pytest.raises(deliveries.NotToWrite):
        deliveries.give_up(ada.user, answer_id=ordered.id)


def test_unpaid_it_ends_and_the_quote_is_there_again_once_nobody_can_pay(unpaid, quote, mia, moment, stripe, run_jobs):
    orders.pay(mia, answer_id=unpaid.id)
    moment.advance(minutes=16)
    with pytest.raises(orders.OrderLapsed):
        orders.pay(mia, answer_id=unpaid.id)
    deliveries.settle_written_answers()
    quotes.settle_quotes()
    assert session().get(Quote, quote.id).status == "held"
    run_jobs()
    quotes.settle_quotes()
    assert session().get(Quote, quote.id).status == "sent"
    assert paid_for(mia, quotes.order(mia, quote_id=quote.id), stripe).status == "ordered"


def test_a_card_authorised_after_the_time_is_released(unpaid, quote, mia, moment, stripe, run_jobs):
    orders.pay(mia, answer_id=unpaid.id)
    payment = payments.of_subject(unpaid.id)
    stripe.pay(payment.checkout_id)
    moment.advance(minutes=16)
    deliveries.settle_written_answers()
    run_jobs()
    assert (again(unpaid).status, payments.one(payment.id).status) == ("expired", "cancelled")
    assert "Paid too late: the written answer of Ada" in subjects_to(mia)
    quotes.settle_quotes()
    assert session().get(Quote, quote.id).status == "sent"


def refused_to_the_end(ordered, ada, stripe, times=20):
    """Send the answer, have the capture refused, and no job left that would try again."""
    stripe.refuse(CAPTURE, times=times, **DECLINED)
    deliveries.deliver(ada.user, answer_id=ordered.id, answer="Decide together.")
    with pytest.raises(GatewayRefused):
        payment_subjects.capture_payment(str(ordered.payment_id))
    session().execute(text("update procrastinate_jobs set status = 'failed' where task_name = 'capture_payment'"))
    session().commit()


def test_a_refused_capture_is_given_up_when_its_time_is_over(ordered, ada, mia, moment, stripe, run_jobs):
    refused_to_the_end(ordered, ada, stripe)
    moment.advance(days=3)
    deliveries.settle_written_answers()
    assert again(ordered).status == "submitted"
    moment.advance(days=1)
    deliveries.settle_written_answers()
    run_jobs()
    now = again(ordered)
    assert (now.status, now.end_reason, now.payment.status) == ("uncaptured", rules.NOT_CAPTURED, "cancelled")
    assert "The written answer of Ada is called off" in subjects_to(mia)
    assert "The written answer for Mia is called off" in subjects_to(ada.user)
    assert broken() <= {"jobs_succeed"}


def test_a_capture_whose_answer_was_lost_delivers(ordered, ada, moment, stripe, run_jobs):
    stripe.fault(CAPTURE, "drop_after", method="POST", times=10)
    deliveries.deliver(ada.user, answer_id=ordered.id, answer="Decide together.")
    with pytest.raises(Unavailable):
        payment_subjects.capture_payment(str(ordered.payment_id))
    assert again(ordered).status == "submitted"
    moment.advance(days=4)
    deliveries.settle_written_answers()
    run_jobs()
    assert (again(ordered).status, again(ordered).refunded_cents) == ("delivered", 0)


def test_what_was_taken_after_it_was_given_up_delivers_what_was_written(ordered, ada, moment, stripe, run_jobs):
    refused_to_the_end(ordered, ada, stripe, times=1)
    moment.advance(days=4)
    deliveries.settle_written_answers()
    assert again(ordered).status == "uncaptured"
    payment = payments.locked(ordered.payment_id)
    payment.capture_wanted_at = clock.now()
    session().commit()
    payment_subjects.capture_payment(str(payment.id))
    assert (again(ordered).status, again(ordered).payment.status) == ("delivered", "paid")
    run_jobs()
    assert broken() <= {"jobs_succeed"}


def test_what_is_taken_after_it_was_called_off_is_refunded_in_full(ordered, ada, run_jobs):
    deliveries.give_up(ada.user, answer_id=ordered.id)
    payment = payments.locked(ordered.payment_id)
    payment.capture_wanted_at = clock.now()
    session().commit()
    payment_subjects.capture_payment(str(payment.id))
    payment_subjects.settle_payment(str(payment.id))
    found = session().scalars(select(Refund).where(Refund.payment_id == payment.id)).all()
    assert [refund.amount_cents for refund in found] == [9000]
    run_jobs()
    assert broken() == set()


def test_an_ask_is_not_withdrawn_while_its_answer_is_paid_for(unpaid, ask, mia):
    with pytest.raises(quotes.QuoteBeingPaid):
        sending.withdraw(mia, ask_id=ask.id)


def test_the_promise_is_never_longer_than_the_bank_holds_the_money():
    now = clock.now()
    promised = now + timedelta(days=4)
    assert rules.deliver_by(promised, ordered_at=now, capture_before=None) == promised
    early = now + timedelta(days=2)
    assert rules.deliver_by(promised, ordered_at=now, capture_before=early) == early - timedelta(hours=12)
