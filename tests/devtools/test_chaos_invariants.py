"""Whatever is wrong in the end is named by the rule that it breaks, with the cents that are astray."""

from datetime import UTC, datetime, timedelta

import pytest
import requests
from sqlalchemy import text

from devtools.chaos.client import Watch
from devtools.chaos.invariants import INVARIANTS, Finding, Scene
from devtools.chaos.run import Outcome
from devtools.chaos.stripe_objects import StripeObjects
from marketplace import clock
from marketplace.audit.service import record
from marketplace.bookings.checkout import service as booking_checkout
from marketplace.db import session
from marketplace.jobs import enqueue
from marketplace.ledger.service.postings import post
from marketplace.payments import queries as payments
from marketplace.payments.models import Dispute, Refund
from marketplace.payments.service import refunds
from tests.factories import a_booking, a_coach, a_hold, a_person, an_offering, open_all_week

TOMORROW_AT_TEN = datetime(2027, 3, 2, 10, tzinfo=UTC)
ABOUT_MONEY = (
    "differences",
    "stripe_holds_what_the_ledger_says",
    "one_page_for_each_payment",
    "one_payment_for_each_charge",
    "one_refund_for_each_intention",
    "one_transfer_for_each_payout",
    "what_is_paid_is_sold_or_given_back",
    "nothing_is_under_way",
)


@pytest.fixture
def offering():
    return an_offering(open_all_week(a_coach("ada")))


@pytest.fixture
def found(stripe, tmp_path):
    """What one rule finds now: the cases, and their cents."""

    def look(name):
        session().flush()
        scene = Scene(
            session().connection().connection.driver_connection,
            StripeObjects(stripe.url),
            tmp_path,
            clock.now().timestamp(),
        )
        return list(INVARIANTS[name](scene))

    return look


def change(statement, **given):
    session().execute(text(statement), given)


def test_a_session_that_was_paid_for_breaks_nothing(mia, offering, stripe, found):
    a_booking(mia, offering, TOMORROW_AT_TEN, stripe)
    assert {name: found(name) for name in (*ABOUT_MONEY, "double_bookings", "no_stray_holds")} == {
        name: [] for name in (*ABOUT_MONEY, "double_bookings", "no_stray_holds")
    }


def test_money_that_went_back_behind_our_back_is_named_with_its_cents(mia, offering, stripe, found):
    booking = a_booking(mia, offering, TOMORROW_AT_TEN, stripe)
    wanted = {"payment_intent": booking.payment.intent_id, "amount": "5000"}
    key = {"Authorization": f"Bearer {stripe.secret_key}"}
    refund = requests.post(f"{stripe.url}/v1/refunds", data=wanted, headers=key, timeout=60).json()
    assert found("differences") == [(f"{refund['id']}: ours 0.00 USD, Stripe's 50.00 USD", 5000)]
    assert found("stripe_holds_what_the_ledger_says")[0][1] == 5000
    assert found("one_refund_for_each_intention") == [(f"refund {refund['id']} is nothing of ours", 5000)]


@pytest.mark.parametrize(("status", "named"), [("covered", False), ("failed", False), ("succeeded", True)])
def test_only_a_refund_that_was_never_sent_may_be_missing_at_stripe(mia, offering, stripe, found, status, named):
    booking = a_booking(mia, offering, TOMORROW_AT_TEN, stripe)
    refund = Refund(payment_id=booking.payment.id, key="planted", amount_cents=5000, reason="planted", status=status)
    if status == "covered":
        dispute = Dispute(
            payment_id=booking.payment.id,
            stripe_id="dp_planted",
            amount_cents=5000,
            fee_cents=1500,
            reason="fraudulent",
            status="lost",
            opened_at=clock.now(),
        )
        session().add(dispute)
        session().flush()
        refund.covered_by = dispute.id
    session().add(refund)
    session().commit()
    said = [(f"refund {refund.id} is {status} here and nothing there", 0)]
    assert found("one_refund_for_each_intention") == (said if named else [])


def test_a_refund_that_waits_for_our_balance_is_pending_on_both_sides(mia, offering, stripe, moment, found):
    booking = a_booking(mia, offering, TOMORROW_AT_TEN, stripe)
    moment.advance(days=8)
    stripe.control("POST", "refunds/policy", {"overdraft_units": 0})
    refunds.intend_refund(booking.payment, cents=booking.price_cents, reason="a test", key="waits")
    (refund,) = payments.refunds_of(booking.payment.id)
    refunds.send_refund(str(refund.id))
    assert payments.refund(refund.id).status == "pending"
    assert found("one_refund_for_each_intention") == []


def test_a_cent_too_many_in_the_ledger_is_named(mia, offering, stripe, found):
    a_booking(mia, offering, TOMORROW_AT_TEN, stripe)
    post("planted", debit="stripe", credit="revenue", cents=1, currency="usd", subject_id=mia.id, source="ch_planted")
    assert found("differences") == [("ch_planted: ours 0.01 USD, Stripe's 0.00 USD", 1)]


def test_two_sessions_at_once_are_named_whatever_the_constraint_says(mia, offering, stripe, found):
    first = a_booking(mia, offering, TOMORROW_AT_TEN, stripe)
    second = a_booking(a_person("Noor"), offering, TOMORROW_AT_TEN + timedelta(hours=2), stripe)
    change("alter table bookings drop constraint bookings_one_session_at_a_time")
    change(
        "update bookings set starts_at = o.starts_at, ends_at = o.ends_at, blocked = o.blocked from bookings o "
        "where o.id = :first and bookings.id = :second",
        first=first.id,
        second=second.id,
    )
    (case,) = {words for words, _cents in found("double_bookings")}
    assert str(first.id) in case
    assert str(second.id) in case


def test_a_coach_who_is_in_anothers_session_at_once_is_named(mia, offering, stripe, found):
    sold = a_booking(mia, offering, TOMORROW_AT_TEN, stripe)
    beths = an_offering(open_all_week(a_coach("beth")))
    bought = a_booking(offering.coach.user, beths, TOMORROW_AT_TEN + timedelta(hours=2), stripe)
    assert found("double_bookings") == []
    change("alter table bookings disable trigger user")
    change(
        "update bookings set starts_at = o.starts_at, ends_at = o.ends_at, blocked = o.blocked from bookings o "
        "where o.id = :sold and bookings.id = :bought",
        sold=sold.id,
        bought=bought.id,
    )
    (case,) = {words for words, _cents in found("double_bookings")}
    assert str(sold.id) in case
    assert str(bought.id) in case


def test_a_hold_that_nobody_freed_is_named(mia, offering, found, moment):
    held = a_hold(mia, offering, TOMORROW_AT_TEN)
    moment.advance(minutes=14)
    assert found("no_stray_holds") == []
    moment.advance(minutes=2)
    (case,) = found("no_stray_holds")
    assert str(held.id) in case[0]


def test_a_page_that_can_be_paid_for_a_time_that_is_gone_is_named(mia, offering, stripe, found):
    held = a_hold(mia, offering, TOMORROW_AT_TEN)
    booking_checkout.pay(mia, booking_id=held.id)
    assert found("one_page_for_each_payment") == []
    change("update bookings set status = 'expired'")
    payment_id = payments.of_subject(held.id).id
    assert found("one_page_for_each_payment") == [(f"the page of payment {payment_id} can still be paid", 0)]


def test_money_for_which_nothing_was_sold_is_named_with_its_cents(mia, offering, stripe, found):
    booking = a_booking(mia, offering, TOMORROW_AT_TEN, stripe)
    change("update bookings set status = 'expired', confirmed_at = null")
    (case,) = found("what_is_paid_is_sold_or_given_back")
    assert case == (f"payment {booking.payment_id}: 12000 usd neither sold nor refunded", 12000)


def test_a_job_that_failed_for_good_is_named(found):
    enqueue("settle_payment", payment_id="x")
    change("update procrastinate_jobs set status = 'failed', attempts = 10 where task_name = 'settle_payment'")
    assert any("settle_payment · failed" in words for words, _cents in found("stuck_jobs"))


def test_a_session_that_was_confirmed_twice_is_named(mia, offering, stripe, found):
    booking = a_booking(mia, offering, TOMORROW_AT_TEN, stripe)
    record(None, "booking.confirmed", booking.id)
    assert (f"session · {booking.id} · confirmed · 2 · times", 0) in found("every_event_is_handled_once")


def test_a_last_mail_that_is_not_true_any_more_is_named(mia, offering, stripe, found):
    booking = a_booking(mia, offering, TOMORROW_AT_TEN, stripe)
    wrong = f"session · {booking.id} · expired · and the last mail says · confirmed"
    assert wrong not in [words for words, _cents in found("everybody_was_told_how_it_ended")]
    change("update bookings set status = 'expired'")
    assert wrong in [words for words, _cents in found("everybody_was_told_how_it_ended")]


def test_a_server_error_has_its_reason_only_while_something_is_broken():
    watch = Watch()
    with watch.breaking():
        watch.saw(500, "GET /me")
    watch.saw(503, "GET /bookings")
    assert watch.unexplained() == []
    later = Watch()
    later.saw(500, "GET /me")
    assert later.unexplained() == ["500 for GET /me"]


def test_the_last_line_counts_each_kind_apart_and_no_cent_twice():
    findings = [
        Finding("differences", ("a", "b"), 700),
        Finding("stripe_holds_what_the_ledger_says", ("usd",), 700),
        Finding("stuck_jobs", ("7",)),
    ]
    assert Outcome(operations=9, findings=findings).summary() == {
        "operations": 9,
        "faults": 0,
        "double_bookings": 0,
        "cents_lost": 700,
        "differences": 2,
        "broken_invariants": 1,
        "stuck_jobs": 1,
    }
