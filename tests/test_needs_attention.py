"""What needs an admin's attention, deadlines first."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from marketplace import clock, needs_attention
from marketplace.account_changes import service as account_changes
from marketplace.db import session, uuid7
from marketplace.errors import NotFound
from marketplace.invariants.models import InvariantResult
from marketplace.jobs import enqueue
from marketplace.ledger.rules import coach as account_of_coach
from marketplace.ledger.service.postings import post
from marketplace.notifications.models import Message
from marketplace.payments import queries as payments
from marketplace.payments import rules as payment_rules
from marketplace.payments.models import Dispute, Refund
from marketplace.payouts.models import ConnectedAccount
from marketplace.payouts.rules import reasons
from marketplace.payouts.rules import states as payout_states
from marketplace.payouts.rules.bank_details import Details
from marketplace.payouts.service import manual_transfers
from marketplace.payouts.service import runs as payout_runs
from marketplace.payouts.service.transitions import transition_payout
from marketplace.reconciliation.models import Reconciliation
from tests.factories import a_booking, a_coach, an_admin
from tests.scenes import TEN


def found(admin, kind=None):
    session().flush()
    return [item for item in needs_attention.items(admin) if kind in (None, item.kind)]


@pytest.fixture
def worker():
    """A worker that was heard of."""
    session().execute(text("insert into procrastinate_workers default values"))


@pytest.fixture
def payable(ada):
    """108.00 USD that Ada has earned, and a bank to send it to."""
    session().add(ConnectedAccount(coach_id=ada.id, country="DE", stripe_id="acct_ada", ready=True))
    credit = account_of_coach(ada.id)
    post("test:1", debit="sessions_owed", credit=credit, cents=10800, currency="usd", subject_id=uuid7())
    session().flush()
    return ada


@pytest.fixture
def payment(mia, offering, stripe):
    """120.00 USD that Mia paid."""
    return payments.of_subject(a_booking(mia, offering, TEN, stripe).id)


def test_nothing_needs_attention_where_all_is_well(alma, worker):
    assert found(alma) == []


def test_it_is_for_admins(mia):
    with pytest.raises(NotFound):
        needs_attention.items(mia)


def test_a_worker_that_nobody_has_heard_of_is_one(alma):
    assert [item.kind for item in found(alma)] == [needs_attention.WORKER]


def test_applications_are_named_up_to_five_and_then_counted(alma, worker):
    for number in range(7):
        a_coach(f"coach{number}", status="applied")
    items = found(alma)
    assert [len(item.names) for item in items] == [1, 1, 1, 1, 1, 0]
    assert [item.count for item in items] == [1, 1, 1, 1, 1, 2]
    assert all(item.since for item in items)


def test_a_change_of_an_account_is_for_whoever_did_not_propose_it(alma, worker):
    bert, carl = an_admin("Bert"), an_admin("Carl")
    account_changes.propose(alma, user_id=carl.id, kind="remove_admin", reason="Leaves.")
    (item,) = found(bert)
    assert (item.kind, item.names, item.said) == (needs_attention.ACCOUNT_CHANGE, ["Carl"], "remove_admin")
    assert found(alma) == []


def a_dispute(payment, due_by, **changes):
    values = {"status": "needs_response", "amount_cents": 12000, "fee_cents": 1500, "reason": "fraudulent"}
    row = Dispute(payment=payment, stripe_id=f"du_{uuid7()}", due_by=due_by, opened_at=clock.now(), **values | changes)
    session().add(row)
    return row


def test_deadlines_come_first_the_nearest_before_the_others(alma, worker, payment):
    a_coach("new", status="applied")
    later = a_dispute(payment, clock.now() + timedelta(days=9))
    sooner = a_dispute(payment, clock.now() + timedelta(days=2))
    a_dispute(payment, clock.now() + timedelta(days=1), evidence={"summary": "sent"})
    items = found(alma)
    assert [item.id for item in items[:2]] == [sooner.id, later.id]
    assert [item.kind for item in items[2:]] == [needs_attention.APPLICATION]
    assert items[0].sums == {"usd": 12000}


@pytest.mark.parametrize(
    ("status", "kind"),
    [(payment_rules.FAILED, needs_attention.REFUND_FAILED), (payment_rules.HELD, needs_attention.REFUND_HELD)],
)
def test_a_refund_that_failed_or_is_on_hold_is_one(status, kind, alma, worker, payment):
    session().add(
        Refund(
            payment_id=payment.id, key="k", amount_cents=500, reason="policy", status=status, failure="No such card."
        )
    )
    (item,) = found(alma, kind)
    assert (item.sums, item.said, item.id) == ({"usd": 500}, "No such card.", payment.subject_id)


def test_what_is_payable_a_run_to_approve_and_what_failed_follow_one_another(alma, worker, payable):
    (item,) = found(alma)
    assert (item.kind, item.count, item.sums) == (needs_attention.PAYABLE, 1, {"usd": 10800})
    run = payout_runs.propose_run(alma)
    (item,) = found(alma)
    assert (item.kind, item.id, item.sums) == (needs_attention.RUN, run.id, {"usd": 10800})
    (payout,) = payout_runs.approve_run(alma, run_id=run.id).payouts
    assert found(alma) == []
    transition_payout(payout, payout_states.FAILED, reason=reasons.in_words(reasons.STRIPE_SAID, "No such account."))
    (item,) = found(alma, needs_attention.PAYOUT_FAILED)
    assert (item.names, item.said, item.failed) == (["Ada"], "No such account.", True)
    payout_runs.propose_run(alma)
    assert found(alma, needs_attention.PAYOUT_FAILED) == []


def test_mail_jobs_and_checks_that_failed_are_some(alma, worker):
    session().add(Message(recipient="mia@example.com", subject="Hello", text="x", status="failed", error="SMTP: no"))
    failed = (
        "insert into procrastinate_jobs (queue_name, task_name, status) values ('default', 'send_payout', 'failed')"
    )
    session().execute(text(failed))
    session().add(InvariantResult(name="every_payout_once", count=2, broken_since=clock.now()))
    items = {item.kind: item for item in found(alma)}
    assert set(items) == {needs_attention.MAIL, needs_attention.JOBS, needs_attention.INVARIANT}
    assert items[needs_attention.MAIL].said == "SMTP: no"
    assert "one open payout" in items[needs_attention.INVARIANT].said


def test_a_reconciliation_that_differs_or_is_old_is_one(alma, worker, moment):
    done = Reconciliation(finished_at=clock.now(), differences=[{"source": "ch_1"}])
    session().add(done)
    (item,) = found(alma)
    assert (item.kind, item.count) == (needs_attention.RECONCILIATION_DIFFERS, 1)
    done.differences = []
    assert found(alma) == []
    moment.advance(hours=31)
    assert [item.kind for item in found(alma)] == [needs_attention.RECONCILIATION_MISSING]


def test_payments_that_stripe_does_not_know_are_one_with_their_sum(alma, worker, payment, moment):
    payment.missing_at = clock.now()
    session().flush()
    moment.advance(minutes=30)
    (item,) = found(alma)
    assert (item.kind, item.count, item.sums) == (needs_attention.PAYMENT_MISSING, 1, {"usd": 12000})
    assert (item.since, item.failed) == (payment.missing_at, True)


def test_transfers_to_make_by_hand_are_due_within_a_week(alma, worker, payable, run_jobs):
    manual_transfers.give_details(payable.user, details=Details("Ada Lovelace", "RS", "RS35260005601001611379"))
    run = payout_runs.propose_run(alma)
    payout_runs.approve_run(alma, run_id=run.id)
    run_jobs()
    (item,) = found(alma)
    assert (item.kind, item.id, item.count, item.sums) == (needs_attention.TRANSFERS, run.id, 1, {"usd": 10800})
    assert (item.since, item.due_by) == (clock.now(), clock.now() + timedelta(days=7))


def test_jobs_are_late_after_ten_minutes_and_counted_by_all_who_wait(alma, worker):
    for number in range(3):
        enqueue("remind", booking_id=str(number))
    assert found(alma) == []
    session().execute(text("update procrastinate_events set at = at - interval '11 minutes'"))
    (item,) = found(alma)
    assert (item.kind, item.count, item.failed) == (needs_attention.JOBS_LATE, 3, True)
    assert item.since < clock.of_the_machine() - timedelta(minutes=10)
