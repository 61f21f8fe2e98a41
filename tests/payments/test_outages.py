"""Stripe is away, rejects our key or has forgotten something: nothing is lost, nothing piles up."""

from datetime import timedelta

import pytest
from procrastinate.jobs import Job
from sqlalchemy import text

from marketplace import clock
from marketplace.bookings.payment_outcomes import service as payment_outcomes
from marketplace.db import session, uuid7
from marketplace.errors import FairhourError, Unavailable
from marketplace.jobs import Patience
from marketplace.ledger.queries.balances import balance
from marketplace.payments import queries
from marketplace.payments.models import CircuitBreaker
from marketplace.payments.service import checkouts, refunds
from marketplace.payments.stripe_gateway import circuit_breaker
from marketplace.payments.stripe_gateway import client as stripe_client
from marketplace.worker import JOBS
from tests.factories import a_booking, an_admin
from tests.scenes import TEN

AWAY = {"status": 503, "type": "api_error", "message": "Stripe is away."}
REJECTED = {"status": 401, "message": "Invalid API Key provided: sk_test_***"}


def an_open_payment(payer):
    """Somebody is on Stripe's page."""
    payment = checkouts.prepare(
        payer,
        subject_id=uuid7(),
        description="An hour",
        amount_cents=5000,
        currency="usd",
        manual_capture=False,
        card_only=True,
        return_url="http://localhost/sessions/x",
        payable_until=clock.now() + timedelta(hours=3),
    )
    checkouts.start_checkout(payment.id)
    return payment


def refunds_of_a_cent(payment, many):
    for number in range(many):
        refunds.intend_refund(payment, cents=1, reason="a test", key=f"test:{number}")


def waiting():
    """Jobs that wait, as (name, item)."""
    rows = session().execute(
        text(
            "select task_name, coalesce(args ->> 'refund_id', args ->> 'payment_id') from procrastinate_jobs "
            "where status = 'todo' and task_name in ('settle_payment', 'send_refund', 'sync_refund')"
        )
    )
    return [tuple(row) for row in rows]


def work():
    """Do what is due as the worker does: what fails waits for its next attempt, or has failed for good."""
    due = text(
        "update procrastinate_jobs set status = 'doing', queueing_lock = null where id = "
        "(select id from procrastinate_jobs where status = 'todo' and coalesce(scheduled_at, :now) <= :now "
        "order by id limit 1) returning id, task_name, args, attempts"
    )
    ended = text(
        "update procrastinate_jobs set status = cast(:status as procrastinate_job_status), scheduled_at = :at, "
        "attempts = attempts + 1 where id = :id"
    )
    while (job := session().execute(due, {"now": clock.now()}).first()) is not None:
        session().commit()
        status, at = "succeeded", None
        try:
            JOBS[job.task_name](**job.args)
        except FairhourError as error:
            session().rollback()
            tried = Job(lock=None, queueing_lock=None, queue="default", task_name="x", attempts=job.attempts)
            again = Patience().get_retry_decision(exception=error, job=tried)
            status = "failed" if again is None else "todo"
            if again is not None and again.retry_at is not None:
                at = clock.now() + (again.retry_at - clock.of_the_machine())
        session().execute(ended, {"id": job.id, "status": status, "at": at})
        session().commit()


def an_hour_passes(moment, minutes=60):
    for _ in range(minutes):
        moment.advance(minutes=1)
        payment_outcomes.settle_payments()
        refunds.resume_refunds()
        work()


@pytest.mark.parametrize(
    ("error", "many"),
    [pytest.param(AWAY, 6, id="away"), pytest.param(REJECTED, 6, id="key rejected")],
)
def test_after_an_hour_without_stripe_each_open_item_has_one_job_and_then_all_is_settled(
    mia, offering, stripe, moment, error, many
):
    an_hour_without_stripe(mia, offering, stripe, moment, error, many)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_an_outage_with_sixty_open_payments_and_refunds(mia, offering, stripe, moment):
    an_hour_without_stripe(mia, offering, stripe, moment, AWAY, 60)


def an_hour_without_stripe(mia, offering, stripe, moment, error, many):
    admin = an_admin()
    paid = a_booking(mia, offering, TEN, stripe).payment
    opened = [an_open_payment(mia) for _ in range(many // 2)]
    session().execute(text("delete from procrastinate_jobs"))
    session().commit()
    refunds_of_a_cent(paid, many - many // 2)
    stripe.refuse("/v1/*", times=1_000_000, **error)
    an_hour_passes(moment)
    assert sorted(waiting()) == sorted(
        [("settle_payment", str(payment.id)) for payment in opened]
        + [("send_refund", str(refund.id)) for refund in queries.refunds_of(paid.id)]
    )
    # While nobody answers one call a minute asks whether somebody does again.
    planned = stripe.control("GET", "faults")["data"][0]["times"]
    assert 1_000_000 - planned < 100
    stripe.recover()
    for payment in opened:
        stripe.pay(payment.checkout_id)
    an_hour_passes(moment, minutes=6)
    assert {queries.one(payment.id).status for payment in opened} == {"paid"}
    assert {refund.status for refund in queries.refunds_of(paid.id)} == {"succeeded"}
    assert waiting() == []
    assert balance("stripe", "usd") == sum(line["net"] for line in everything_at(stripe))
    assert session().scalar(text("select count(*) from procrastinate_jobs where status = 'failed'")) == 0
    told = session().scalars(text("select recipient from messages where subject like 'Stripe refused%'")).all()
    assert list(told) == ([admin.email] if error is REJECTED else [])


def everything_at(stripe):
    found = []
    while True:
        page = stripe.read("balance_transactions", limit=100, **({"starting_after": found[-1]["id"]} if found else {}))
        found += page["data"]
        if not page["has_more"]:
            return found


def test_what_stripe_has_forgotten_is_no_reason_to_ask_for_ever(mia, offering, stripe, moment):
    paid = a_booking(mia, offering, TEN, stripe).payment
    opened = an_open_payment(mia)
    refunds_of_a_cent(paid, 1)
    gone = {"status": 404, "code": "resource_missing", "message": "No such object"}
    stripe.refuse("/v1/*", times=1_000_000, **gone)
    an_hour_passes(moment)
    assert waiting() == []
    assert [refund.status for refund in queries.refunds_of(paid.id)] == ["failed"]
    assert [(one.id, one.missing_at is not None) for one in queries.missing_payments()] == [(opened.id, True)]
    assert 1_000_000 - stripe.control("GET", "faults")["data"][0]["times"] < 20


class TestTheBreaker:
    def test_it_opens_after_five_calls_without_an_answer_and_one_caller_tries_again(self, mia, stripe, moment):
        payment = an_open_payment(mia)
        stripe.refuse("/v1/*", times=7, **AWAY)
        for _ in range(8):
            with pytest.raises(Unavailable):
                checkouts.sync(payment.id)
        assert stripe.control("GET", "faults")["data"][0]["times"] == 2
        breaker = session().query(CircuitBreaker).one()
        moment.advance(seconds=2)
        assert [circuit_breaker.may_ask(breaker) for _ in range(2)] == [True, False]
        stripe.recover()
        moment.advance(seconds=61)
        checkouts.sync(payment.id)
        assert session().query(CircuitBreaker).count() == 0

    def test_a_definite_no_is_an_answer(self, mia, stripe):
        payment = an_open_payment(mia)
        stripe.refuse("/v1/*", **AWAY)
        stripe.refuse("/v1/*", status=400, code="parameter_unknown", message="Received unknown parameter")
        with pytest.raises(Unavailable):
            checkouts.sync(payment.id)
        with pytest.raises(stripe_client.GatewayRefused):
            checkouts.sync(payment.id)
        assert session().query(CircuitBreaker).count() == 0

    def test_a_clock_that_was_set_back_does_not_keep_it_open(self, moment):
        for _ in range(5):
            circuit_breaker.did_not_answer("one", "away")
        moment.advance(hours=-2)
        assert circuit_breaker.may_ask(circuit_breaker.find("one"))

    def test_it_waits_twice_as_long_each_time_up_to_a_minute(self):
        waits = [circuit_breaker.wait_after(failures).total_seconds() for failures in (0, 4, 5, 6, 7, 40)]
        assert waits == [0, 0, 2, 4, 8, 60]
