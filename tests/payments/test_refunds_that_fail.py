"""A refund that came back is owed again, and an admin sends it again."""

import uuid
from datetime import UTC, datetime

import pytest

from marketplace.errors import NotFound
from marketplace.ledger.queries.balances import balance
from marketplace.ledger.queries.entries import entries
from marketplace.payments import queries
from marketplace.payments.service import refunds
from marketplace.reconciliation.service import reconcile
from tests.factories import a_coach, a_hold, a_payment, a_person, an_admin, an_offering, open_all_week

TOMORROW_AT_TEN = datetime(2027, 3, 2, 10, tzinfo=UTC)
REFUND_FAILS = "4000000000005126"


@pytest.fixture
def paid(stripe):
    mia = a_person("Mia")
    held = a_hold(mia, an_offering(open_all_week(a_coach("ada"))), TOMORROW_AT_TEN)
    return a_payment(mia, held, stripe, REFUND_FAILS).payment


@pytest.fixture
def failed(paid, moment, run_jobs):
    """A refund that succeeded and failed a minute later."""
    refunds.intend_refund(paid, cents=6000, reason="a test", key=f"test:{paid.subject_id}")
    run_jobs()
    refund = queries.refunds_of(paid.id)[-1]
    assert refund.status == "succeeded"
    moment.advance(minutes=2)
    refunds.sync_refund(refund.stripe_id)
    refunds.sync_refund(refund.stripe_id)
    return queries.refund(refund.id)


def test_a_refund_that_succeeded_and_then_failed_is_owed_again(stripe, paid, failed, run_jobs, mailbox):
    assert failed.status == "failed"
    assert balance("sessions_owed", "usd") == 12000
    assert f"refund-failed:{failed.id}" in {line.key for line in entries(subject_ids=[paid.subject_id])}
    assert balance("stripe", "usd") == stripe.balance_net()
    assert reconcile().agrees
    assert [refund.id for refund in queries.owed_refunds()] == [failed.id]


def test_admins_are_told_of_it_once(paid, moment, run_jobs, mailbox, stripe):
    admin = an_admin()
    refunds.intend_refund(paid, cents=6000, reason="a test", key="test")
    run_jobs()
    (refund,) = queries.refunds_of(paid.id)
    moment.advance(minutes=2)
    refunds.sync_refund(refund.stripe_id)
    refunds.sync_refund(refund.stripe_id)
    run_jobs()
    (mail,) = mailbox.to(admin.email)
    assert "60.00 USD" in mail.get_body(("plain",)).get_content()


def test_an_admin_sends_it_again_once(stripe, failed, run_jobs):
    admin = an_admin()
    again = refunds.retry_refund(admin, refund_id=failed.id)
    assert (again.amount_cents, again.status) == (6000, "intended")
    with pytest.raises(refunds.NotOwed):
        refunds.retry_refund(admin, refund_id=failed.id)
    run_jobs()
    assert balance("sessions_owed", "usd") == 6000
    assert reconcile().agrees
    assert queries.owed_refunds() == []
    with pytest.raises(refunds.NotOwed):
        refunds.retry_refund(admin, refund_id=again.id)


def test_nobody_else_sends_it_again_and_what_is_not_there_is_not_found(failed):
    with pytest.raises(NotFound):
        refunds.retry_refund(a_person("Bob"), refund_id=failed.id)
    with pytest.raises(NotFound):
        refunds.retry_refund(an_admin(), refund_id=uuid.uuid4())
