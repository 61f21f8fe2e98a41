"""Stripe is away for an hour, rejects our key or knows nothing of us, while payments and refunds are open."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from procrastinate.jobs import Job
from sqlalchemy import text

from marketplace import clock
from marketplace.bookings.payment_outcomes import service as payment_outcomes
from marketplace.db import begin_transaction, session, transactional, uuid7
from marketplace.errors import FairhourError
from marketplace.jobs import Patience
from marketplace.payments import queries
from marketplace.payments.models import Payment
from marketplace.payments.service import checkouts, refunds
from marketplace.worker import JOBS
from tests.factories import a_booking

AWAY = {"status": 503, "type": "api_error", "message": "Stripe is away."}
REJECTED = {"status": 401, "message": "Invalid API Key provided: sk_test_***"}
GONE = {"status": 404, "code": "resource_missing", "message": "No such object"}
PLANNED = 1_000_000


def an_open_payment(payer, currency="usd"):
    """Somebody is on Stripe's page."""
    payment = checkouts.prepare(
        payer,
        subject_id=uuid7(),
        description="An hour",
        amount_cents=5000,
        currency=currency,
        manual_capture=False,
        card_only=True,
        return_url="http://localhost/sessions/x",
        payable_until=clock.now() + timedelta(hours=3),
    )
    checkouts.start_checkout(payment.id)
    return payment


@transactional
def refunds_of_a_cent(payment, many):
    for number in range(many):
        refunds.intend_refund(payment, cents=1, reason="a test", key=f"test:{payment.id}:{number}")


@dataclass
class OpenItems:
    """Payments that somebody may make on Stripe's page, and refunds that are to be sent."""

    payments: list[Payment]
    paid: list[Payment]

    @classmethod
    def made(cls, payer: Any, offering: Any, stripe: Any, starts: Any, many: int) -> "OpenItems":
        """As many of either as make `many`; the refunds are of the sessions that begin at `starts`."""
        paid = [a_booking(payer, offering, starts_at, stripe).payment for starts_at in starts]
        opened = [an_open_payment(payer, offering.currency) for _ in range(many // 2)]
        begin_transaction()
        session().execute(text("delete from procrastinate_jobs"))
        session().commit()
        for payment in paid:
            refunds_of_a_cent(payment, (many - many // 2) // len(paid))
        return cls(opened, paid)

    def refunds(self):
        return [refund for payment in self.paid for refund in queries.refunds_of(payment.id)]

    def jobs(self):
        """One for each, as (name, item)."""
        return sorted(
            [("settle_payment", str(payment.id)) for payment in self.payments]
            + [("send_refund", str(refund.id)) for refund in self.refunds()]
        )


def waiting():
    """Jobs that wait, as (name, item)."""
    rows = session().execute(
        text(
            "select task_name, coalesce(args ->> 'refund_id', args ->> 'payment_id') from procrastinate_jobs "
            "where status = 'todo' and task_name in ('settle_payment', 'send_refund', 'sync_refund')"
        )
    )
    return sorted(tuple(row) for row in rows)


def failed_jobs():
    return session().scalar(text("select count(*) from procrastinate_jobs where status = 'failed'"))


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
    while (job := _written(due, now=clock.now())) is not None:
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
        _written(ended, id=job.id, status=status, at=at)


@transactional
def _written(statement, **given):
    """The row that a statement returns of what it has written; None where it wrote nothing, or returns nothing."""
    answer = session().execute(statement, given)
    return answer.first() if answer.returns_rows else None


def an_hour_passes(moment, minutes=60):
    for _ in range(minutes):
        moment.advance(minutes=1)
        payment_outcomes.settle_payments()
        refunds.resume_refunds()
        work()


def calls_refused(stripe):
    """How often Stripe was asked since it began to refuse all."""
    return PLANNED - stripe.control("GET", "faults")["data"][0]["times"]


def everything_at(stripe):
    """All lines of Stripe's balance."""
    found = []
    while True:
        page = stripe.read("balance_transactions", limit=100, **({"starting_after": found[-1]["id"]} if found else {}))
        found += page["data"]
        if not page["has_more"]:
            return found


def all_is_settled_after(error, items, stripe, moment):
    """An hour of refusals leaves one job for each item and few calls; minutes later each is settled."""
    stripe.refuse("/v1/*", times=PLANNED, **error)
    an_hour_passes(moment)
    assert waiting() == items.jobs()
    # While nobody answers one call a minute asks whether somebody does again.
    assert calls_refused(stripe) < 100
    all_is_settled(items, stripe, moment)


def all_is_settled(items, stripe, moment):
    """Six minutes after Stripe answers again, everybody having paid."""
    stripe.recover()
    for payment in items.payments:
        stripe.pay(payment.checkout_id)
    an_hour_passes(moment, minutes=6)
    assert {queries.one(payment.id).status for payment in items.payments} == {"paid"}
    assert {refund.status for refund in items.refunds()} == {"succeeded"}
    assert waiting() == []
    assert failed_jobs() == 0


def refusals_told():
    """Whom a mail told that Stripe refuses what only a person can mend."""
    return list(session().scalars(text("select recipient from messages where subject like 'Stripe refused%'")))
