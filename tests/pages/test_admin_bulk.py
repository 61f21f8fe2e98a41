"""What is alike is done at once, and a run shows how far it is."""

import pytest
from sqlalchemy import text

from marketplace.db import session, uuid7
from marketplace.ledger.rules import coach as account_of_coach
from marketplace.ledger.service.postings import post
from marketplace.notifications.models import Message
from marketplace.payouts.models import ConnectedAccount
from marketplace.payouts.queries import runs as run_queries
from marketplace.payouts.rules import states as payout_states
from marketplace.payouts.rules.progress import RunProgress, progress
from marketplace.payouts.rules.reasons import BANK_NOT_READY, Reason
from marketplace.payouts.service import runs as payout_runs
from tests.factories import a_coach, a_person, an_admin, open_all_week
from tests.pages.reading import read
from tests.queue import waiting


@pytest.fixture
def browser(alma, browser_of):
    return browser_of(alma)


def payable(handle, **changes):
    """A coach with a bank and 108.00 USD."""
    coach = open_all_week(a_coach(handle, **changes))
    session().add(ConnectedAccount(coach_id=coach.id, country="DE", stripe_id=f"acct_{handle}", ready=True))
    credit = account_of_coach(coach.id)
    post(f"test:{handle}", debit="sessions_owed", credit=credit, cents=10800, currency="usd", subject_id=uuid7())
    session().commit()
    return coach


@pytest.mark.parametrize(
    ("states", "found"),
    [
        (["proposed", "proposed"], None),
        (["approved", "sending", "paid"], RunProgress(1, 3)),
        (["waiting", "to_transfer", "failed", "reversed", "cancelled"], RunProgress(5, 5)),
    ],
)
def test_a_run_is_as_far_as_its_payouts(states, found):
    assert progress(states) == found
    assert found is None or found.is_over is (found.done == found.payouts)


def test_several_runs_are_approved_at_once_and_those_that_may_not_be_are_named(browser, alma):
    payable("ada")
    first = payout_runs.propose_run(alma)
    payable("grace")
    second = payout_runs.propose_run(alma)
    session().commit()
    page = read(browser.get("/admin/payouts"))
    assert "Approve and send what is ticked, 216.00 USD in all" in page.text
    sent = {"run": [str(first.id), str(second.id)]}
    answer = browser.submit("/admin/payouts/approve-all", sent, seen="/admin/payouts", follow_redirects=True)
    assert "2 runs are approved." in read(answer).text
    assert waiting().count("send_payout") == 2
    again = browser.submit("/admin/payouts/approve-all", sent, seen="/admin/payouts", follow_redirects=True)
    assert "Not everything was approved: This run has been approved." in read(again).text
    odd = browser.submit("/admin/payouts/approve-all", {"run": "odd"}, seen="/admin/payouts")
    assert odd.status_code == 404


def test_what_pays_the_admin_is_not_offered_for_approval(browser, alma):
    an_admin("Bert")
    payable("alma", user=alma)
    payout_runs.propose_run(alma)
    payable("ada")
    payout_runs.propose_run(alma)
    payable("grace")
    payout_runs.propose_run(alma)
    session().commit()
    page = read(browser.get("/admin/payouts"))
    assert sum(each.startswith("run-") for each in page.ids) == 2


def test_all_that_waits_in_a_run_is_tried_again_at_once(browser, alma):
    payable("ada")
    payable("grace")
    run = payout_runs.propose_run(alma)
    payouts = payout_runs.approve_run(alma, run_id=run.id).payouts
    for payout in payouts:
        payout.reason = Reason(BANK_NOT_READY)
    session().execute(text("delete from procrastinate_jobs"))
    session().commit()
    path = f"/admin/payouts/{run.id}"
    assert "Try all 2 again" in read(browser.get(path)).text
    answer = browser.submit(f"{path}/retry-all", seen=path, follow_redirects=True)
    assert "2 payouts are being tried again." in read(answer).text
    assert waiting().count("send_payout") == 2


def test_what_may_not_be_tried_again_is_named_and_keeps_no_other_back(browser, alma):
    bert = an_admin("Bert")
    payable("alma", user=alma)
    payable("ada")
    run = payout_runs.propose_run(alma)
    payouts = payout_runs.approve_run(bert, run_id=run.id).payouts
    for payout in payouts:
        payout.reason = Reason(BANK_NOT_READY)
    session().execute(text("delete from procrastinate_jobs"))
    session().commit()
    path = f"/admin/payouts/{run.id}"
    answer = browser.submit(f"{path}/retry-all", seen=path, follow_redirects=True)
    said = read(answer).text
    assert "1 payout is being tried again." in said
    assert "Not everything could be tried again: This includes a payout to yourself: another admin decides" in said
    assert waiting().count("send_payout") == 1


def test_a_run_under_way_is_followed_by_the_script_of_its_page(browser, alma):
    payable("ada")
    run = payout_runs.propose_run(alma)
    payout_runs.approve_run(alma, run_id=run.id)
    session().commit()
    path = f"/admin/payouts/{run.id}"
    page = browser.get(path)
    assert 'id="standing" aria-live="polite" data-live="2"' in page.text
    assert "0 of 1" in read(page).text
    (payout,) = run_queries.run(alma, run.id).payouts
    payout.status = payout_states.PAID
    session().commit()
    page = browser.get(path)
    assert "1 of 1" in read(page).text
    assert "data-live" not in page.text


def test_failed_jobs_of_one_name_and_all_failed_mails_are_tried_again_at_once(browser):
    failed = "insert into procrastinate_jobs (queue_name, task_name, status) values ('default', :name, 'failed')"
    for name in ("send_payout", "send_payout", "remind"):
        session().execute(text(failed), {"name": name})
    for number in range(2):
        session().add(Message(recipient=f"{number}@example.com", subject="Hi", text="x", status="failed", error="no"))
    session().commit()
    assert "Run all again: Send a payout" in read(browser.get("/admin/jobs")).text
    answer = browser.submit("/admin/jobs/rerun-all", {"name": "send_payout"}, seen="/admin/jobs", follow_redirects=True)
    assert "2 jobs are back in the queue." in read(answer).text
    assert waiting() == ["send_payout", "send_payout"]
    answer = browser.submit("/admin/mails/resend-all", seen="/admin/jobs", follow_redirects=True)
    assert "2 mails are being sent again." in read(answer).text


def test_nobody_else_does_so(browser_of):
    mia = browser_of(a_person("Mia"))
    for path in ("/admin/jobs/rerun-all", "/admin/mails/resend-all", "/admin/payouts/approve-all"):
        assert mia.submit(path, seen="/account").status_code == 404, path
