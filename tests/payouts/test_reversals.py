"""A paid payout is reversed with a reason that the coach reads: once, whatever crashes, never more than is left."""

import pytest
import requests
from sqlalchemy import text

from marketplace import db as database
from marketplace.audit.queries import timeline_of
from marketplace.db import session
from marketplace.errors import Invalid, NotFound, Unavailable
from marketplace.ledger.queries.balances import balance
from marketplace.ledger.rules import STRIPE, coach
from marketplace.payments.stripe_gateway import connect as stripe_connect
from marketplace.payouts.queries import bank_accounts as bank_account_queries
from marketplace.payouts.queries import earnings as earning_queries
from marketplace.payouts.queries import reversals as reversal_queries
from marketplace.payouts.queries import runs as run_queries
from marketplace.payouts.rules import reasons
from marketplace.payouts.rules import states as payout_states
from marketplace.payouts.rules.reasons import Reason
from marketplace.payouts.service import reversals as payout_reversals
from marketplace.payouts.service import runs as payout_runs
from marketplace.payouts.service import transfers as payout_transfers
from marketplace.reconciliation.service import reconcile
from tests.factories import a_person
from tests.queue import waiting

REASON = "The mentee's card was stolen."


@pytest.fixture
def paid(ada, bank, earn, approved, run_jobs):
    """A payout of 108.00 USD that has arrived at Stripe."""
    bank(ada)
    earn(ada)
    (payout,) = approved()
    run_jobs()
    return run_queries.find(str(payout.id))


@pytest.fixture
def reverse(alma, paid):
    """Decide to take so much of it back."""

    def reverse(cents, left=None, by=alma):
        left = reversal_queries.left_to_reverse(now(paid)) if left is None else left
        return payout_reversals.reverse_payout(
            by, payout_id=paid.id, cents=cents, reason=REASON, expected_left_cents=left
        )

    return reverse


def now(payout):
    return run_queries.find(str(payout.id))


def fresh(reversal):
    return reversal_queries.find_reversal(reversal.id)


def reversals(stripe, payout):
    return stripe.read(f"transfers/{payout.stripe_id}/reversals", limit=100)["data"]


def at_stripes_page(stripe, payout, cents):
    answer = requests.post(
        f"{stripe.url}/v1/transfers/{payout.stripe_id}/reversals",
        data={"amount": cents},
        headers={"Authorization": f"Bearer {stripe.secret_key}"},
        timeout=60,
    )
    answer.raise_for_status()


def told(mailbox, person, subject):
    return [mail for mail in mailbox.to(person.email) if subject in mail["Subject"]]


def body(mail):
    return mail.get_body(("plain",)).get_content()


def test_a_part_is_reversed_booked_and_told_with_its_reason(reverse, paid, ada, alma, stripe, run_jobs, mailbox):
    reversal = reverse(4000)
    assert (reversal.status, reversal_queries.left_to_reverse(now(paid))) == (payout_states.INTENDED, 6800)
    assert reversals(stripe, paid) == []
    run_jobs()
    (made,) = reversals(stripe, paid)
    assert (fresh(reversal).status, fresh(reversal).stripe_id) == (payout_states.MADE, made["id"])
    assert (now(paid).status, balance(coach(ada.id), "usd")) == (payout_states.PAID, 4000)
    assert earning_queries.earnings_of(ada).paid_out == {"usd": 6800}
    assert reconcile().agrees
    (mail,) = told(mailbox, ada.user, "reversed")
    assert mail["Subject"] == "40.00 USD of a payout was reversed"
    assert REASON in body(mail)
    assert told(mailbox, alma, "reversed") == []
    actions = [entry.action for entry in timeline_of(paid.id)]
    assert actions[-2:] == ["payout.reversal_intended", "payout.reversal_booked"]


def test_the_whole_in_two_parts_reverses_the_payout(reverse, paid, ada, run_jobs):
    reverse(800)
    reverse(10000)
    run_jobs()
    assert (now(paid).status, balance(coach(ada.id), "usd")) == (payout_states.REVERSED, 10800)
    assert earning_queries.earnings_of(ada).paid_out == {}
    with pytest.raises(payout_reversals.NothingToReverse):
        reverse(1)
    assert reconcile().agrees


@pytest.mark.parametrize("cents", [0, -1, 10801])
def test_never_more_than_is_left(cents, reverse):
    with pytest.raises(Invalid) as refusal:
        reverse(cents)
    assert refusal.value.fields == {"amount": ["Reverse from 0.01 USD to 108.00 USD."]}


def test_the_same_wish_sent_twice_happens_once(reverse, stripe, paid, run_jobs):
    reverse(4000, left=10800)
    with pytest.raises(payout_reversals.LeftToReverseChanged):
        reverse(4000, left=10800)
    run_jobs()
    assert [made["amount"] for made in reversals(stripe, paid)] == [4000]


def test_only_admins_reverse_and_only_what_was_paid(reverse, paid, ada, alma, bank, earn):
    for person in (ada.user, a_person("Mia")):
        with pytest.raises(NotFound):
            reverse(1, by=person)
    earn(ada)
    (proposed,) = payout_runs.propose_run(alma).payouts
    with pytest.raises(payout_reversals.NothingToReverse):
        payout_reversals.reverse_payout(alma, payout_id=proposed.id, cents=1, reason=REASON, expected_left_cents=0)
    reversal = reverse(1)
    with pytest.raises(NotFound):
        payout_reversals.retry_reversal(ada.user, reversal_id=reversal.id)


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "fail_after"])
def test_a_lost_answer_is_found_again(kind, reverse, paid, ada, stripe):
    reversal = reverse(4000)
    stripe.fault(f"/v1/transfers/{paid.stripe_id}/reversals", kind, method="POST")
    with pytest.raises(Unavailable):
        payout_reversals.send_reversal(str(reversal.id))
    assert fresh(reversal).status == payout_states.INTENDED
    payout_reversals.send_reversal(str(reversal.id))
    assert fresh(reversal).status == payout_states.MADE
    assert [made["amount"] for made in reversals(stripe, paid)] == [4000]
    assert balance(coach(ada.id), "usd") == 4000
    assert reconcile().agrees


class Interrupted(BaseException):
    """The process is gone."""


@pytest.mark.parametrize("commits", range(3))
def test_interrupted_between_any_two_commits_it_is_finished_by_the_sweep(
    commits, reverse, paid, ada, stripe, run_jobs, monkeypatch
):
    reversal = reverse(4000)
    left = [commits]
    commit = database.session().commit

    def die():
        if left[0] == 0:
            session().rollback()
            raise Interrupted
        left[0] -= 1
        commit()

    with monkeypatch.context() as dying:
        dying.setattr(database.session(), "commit", die)
        with pytest.raises(Interrupted):
            payout_reversals.send_reversal(str(reversal.id))
    session().execute(text("delete from procrastinate_jobs where task_name = 'send_reversal'"))
    session().commit()
    payout_transfers.resume_payouts()
    assert waiting().count("send_reversal") == 1
    payout_transfers.resume_payouts()
    assert waiting().count("send_reversal") == 1
    run_jobs()
    assert fresh(reversal).status == payout_states.MADE
    assert [made["amount"] for made in reversals(stripe, paid)] == [4000]
    assert balance(coach(ada.id), "usd") == 4000
    assert reconcile().agrees


def test_stripes_message_may_come_before_the_answer_and_after_it(reverse, paid, ada, stripe, mailbox, run_jobs):
    first = reverse(4000)
    stripe.fault(f"/v1/transfers/{paid.stripe_id}/reversals", "drop_after", method="POST")
    with pytest.raises(Unavailable):
        payout_reversals.send_reversal(str(first.id))
    payout_transfers.sync_transfer(paid.stripe_id)
    assert (fresh(first).status, balance(coach(ada.id), "usd")) == (payout_states.MADE, 4000)
    payout_reversals.send_reversal(str(first.id))
    second = reverse(1000)
    payout_reversals.send_reversal(str(second.id))
    for _ in range(2):
        payout_transfers.sync_transfer(paid.stripe_id)
    assert (fresh(second).status, balance(coach(ada.id), "usd")) == (payout_states.MADE, 5000)
    assert sorted(made["amount"] for made in reversals(stripe, paid)) == [1000, 4000]
    run_jobs()
    assert len(told(mailbox, ada.user, "reversed")) == 2
    assert reconcile().agrees


def test_what_stripes_page_took_lessens_what_is_left(reverse, paid, ada, alma, stripe, run_jobs, mailbox):
    at_stripes_page(stripe, paid, 10000)
    payout_transfers.sync_transfer(paid.stripe_id)
    assert reversal_queries.left_to_reverse(now(paid)) == 800
    with pytest.raises(Invalid):
        reverse(801)
    reverse(800)
    run_jobs()
    assert (now(paid).status, balance(coach(ada.id), "usd")) == (payout_states.REVERSED, 10800)
    assert len(told(mailbox, alma, "reversed")) == 1


def test_what_the_coach_no_longer_has_at_stripe_fails_and_is_tried_again(
    reverse, paid, ada, alma, stripe, run_jobs, mailbox
):
    account = bank_account_queries.account_of(ada.id).stripe_id
    _spend(stripe, account, 10800)
    reversal = reverse(4000)
    run_jobs()
    failed = fresh(reversal)
    assert (failed.status, failed.failure) == (payout_states.FAILED, Reason(reasons.BALANCE_SPENT))
    assert (now(paid).status, balance(coach(ada.id), "usd")) == (payout_states.PAID, 0)
    assert reversal_queries.left_to_reverse(now(paid)) == 10800
    assert Reason(reasons.BALANCE_SPENT).told(failed.payout.coach.user.name) in body(
        told(mailbox, alma, "not reversed")[0]
    )
    stripe.add_available(4000)
    stripe_connect.transfer(
        stripe_account_id=account, amount_cents=4000, currency="usd", payout_id=database.uuid7(), attempt=1
    )
    payout_reversals.retry_reversal(alma, reversal_id=reversal.id)
    run_jobs()
    assert (fresh(reversal).status, fresh(reversal).attempt) == (payout_states.MADE, 2)
    assert balance(coach(ada.id), "usd") == 4000
    with pytest.raises(payout_reversals.AlreadyReversed):
        payout_reversals.retry_reversal(alma, reversal_id=reversal.id)


def test_a_retry_takes_no_more_than_is_left_by_then(reverse, paid, ada, alma, stripe, run_jobs):
    _spend(stripe, bank_account_queries.account_of(ada.id).stripe_id, 4000)
    reversal = reverse(10000)
    run_jobs()
    assert fresh(reversal).status == payout_states.FAILED
    reverse(6000)
    run_jobs()
    with pytest.raises(payout_reversals.LessLeftToReverse):
        payout_reversals.retry_reversal(alma, reversal_id=reversal.id)
    assert balance(STRIPE, "usd") > 0
    assert reconcile().agrees


def _spend(stripe, account, cents):
    """The coach's balance at Stripe goes on to the bank."""
    answer = requests.post(
        f"{stripe.url}/v1/payouts",
        data={"amount": cents, "currency": "usd"},
        headers={"Authorization": f"Bearer {stripe.secret_key}", "Stripe-Account": account},
        timeout=60,
    )
    answer.raise_for_status()


@pytest.mark.parametrize("number", [12, 101], ids=["more than a transfer carries", "more than a page holds"])
def test_many_reversals_are_all_read(number, paid, ada, stripe):
    for _ in range(number):
        at_stripes_page(stripe, paid, 100)
    payout_transfers.sync_transfer(paid.stripe_id)
    assert balance(coach(ada.id), "usd") == number * 100


def test_what_is_meant_still_is_asked_for_again_as_it_was_meant(reverse, paid, ada, alma, stripe, run_jobs):
    reversal = reverse(4000)
    session().execute(text("delete from procrastinate_jobs where task_name = 'send_reversal'"))
    session().commit()
    assert payout_reversals.retry_reversal(alma, reversal_id=reversal.id).status == payout_states.INTENDED
    run_jobs()
    assert (fresh(reversal).status, fresh(reversal).attempt) == (payout_states.MADE, 1)
    assert [made["amount"] for made in reversals(stripe, paid)] == [4000]
    assert balance(coach(ada.id), "usd") == 4000


def test_a_refusal_that_comes_late_changes_nothing(reverse, paid):
    reversal = reverse(4000)
    payout_reversals.send_reversal(str(reversal.id))
    attempt = payout_reversals._ReversalAttempt(reversal.id, paid.id, 1, paid.stripe_id, 4000, resumed=False)
    payout_reversals._record_refused(attempt, "balance_insufficient", "No.")
    assert fresh(reversal).status == payout_states.MADE
