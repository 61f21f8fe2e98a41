"""An approved request whose money cannot be taken ends in time: the slot is free, and everybody is told."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from marketplace.audit import queries as audit
from marketplace.bookings import queries, rules
from marketplace.bookings.approvals import rules as approval_rules
from marketplace.bookings.approvals import service as approvals
from marketplace.bookings.payment_outcomes import service as payment_outcomes
from marketplace.db import session
from marketplace.errors import Unavailable
from marketplace.ledger.queries.balances import balances
from marketplace.payments import queries as payments
from marketplace.payments.stripe_gateway.client import GatewayRefused
from tests.factories import a_booking, a_coach, a_hold, a_person, an_offering, open_all_week
from tests.invariants.conftest import broken

TOMORROW_AT_TEN = datetime(2027, 3, 2, 10, tzinfo=UTC)
DECLINED = {"status": 402, "type": "card_error", "code": "card_declined", "message": "Declined.", "stored": True}
CAPTURE = "/v1/payment_intents/*/capture"


@pytest.fixture
def offering():
    return an_offering(open_all_week(a_coach("ada")), by_approval=True)


@pytest.fixture
def asked(mia, offering, stripe):
    """A request for a session in four days, to be answered within two."""
    return a_booking(mia, offering, TOMORROW_AT_TEN + timedelta(days=3), stripe)


@pytest.fixture
def soon(mia, offering, stripe):
    """A request for a session tomorrow: whoever answers does so before it starts."""
    return a_booking(mia, offering, TOMORROW_AT_TEN, stripe)


def state(booking):
    return queries.locked(booking.id).status


def refused_to_the_end(booking, stripe):
    """Approve, be refused, and have no job left that would try again."""
    stripe.refuse(CAPTURE, times=20, **DECLINED)
    approvals.approve(booking.coach.user, booking_id=booking.id)
    with pytest.raises(GatewayRefused):
        payment_outcomes.capture_payment(str(booking.payment_id))
    session().execute(text("update procrastinate_jobs set status = 'failed' where task_name = 'capture_payment'"))
    session().commit()


def test_a_refused_capture_ends_when_the_time_to_answer_is_over(asked, offering, stripe, moment, run_jobs, mailbox):
    refused_to_the_end(asked, stripe)
    moment.advance(hours=47)
    approvals.lapse_requests()
    assert state(asked) == rules.REQUESTED
    moment.advance(hours=2)
    approvals.lapse_requests()
    run_jobs()
    assert (state(asked), asked.end_reason) == (rules.EXPIRED, rules.NOT_CAPTURED)
    assert payments.one(asked.payment_id).status == "cancelled"
    assert balances() == {}
    assert broken(settled=True) == {"jobs_succeed"}, "what failed stays until an admin has looked"
    a_hold(a_person("Noor"), offering, asked.starts_at)
    for whom, words in (
        (asked.mentee, "Ada accepted your request, but your card could not be charged"),
        (asked.coach.user, "The time is free again"),
    ):
        mail = mailbox.to(whom.email)[-1]
        assert "lapsed" in mail["Subject"]
        said = mail.get_body(("plain",)).get_content()
        assert words in said
        assert "not answered" not in said
        assert "without an answer" not in said


def test_a_refused_capture_ends_at_the_latest_when_the_session_starts(soon, stripe, moment, run_jobs):
    moment.set(soon.starts_at - timedelta(minutes=10))
    refused_to_the_end(soon, stripe)
    approvals.lapse_requests()
    assert state(soon) == rules.REQUESTED, "the bank may relent for ten minutes more"
    moment.set(soon.starts_at)
    approvals.lapse_requests()
    run_jobs()
    assert (state(soon), soon.end_reason) == (rules.EXPIRED, rules.NOT_CAPTURED)


def test_who_approves_at_the_last_minute_leaves_an_hour_to_take_the_money(asked, stripe, moment):
    moment.set(asked.decide_by - timedelta(minutes=1))
    refused_to_the_end(asked, stripe)
    moment.advance(minutes=58)
    approvals.lapse_requests()
    assert state(asked) == rules.REQUESTED
    moment.advance(minutes=2)
    approvals.lapse_requests()
    assert state(asked) == rules.EXPIRED


def test_a_refused_capture_ends_before_the_authorisation_does():
    assert approval_rules.CAPTURE_PATIENCE < approval_rules.CAPTURE_MARGIN


def test_nothing_is_taken_by_a_job_that_tries_once_more_after_the_end(asked, stripe, moment, run_jobs):
    refused_to_the_end(asked, stripe)
    moment.advance(hours=49)
    approvals.lapse_requests()
    stripe.recover()
    payment_outcomes.capture_payment(str(asked.payment_id))
    run_jobs()
    assert payments.one(asked.payment_id).status == "cancelled"
    assert stripe.read("balance_transactions", limit=10)["data"] == [], "no capture, no refund, no fee"


def test_money_that_was_taken_and_whose_answer_was_lost_confirms_and_does_not_lapse(asked, stripe, moment, run_jobs):
    stripe.fault(CAPTURE, "fail_after", method="POST")
    approvals.approve(asked.coach.user, booking_id=asked.id)
    with pytest.raises(Unavailable):
        payment_outcomes.capture_payment(str(asked.payment_id))
    session().execute(text("delete from procrastinate_jobs"))
    session().commit()
    moment.advance(hours=49)
    approvals.lapse_requests()
    run_jobs()
    assert state(asked) == rules.CONFIRMED
    assert [entry.action for entry in audit.timeline_of(asked.id)].count("booking.expired") == 0


def test_money_that_turns_out_to_be_taken_after_the_start_is_refunded(soon, stripe, moment, run_jobs, mailbox):
    """Stripe took it, its answer was lost, and it was away until the session had begun."""
    stripe.fault(CAPTURE, "fail_after", method="POST")
    approvals.approve(soon.coach.user, booking_id=soon.id)
    with pytest.raises(Unavailable):
        payment_outcomes.capture_payment(str(soon.payment_id))
    session().execute(text("delete from procrastinate_jobs"))
    session().commit()
    moment.set(soon.starts_at + timedelta(minutes=1))
    stripe.fault("/v1/checkout/sessions/*", "fail_before", method="GET", times=3)
    approvals.lapse_requests()
    assert state(soon) == rules.EXPIRED
    stripe.recover()
    run_jobs()
    (refund,) = stripe.read("refunds")["data"]
    assert (refund["amount"], balances()["sessions_owed", "usd"]) == (12000, 0)
    assert mailbox.besides_invoices(soon.mentee.email)[-1]["Subject"] == (
        "Your payment came too late and is refunded to you"
    )


def test_a_delay_of_our_own_is_not_the_coachs(asked, stripe, moment, run_jobs):
    """The worker stood still for two days after the coach had accepted."""
    approvals.approve(asked.coach.user, booking_id=asked.id)
    moment.advance(hours=49)
    approvals.lapse_requests()
    run_jobs()
    assert state(asked) == rules.CONFIRMED


def test_an_approved_request_past_its_time_is_named(asked, stripe, moment):
    refused_to_the_end(asked, stripe)
    moment.set(asked.decide_by + timedelta(minutes=9))
    assert "requests_end" not in broken()
    moment.advance(minutes=2)
    assert "requests_end" in broken()
