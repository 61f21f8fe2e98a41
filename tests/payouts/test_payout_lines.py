"""What a payout is made of: entries of its coach's account, each in one payout alone, together its amount."""

import importlib.util
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from marketplace.db import session, uuid7
from marketplace.ledger.rules import coach as account_of_coach
from marketplace.ledger.service.postings import post
from marketplace.payouts.models import Payout, PayoutLine
from marketplace.payouts.queries import bank_accounts as bank_account_queries
from marketplace.payouts.queries import payables as payable_queries
from marketplace.payouts.queries import payout_lines as payout_line_queries
from marketplace.payouts.queries import runs as run_queries
from marketplace.payouts.queries.payout_lines import PayoutStatementLine
from marketplace.payouts.rules import states as payout_states
from marketplace.payouts.rules.reasons import STRIPE_SAID, in_words
from marketplace.payouts.service import payout_lines
from marketplace.payouts.service import reversals as payout_reversals
from marketplace.payouts.service import runs as payout_runs
from marketplace.payouts.service import transfers as payout_transfers
from marketplace.payouts.service.payout_lines import reclaim_lines
from marketplace.payouts.service.runs import _proposed
from marketplace.payouts.service.transitions import transition_payout

MIGRATION = Path(__file__).parents[2] / "migrations" / "versions" / "0027_payout_lines.py"


@pytest.fixture
def known(ada, bank):
    """Ada, whose bank is connected."""
    bank(ada)
    return ada


def booked(coach, cents, key="test", subject_id=None):
    debit, credit = "sessions_owed", account_of_coach(coach.id)
    if cents < 0:
        debit, credit = credit, debit
    fact = {"cents": abs(cents), "currency": "usd", "subject_id": subject_id or uuid7()}
    assert post(f"{key}:{uuid7()}", debit=debit, credit=credit, **fact)
    session().commit()


def lines_of(payout):
    return [line.cents for line in payout_line_queries.statement_lines(payout)]


def test_every_entry_is_a_line_and_debts_are_netted(known, alma):
    for cents in (10000, -2500, 4000, -1):
        booked(known, cents)
    (payout,) = payout_runs.propose_run(alma).payouts
    assert (payout.amount_cents, lines_of(payout)) == (11499, [10000, -2500, 4000, -1])


def test_a_line_says_which_session_and_what_happened(known, alma, earn):
    booking = earn(known)
    booked(known, -1000, "beyond-coach", booking.id)
    (payout,) = payout_runs.propose_run(alma).payouts
    earned, given = payout_line_queries.statement_lines(payout)
    assert (earned.title, earned.what, earned.cents, earned.starts_at) == (
        "One hour of mentoring",
        "",
        10800,
        booking.starts_at,
    )
    assert (given.title, given.what, given.cents) == ("One hour of mentoring", "refunded to the mentee", -1000)
    assert (earned.mentee, earned.price_cents, earned.refunded_cents, earned.fee_cents) == ("Mia", 12000, 0, 1200)
    assert (given.mentee, given.price_cents, given.refunded_cents, given.fee_cents) == ("Mia", None, None, None)
    assert earned.booking_id == given.booking_id == booking.id


def test_what_is_missing_of_the_price_was_refunded_before_it_was_earned():
    half = PayoutStatementLine(1, "release-coach:1", "One hour", None, 5400, price_cents=12000, fee_cents=600)
    assert half.refunded_cents == 6000


def test_the_next_payout_carries_what_was_booked_since(known, alma, approved, run_jobs, stripe):
    stripe.add_available(50000)
    booked(known, 10000)
    (first,) = approved()
    booked(known, 3000)
    run_jobs()
    booked(known, -500)
    (second,) = payout_runs.propose_run(alma).payouts
    assert (lines_of(first), lines_of(second), second.amount_cents) == ([10000], [3000, -500], 2500)


def test_what_came_back_is_a_line_of_the_next(known, alma, approved, run_jobs, stripe):
    stripe.add_available(50000)
    booked(known, 10000)
    (first,) = approved()
    run_jobs()
    payout_reversals.reverse_payout(alma, payout_id=first.id, cents=4000, reason="Stolen.", expected_left_cents=10000)
    run_jobs()
    (second,) = payout_runs.propose_run(alma).payouts
    (line,) = payout_line_queries.statement_lines(second)
    assert (line.title, line.cents) == ("A payout that was returned", 4000)


def test_a_cancelled_payout_lets_its_entries_go(known, alma):
    booked(known, 10000)
    first = payout_runs.propose_run(alma)
    payout_runs.cancel_run(alma, run_id=first.id)
    (again,) = payout_runs.propose_run(alma).payouts
    assert lines_of(again) == [10000]
    assert lines_of(first.payouts[0]) == [10000]
    assert session().scalar(select(func.count()).where(PayoutLine.live)) == 1


def test_a_payout_that_is_no_longer_covered_lets_its_entries_go(known, alma):
    booked(known, 10000)
    run = payout_runs.propose_run(alma)
    booked(known, -1000)
    (failed,) = payout_runs.approve_run(alma, run_id=run.id).payouts
    assert failed.status == payout_states.FAILED
    (again,) = payout_runs.propose_run(alma).payouts
    assert lines_of(again) == [10000, -1000]


def test_what_falls_after_approval_or_is_refused_for_good_lets_its_entries_go(known, alma, approved, run_jobs):
    booked(known, 10000)
    (payout,) = approved()
    booked(known, -1000)
    payout_transfers.send_payout(str(payout.id))
    assert session().scalar(select(func.count()).where(PayoutLine.live)) == 0
    bank_account_queries.account_of(known.id).stripe_id = "acct_gone"
    session().commit()
    (payout,) = approved()
    run_jobs()
    assert run_queries.find(str(payout.id)).status == payout_states.FAILED
    assert session().scalar(select(func.count()).where(PayoutLine.live)) == 0


def test_a_failed_payout_is_not_sent_with_money_that_another_has_carried(known, alma, approved, run_jobs, stripe):
    stripe.add_available(50000)
    booked(known, 10000)
    (failed,) = approved()
    transition_payout(failed, payout_states.SENDING)
    transition_payout(failed, payout_states.FAILED, reason=in_words(STRIPE_SAID, "No such destination."))
    session().commit()
    approved()
    run_jobs()
    booked(known, 15000)
    with pytest.raises(payout_lines.CarriedByAnother):
        payout_runs.retry_payout(alma, payout_id=failed.id)
    assert run_queries.find(str(failed.id)).status == payout_states.FAILED


def test_a_payout_that_failed_before_there_were_lines_is_not_tried_again(known, alma, approved):
    booked(known, 10000)
    (failed,) = approved()
    session().execute(text("delete from payout_lines"))
    with pytest.raises(payout_lines.CarriedByAnother):
        reclaim_lines(failed)


def test_a_balance_that_moved_since_it_was_read_is_left_to_the_next_run(known, alma):
    booked(known, 10000)
    (seen,) = payable_queries.all_payables()
    with pytest.raises(payout_runs.NothingPayable):
        _proposed([replace(seen, balance_cents=9999)], alma.id)
    session().commit()
    assert session().scalar(select(func.count()).select_from(Payout)) == 0
    assert session().scalar(select(func.count()).select_from(PayoutLine)) == 0


def the_migration():
    spec = importlib.util.spec_from_file_location("payout_lines", MIGRATION)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_payouts_from_before_get_the_entries_that_they_were_made_of(known, alma, approved, run_jobs, stripe):
    stripe.add_available(50000)
    for cents in (10000, -500):
        booked(known, cents)
    (first,) = approved()
    run_jobs()
    booked(known, 3000)
    (second,) = approved()
    session().execute(text("delete from payout_lines"))
    for statement in the_migration().BACKFILL:
        session().execute(text(statement))
    assert (lines_of(first), lines_of(second)) == ([10000, -500], [3000])


def test_what_an_older_payouts_lines_cannot_tell_is_set_off_in_the_next(known, alma, approved, run_jobs, stripe):
    stripe.add_available(50000)
    booked(known, 10000)
    (first,) = approved()
    # Booked before the payout as it seems, and not in it.
    session().execute(text("delete from payout_lines"))
    session().execute(text("update payouts set amount_cents = 9000 where id = :id"), {"id": first.id})
    session().commit()
    run_jobs()
    for statement in the_migration().BACKFILL:
        session().execute(text(statement))
    session().commit()
    assert lines_of(first) == [10000, -1000]
    booked(known, 2000)
    (second,) = payout_runs.propose_run(alma).payouts
    assert (lines_of(second), second.amount_cents) == ([2000, 1000], 3000)
    assert payout_line_queries.statement_lines(second)[-1].title == "Carried over from before"


def test_lines_are_read_page_by_page_and_a_run_shows_the_first(known, alma, browser_of, api, monkeypatch):
    for number in range(7):
        booked(known, 1000 + number)
    run = payout_runs.propose_run(alma)
    (payout,) = run.payouts
    browser = browser_of(alma)
    page = browser.get(f"/admin/payouts/{run.id}").get_data(as_text=True)
    assert "What is in it: 7 lines" in page
    assert ("10.04 USD" in page, "10.05 USD" in page, "All of it" in page) == (True, False, True)
    monkeypatch.setattr("marketplace.pages.statements.LINES", 3)
    path = f"/payouts/{payout.id}"
    first = browser.get(path).get_data(as_text=True)
    assert ("10.02 USD" in first, "10.03 USD" in first) == (True, False)
    assert f'href="{path}?after=3"' in first
    last = browser.get(f"{path}?after=6").get_data(as_text=True)
    assert ("10.06 USD" in last, 'rel="next"' in last, "Back to the start" in last) == (True, False, True)
    admins, where = api(alma), f"/admin/payouts/{payout.id}/lines"
    told = admins.get(f"{where}?limit=4").json
    assert ([line["cents"] for line in told["items"]], told["next_cursor"]) == ([1000, 1001, 1002, 1003], 4)
    told = admins.get(f"{where}?limit=4&after=4").json
    assert ([line["cents"] for line in told["items"]], told["next_cursor"]) == ([1004, 1005, 1006], None)
    assert admins.get(f"{where}?after=-1").status_code == 422
