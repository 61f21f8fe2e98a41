"""Disputes over overruns: reserved, lost, won on appeal, and what a refund before them had taken."""

import pytest
from sqlalchemy import select

from marketplace.bookings.disputes import service as booking_disputes
from marketplace.bookings.overruns import earnings, queries, service
from marketplace.bookings.overruns.models import OverrunLoss
from marketplace.db import session
from marketplace.ledger.queries.balances import balance
from marketplace.notifications.models import Message
from marketplace.payments import queries as payments
from marketplace.payments.billing_parties.models import BillingParty
from marketplace.payments.models import Refund
from marketplace.payments.service import disputes as payment_disputes
from tests.asks.payers.conftest import ACME
from tests.bookings.test_overruns import held, paid, proposed  # noqa: F401
from tests.invariants.conftest import broken


@pytest.fixture
def bought(proposed, mia, stripe):  # noqa: F811
    """Twenty minutes more, paid: 40.00 USD."""
    return paid(proposed, mia, stripe)


def told(stripe, opened, verdict=None):
    """Stripe decides, and tells it twice."""
    if verdict is not None:
        stripe.decide(opened, verdict)
    for _twice in range(2):
        payment_disputes.sync_dispute(opened)
        booking_disputes.dispute_changed(opened)


def nine_days_later(moment):
    moment.advance(days=9)
    earnings.release_overruns()


def of_coach(ada):
    return balance(f"coach:{ada.id}", "usd"), balance(f"coach_reserve:{ada.id}", "usd")


@pytest.mark.parametrize("release", ["before", "between", "after"])
@pytest.mark.parametrize(("lost", "left"), [(4000, 0), (2000, 1800)])
def test_an_appeal_that_is_won_gives_everything_back(bought, ada, mia, stripe, moment, run_jobs, release, lost, left):
    if release == "before":
        nine_days_later(moment)
    opened = stripe.dispute(payments.one(bought.payment_id).charge_id, amount=lost)["id"]
    told(stripe, opened)
    told(stripe, opened, "lost")
    if release == "between":
        nine_days_later(moment)
    assert sum(of_coach(ada)) == (0 if release == "after" else left)
    told(stripe, opened, "won")
    if release != "before":
        nine_days_later(moment)
    assert of_coach(ada) == (3600, 0)
    assert [balance(account, "usd") for account in ("disputes", "revenue")] == [0, 400]
    assert queries.one(mia, bought.id).refunded_cents == 0
    run_jobs()
    assert not {"sessions_owed_is_unsettled", "coach_balance_is_earned"} & broken()


@pytest.mark.parametrize(("verdict", "coach", "reserved"), [("won", 3600, 0), ("lost", 0, 0), (None, 0, 3600)])
def test_what_was_released_is_reserved_until_the_bank_decides(
    bought, ada, stripe, moment, run_jobs, verdict, coach, reserved
):
    nine_days_later(moment)
    opened = stripe.dispute(payments.one(bought.payment_id).charge_id)["id"]
    told(stripe, opened)
    if verdict is not None:
        told(stripe, opened, verdict)
    run_jobs()
    assert of_coach(ada) == (coach, reserved)


def test_a_refund_that_the_coach_made_before_is_paid_by_the_dispute_and_owed_again_after_an_appeal(
    bought, ada, stripe, run_jobs
):
    opened = stripe.dispute(payments.one(bought.payment_id).charge_id)["id"]
    told(stripe, opened)
    service.refund(ada.user, overrun_id=bought.id)
    run_jobs()
    refund = select(Refund.status).where(Refund.payment_id == bought.payment_id)
    assert session().scalars(refund).all() == ["held"]
    told(stripe, opened, "lost")
    assert session().scalars(refund).all() == ["covered"]
    assert session().scalars(select(OverrunLoss)).all() == []
    told(stripe, opened, "won")
    run_jobs()
    assert session().scalars(refund).all() == ["succeeded"]
    assert (balance("sessions_owed", "usd"), payments.one(bought.payment_id).disputed_at) == (12000, None)


def test_coach_mentee_and_admins_are_told_of_it(bought, ada, mia, alma, stripe, run_jobs, mailbox):
    opened = stripe.dispute(payments.one(bought.payment_id).charge_id)["id"]
    told(stripe, opened)
    run_jobs()
    for person in (ada.user, mia, alma):
        assert [mail["Subject"] for mail in mailbox.to(person.email) if "disput" in mail["Subject"].lower()]


def test_the_mentee_paid_it_also_where_somebody_else_paid_the_session(bought, held, mia, ada, stripe):  # noqa: F811
    session().add(BillingParty(subject_id=held.payment.subject_id, **ACME.as_row(), locale=""))
    told(stripe, stripe.dispute(payments.one(bought.payment_id).charge_id)["id"])
    mails = session().scalars(select(Message).where(Message.key.like("dispute-opened:%"))).all()
    subjects = {mail.recipient: mail.subject for mail in mails}
    assert subjects[mia.email] == "Your bank disputes a payment of 40.00 USD"
    assert "The bank of Mia disputes" in next(mail.text for mail in mails if mail.recipient == ada.user.email)
    assert not [mail for mail in mails if "Acme" in mail.text]


def test_an_inquiry_moves_nothing(bought, ada, stripe, moment):
    nine_days_later(moment)
    opened = stripe.dispute(payments.one(bought.payment_id).charge_id, inquiry=True)["id"]
    told(stripe, opened)
    assert of_coach(ada) == (3600, 0)
    assert queries.one(ada.user, bought.id).refunded_cents == 0
