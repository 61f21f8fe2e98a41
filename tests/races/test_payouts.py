"""Two people and a worker at one payout in the same moment: for real, with threads and commits."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, text

from marketplace import clock
from marketplace.audit.queries import timeline_of
from marketplace.db import begin_transaction, session, uuid7
from marketplace.errors import Conflict, Unavailable
from marketplace.ledger import rules as ledger
from marketplace.ledger.models import Entry
from marketplace.ledger.queries.balances import balance
from marketplace.ledger.service.postings import post
from marketplace.payouts.models import PayoutLine
from marketplace.payouts.queries import bank_accounts as bank_account_queries
from marketplace.payouts.queries import payables as payable_queries
from marketplace.payouts.queries import reversals as reversal_queries
from marketplace.payouts.queries import runs as run_queries
from marketplace.payouts.rules import states as payout_states
from marketplace.payouts.rules.bank_details import Details
from marketplace.payouts.rules.reasons import ON_HOLD, STRIPE_SAID, in_words
from marketplace.payouts.service import bank_accounts, manual_transfers
from marketplace.payouts.service import holds as payout_holds
from marketplace.payouts.service import reversals as payout_reversals
from marketplace.payouts.service import runs as payout_runs
from marketplace.payouts.service import transfers as payout_transfers
from marketplace.payouts.service.payout_lines import release_lines
from tests.factories import a_coach, an_admin

pytestmark = pytest.mark.real

ROUNDS = range(5)


@pytest.fixture
def alma(real_app):
    with real_app.app_context():
        return an_admin("Alma")


@pytest.fixture
def proposed(real_app, stripe, alma):
    """A payout of 100.00 USD to a coach with a bank, proposed by Alma; the money is at Stripe."""
    with real_app.app_context():
        ada = a_coach("ada")
        stripe.add_available(100000)
        bank_accounts.connect_bank(ada.user, country="DE")
        account = bank_account_queries.account_of(ada.id)
        stripe.onboard(account.stripe_id)
        bank_accounts.refresh_account(account.stripe_id)
        earned = {"debit": ledger.SESSIONS_OWED, "credit": ledger.coach(ada.id), "cents": 10000, "currency": "usd"}
        begin_transaction()
        post("earned", subject_id=uuid7(), **earned)
        session().commit()
        return payout_runs.propose_run(alma).payouts[0]


@pytest.fixture
def approved(real_app, proposed, alma):
    with real_app.app_context():
        return payout_runs.approve_run(alma, run_id=proposed.run_id).payouts[0]


@pytest.fixture
def paid(real_app, approved):
    with real_app.app_context():
        payout_transfers.send_payout(str(approved.id))
        return run_queries.find(str(approved.id))


@pytest.fixture
def at_once(real_app):
    """Do all of these in the same moment; what each answered or refused."""

    def at_once(*commands):
        ready = threading.Barrier(len(commands))

        def one(command):
            with real_app.app_context():
                ready.wait()
                try:
                    return command()
                except (Conflict, Unavailable) as refusal:
                    return refusal

        with ThreadPoolExecutor(len(commands)) as threads:
            return list(threads.map(one, commands))

    return at_once


def transfers(stripe):
    return stripe.read("transfers", limit=100)["data"]


def sum_of_live_lines():
    return sum(session().scalars(select(PayoutLine.cents).where(PayoutLine.live)))


@pytest.mark.parametrize("round_", ROUNDS)
def test_a_hold_in_the_moment_of_sending_is_before_it_or_after_it(round_, real_app, approved, alma, at_once, stripe):
    hold = {"coach_id": approved.coach_id, "reason": "Two mentees say that you were somebody else."}
    at_once(lambda: payout_transfers.send_payout(str(approved.id)), lambda: payout_holds.hold_coach(alma, **hold))
    with real_app.app_context():
        found = run_queries.find(str(approved.id))
        left = {payout_states.PAID: 0, payout_states.APPROVED: 10000}[found.status]
        assert len(transfers(stripe)) == (found.status == payout_states.PAID)
        assert (found.reason is not None and found.reason.code == ON_HOLD) is (found.status == payout_states.APPROVED)
        assert (balance(ledger.coach(found.coach_id), "usd"), balance(ledger.IN_TRANSIT, "usd")) == (left, 0)
        assert payable_queries.hold_of(found.coach_id)
        payout_transfers.send_payout(str(approved.id))
        assert len(transfers(stripe)) == (found.status == payout_states.PAID)
        payout_holds.release_coach(alma, coach_id=found.coach_id)
        payout_transfers.send_payout(str(approved.id))
        assert run_queries.find(str(approved.id)).status == payout_states.PAID
        assert len(transfers(stripe)) == 1
        assert balance(ledger.coach(found.coach_id), "usd") == 0


@pytest.mark.parametrize("round_", ROUNDS)
def test_of_two_admins_who_approve_one_run_one_does(round_, real_app, proposed, alma, at_once):
    with real_app.app_context():
        bert = an_admin("Bert")
    answers = at_once(*(lambda who=who: payout_runs.approve_run(who, run_id=proposed.run_id) for who in (alma, bert)))
    assert sorted(isinstance(answer, payout_runs.AlreadyApproved) for answer in answers) == [False, True]
    with real_app.app_context():
        jobs = session().scalar(text("select count(*) from procrastinate_jobs where task_name = 'send_payout'"))
        assert jobs == 1
        assert [entry.action for entry in timeline_of(proposed.run_id)].count("payout_run.approved") == 1


@pytest.mark.parametrize("status", [payout_states.APPROVED, payout_states.FAILED])
def test_a_retry_and_a_cancel_at_once_leave_one_of_the_two(status, real_app, approved, alma, at_once, stripe):
    with real_app.app_context():
        found = run_queries.find(str(approved.id))
        found.status, found.reason = status, in_words(STRIPE_SAID, "Something.")
        if status == payout_states.FAILED:
            release_lines(found)
        session().commit()
    retried, cancelled = at_once(
        lambda: payout_runs.retry_payout(alma, payout_id=approved.id),
        lambda: payout_runs.cancel_run(alma, run_id=approved.run_id),
    )
    with real_app.app_context():
        found = run_queries.find(str(approved.id))
        if found.status == payout_states.CANCELLED:
            assert not isinstance(cancelled, Exception)
        else:
            assert (found.status, found.reason) == (payout_states.APPROVED, None)
            assert isinstance(cancelled, payout_runs.NothingToCancel)
            assert not isinstance(retried, Exception)
        assert sum_of_live_lines() == (0 if found.status == payout_states.CANCELLED else 10000)
        goes = found.status == payout_states.APPROVED
        payout_transfers.send_payout(str(approved.id))
        assert len(transfers(stripe)) == goes


@pytest.mark.parametrize("round_", ROUNDS)
def test_what_an_admin_takes_back_is_booked_once_with_the_message_about_it(
    round_, real_app, paid, alma, at_once, stripe
):
    with real_app.app_context():
        taken = payout_reversals.reverse_payout(
            alma, payout_id=paid.id, cents=4000, reason="Stolen.", expected_left_cents=10000
        )
    at_once(
        *(lambda: payout_reversals.send_reversal(str(taken.id)) for _ in range(3)),
        *(lambda: payout_transfers.sync_transfer(paid.stripe_id) for _ in range(3)),
    )
    with real_app.app_context():
        payout_reversals.send_reversal(str(taken.id))
        assert reversal_queries.find_reversal(taken.id).status == payout_states.MADE
        booked = session().scalars(select(Entry.cents).where(Entry.key.startswith("payout-reversed:"))).all()
        assert booked == [4000]
        assert balance(ledger.coach(paid.coach_id), "usd") == 4000
    assert [made["amount"] for made in stripe.read(f"transfers/{paid.stripe_id}/reversals")["data"]] == [4000]


def test_of_two_admins_who_take_the_same_back_one_does(real_app, paid, alma, at_once, stripe):
    with real_app.app_context():
        bert = an_admin("Bert")
    asked = {"payout_id": paid.id, "cents": 4000, "reason": "Stolen.", "expected_left_cents": 10000}
    answers = at_once(*(lambda who=who: payout_reversals.reverse_payout(who, **asked) for who in (alma, bert)))
    assert sorted(isinstance(answer, payout_reversals.LeftToReverseChanged) for answer in answers) == [False, True]


@pytest.mark.parametrize("round_", ROUNDS)
def test_of_two_admins_who_mark_one_transfer_one_does(round_, real_app, approved, alma, at_once):
    with real_app.app_context():
        details = Details("Ada Lovelace", "RS", "RS35260005601001611379")
        manual_transfers.give_details(run_queries.find(str(approved.id)).coach.user, details=details)
        payout_transfers.send_payout(str(approved.id))
        bert, today = an_admin("Bert"), clock.now().date()
    marked = {"payout_id": approved.id, "transferred_on": today}
    answers = at_once(
        lambda: manual_transfers.mark_transferred(alma, reference="A", **marked),
        lambda: manual_transfers.mark_transferred(bert, reference="B", **marked),
        lambda: manual_transfers.mark_returned(alma, payout_id=approved.id, reason="No such account."),
    )
    with real_app.app_context():
        found = run_queries.find(str(approved.id))
        assert found.status in {payout_states.FAILED, payout_states.REVERSED}
        sent = [answer for answer in answers[:2] if not isinstance(answer, Exception)]
        assert len(sent) == (found.status == payout_states.REVERSED)
        assert (balance(ledger.coach(found.coach_id), "usd"), balance(ledger.BANK, "usd")) == (10000, 0)
        assert balance(ledger.IN_TRANSIT, "usd") == 0
