"""Disputes over written answers that end otherwise than they began: won on appeal, lost in part, told too early."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from marketplace import payment_subjects
from marketplace.db import session
from marketplace.ledger.queries.balances import balances
from marketplace.ledger.rules import coach as account_of
from marketplace.ledger.rules import reserve
from marketplace.notifications.models import Message
from marketplace.payments.billing_parties.service import name_party
from marketplace.payments.models import Refund
from marketplace.payments.service import disputes as payment_disputes
from marketplace.written_answers.service import deliveries, earnings, reports
from marketplace.written_answers.service.disputes import dispute_changed
from marketplace.written_answers.service.payment_outcomes import payment_changed
from tests.asks.payers.conftest import ACME
from tests.factories import a_booking
from tests.invariants.conftest import broken
from tests.written_answers.conftest import again, paid_for


def told(stripe, opened, verdict=None):
    """What Stripe says of a dispute now is known and applied, twice."""
    if verdict:
        stripe.decide(opened, verdict)
    payment_disputes.sync_dispute(opened)
    payment_subjects.dispute_changed(opened)
    payment_subjects.dispute_changed(opened)


def a_week_later(answer, moment):
    moment.advance(days=7, minutes=1)
    payment_subjects.settle_payment(str(answer.payment_id))
    earnings.release_answer_earnings()


def of_coach(ada):
    found = balances()
    return tuple(found.get((account(ada.id), "usd"), 0) for account in (account_of, reserve))


@pytest.mark.parametrize("release", ["before", "between", "after"])
@pytest.mark.parametrize(("lost", "left"), [(9000, 0), (4500, 4050)])
def test_an_appeal_that_is_won_gives_everything_back(delivered, ada, stripe, moment, run_jobs, release, lost, left):
    if release == "before":
        a_week_later(delivered, moment)
    opened = stripe.dispute(delivered.payment.charge_id, amount=lost)["id"]
    told(stripe, opened)
    told(stripe, opened, "lost")
    if release == "between":
        a_week_later(delivered, moment)
    assert sum(of_coach(ada)) == (0 if release == "after" else left)
    told(stripe, opened, "won")
    if release != "before":
        a_week_later(delivered, moment)
    found = balances()
    assert of_coach(ada) == (8100, 0)
    assert [found.get((account, "usd"), 0) for account in ("disputes", "sessions_owed", "revenue")] == [0, 0, 900]
    assert again(delivered).refunded_cents == 0
    run_jobs()
    assert broken() == set()


def test_a_dispute_over_nothing_written_changes_nothing(delivered, ada, mia, stripe, offering, moment):
    booking = a_booking(mia, offering, datetime(2027, 3, 9, 10, tzinfo=UTC), stripe)
    opened = stripe.dispute(booking.payment.charge_id)["id"]
    payment_disputes.sync_dispute(opened)
    dispute_changed(opened)
    payment_changed(str(booking.payment_id))
    assert again(delivered).status == "delivered"


def test_what_a_bank_took_is_not_refunded_again_by_a_report(delivered, ada, mia, stripe, run_jobs):
    reports.report(mia, answer_id=delivered.id, words="It says nothing.")
    opened = stripe.dispute(delivered.payment.charge_id)["id"]
    told(stripe, opened)
    told(stripe, opened, "lost")
    reports.respond(ada.user, answer_id=delivered.id, response="agree", words="So it is.")
    run_jobs()
    assert again(delivered).status == "refunded"
    assert not session().scalars(select(Refund).where(Refund.payment_id == delivered.payment_id)).all()
    assert broken() == set()


def test_who_paid_and_the_admins_are_told_of_each_step_once(unpaid, mia, ada, alma, stripe, run_jobs):
    name_party(unpaid.id, ACME, locale="")
    answer = paid_for(mia, unpaid, stripe)
    deliveries.deliver(ada.user, answer_id=answer.id, answer="Decide **together**, before June.")
    run_jobs()
    opened = stripe.dispute(again(answer).payment.charge_id)["id"]
    told(stripe, opened)
    told(stripe, opened, "lost")
    mails = session().execute(select(Message.recipient, Message.subject, Message.text).order_by(Message.id)).all()
    disputed = [(to, subject) for to, subject, _text in mails if "disput" in subject]
    assert disputed == [
        (ACME.email, "Your bank disputes a payment of 90.00 USD"),
        (alma.email, "A payment of 90.00 USD is disputed"),
        (ACME.email, "The dispute is over: 90.00 USD is refunded to you"),
        (alma.email, "The dispute over 90.00 USD was lost"),
    ]
    assert not [text for to, _subject, text in mails if to == ACME.email and "together" in text]
