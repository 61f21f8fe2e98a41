"""Money back: once, whatever the crash; and what happens when it does not arrive."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from marketplace.db import session
from marketplace.errors import Unavailable
from marketplace.ledger.queries.balances import balance, balances
from marketplace.payments import queries
from marketplace.payments.service import refunds
from tests.factories import a_coach, a_hold, a_payment, an_admin, an_offering, open_all_week

TOMORROW_AT_TEN = datetime(2027, 3, 2, 10, tzinfo=UTC)


@pytest.fixture
def paid(mia, stripe):
    return a_payment(mia, a_hold(mia, an_offering(open_all_week(a_coach("ada"))), TOMORROW_AT_TEN), stripe).payment


def intended(payment, cents=12000, key="test"):
    refunds.intend_refund(payment, cents=cents, reason="a test", key=key)
    return queries.refunds_of(payment.id)[-1]


def at_stripe(stripe):
    return [refund["amount"] for refund in stripe.read("refunds")["data"]]


def test_a_refund_is_sent_once_and_booked_once(paid, stripe, run_jobs):
    refund = intended(paid)
    refunds.send_refund(str(refund.id))
    refunds.send_refund(str(refund.id))
    run_jobs()
    assert at_stripe(stripe) == [12000]
    assert balance("sessions_owed", "usd") == 0
    assert balance("stripe", "usd") == stripe.balance_net()
    assert queries.refund(refund.id).status == "succeeded"


@pytest.mark.parametrize("misfortune", ["fail_before", "fail_after", "drop_before", "drop_after", "rate_limit"])
def test_whatever_befalls_the_request_the_money_goes_back_once(paid, stripe, misfortune):
    refund = intended(paid)
    stripe.fault("/v1/refunds", misfortune, method="POST")
    with pytest.raises(Unavailable):
        refunds.send_refund(str(refund.id))
    assert queries.refund(refund.id).status == "intended"
    refunds.send_refund(str(refund.id))
    assert at_stripe(stripe) == [12000]
    assert balance("sessions_owed", "usd") == 0


def test_a_day_later_the_refund_is_looked_for_before_it_is_asked_again(paid, stripe, moment):
    refund = intended(paid, 6000)
    refunds.send_refund(str(refund.id))
    session().execute(text("update refunds set stripe_id = null, status = 'intended'"))
    session().commit()
    moment.advance(hours=30)
    refunds.send_refund(str(refund.id))
    assert at_stripe(stripe) == [6000]
    assert queries.refund(refund.id).status == "succeeded"


def test_partial_refunds_add_up_and_more_than_was_paid_is_refused(paid, stripe, run_jobs):
    intended(paid, 5000, "one")
    intended(paid, 7000, "two")
    with pytest.raises(refunds.RefundTooLarge):
        intended(paid, 1, "three")
    run_jobs()
    assert sorted(at_stripe(stripe)) == [5000, 7000]
    assert balance("sessions_owed", "usd") == 0


def test_the_same_decision_taken_twice_is_one_refund(paid):
    first = intended(paid, 5000, "cancel:1")
    assert intended(paid, 5000, "cancel:1").id == first.id
    assert len(queries.refunds_of(paid.id)) == 1


def test_what_stripe_refuses_for_good_is_told_to_an_admin(paid, stripe, run_jobs, mailbox):
    admin = an_admin()
    refund = intended(paid)
    session().execute(text("update payments set intent_id = 'pi_nothing'"))
    session().commit()
    refunds.send_refund(str(refund.id))
    run_jobs()
    assert queries.refund(refund.id).status == "failed"
    (mail,) = mailbox.to(admin.email)
    assert "120.00 USD" in mail.get_body(("plain",)).get_content()
    assert balance("sessions_owed", "usd") == 12000


def test_a_refund_of_somebody_else_is_left_alone(paid, stripe, mia):
    refund = intended(paid)
    refunds.send_refund(str(refund.id))
    session().execute(text("update refunds set stripe_id = 're_other'"))
    session().commit()
    before = balances()
    (known,) = stripe.read("refunds")["data"]
    refunds.sync_refund(known["id"])
    assert queries.refund(refund.id).stripe_id == known["id"]
    assert balances() == before


def test_the_sweep_takes_up_refunds_whose_job_is_gone(paid, stripe, moment, run_jobs):
    refund = intended(paid)
    session().execute(text("delete from procrastinate_jobs"))
    session().commit()
    moment.advance(minutes=3)
    refunds.resume_refunds()
    refunds.resume_refunds()
    assert run_jobs().count("send_refund") == 1
    assert at_stripe(stripe) == [12000]
    session().execute(text("update refunds set status = 'pending'"))
    session().commit()
    refunds.resume_refunds()
    assert "sync_refund" in run_jobs()
    assert queries.refund(refund.id).status == "succeeded"
