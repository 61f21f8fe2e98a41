"""No admin decides about a payout to themselves while another admin could."""

import pytest

from marketplace import clock
from marketplace.audit.queries import timeline_of
from marketplace.db import session
from marketplace.payouts.queries import runs as run_queries
from marketplace.payouts.rules import reasons
from marketplace.payouts.rules import states as payout_states
from marketplace.payouts.rules.bank_details import Details
from marketplace.payouts.service import manual_transfers
from marketplace.payouts.service import runs as payout_runs
from marketplace.payouts.service.own_payouts import OwnPayout
from marketplace.payouts.service.transitions import transition_payout
from tests.factories import a_coach, a_person, an_admin, open_all_week


@pytest.fixture
def alma_coach():
    """An admin who coaches as well, the only admin there is."""
    return open_all_week(a_coach("alma", user=a_person("Alma", role="admin")))


@pytest.fixture
def run(alma_coach, earn, bank):
    """A run of 108.00 USD to the admin, proposed by the admin."""
    bank(alma_coach)
    earn(alma_coach)
    return payout_runs.propose_run(alma_coach.user)


def test_a_run_that_pays_an_admin_is_approved_by_another(alma_coach, run):
    bert = an_admin("Bert")
    with pytest.raises(OwnPayout):
        payout_runs.approve_run(alma_coach.user, run_id=run.id)
    assert run_queries.run(bert, run.id).state == payout_states.PROPOSED
    assert payout_runs.approve_run(bert, run_id=run.id).approved_by == bert.id
    assert "own_payouts" not in timeline_of(run.id)[-1].details


def test_an_admin_without_another_approves_it_and_the_audit_trail_says_so(alma_coach, run):
    bert = an_admin("Bert")
    bert.active = False
    (payout,) = payout_runs.approve_run(alma_coach.user, run_id=run.id).payouts
    assert timeline_of(run.id)[-1].details["own_payouts"] == [str(payout.id)]


def test_an_own_payout_that_failed_is_tried_again_by_another(alma_coach, run):
    bert = an_admin("Bert")
    (payout,) = payout_runs.approve_run(bert, run_id=run.id).payouts
    transition_payout(payout, payout_states.FAILED, reason=reasons.in_words(reasons.STRIPE_SAID, "No."))
    with pytest.raises(OwnPayout):
        payout_runs.retry_payout(alma_coach.user, payout_id=payout.id)
    assert payout_runs.retry_payout(bert, payout_id=payout.id).status == payout_states.APPROVED
    assert "own_payouts" not in timeline_of(payout.id)[-1].details


def test_that_a_bank_returned_an_own_transfer_is_recorded_by_another(alma_coach, earn, run_jobs):
    details = Details("Alma", "RS", "RS35260005601001611379")
    manual_transfers.give_details(alma_coach.user, details=details)
    earn(alma_coach)
    bert = an_admin("Bert")
    run = payout_runs.propose_run(alma_coach.user)
    (payout,) = payout_runs.approve_run(bert, run_id=run.id).payouts
    session().commit()
    run_jobs()
    today = clock.now().date()
    manual_transfers.mark_transferred(bert, payout_id=payout.id, reference="AB-1", transferred_on=today)
    with pytest.raises(OwnPayout):
        manual_transfers.mark_returned(alma_coach.user, payout_id=payout.id, reason="Closed.")
    returned = manual_transfers.mark_returned(bert, payout_id=payout.id, reason="Closed.")
    assert returned.status == payout_states.REVERSED


def test_the_page_of_a_run_says_who_approves_what_pays_an_admin(alma_coach, run, browser_of):
    browser, path = browser_of(alma_coach.user), f"/admin/payouts/{run.id}"
    alone = browser.get(path).get_data(as_text=True)
    assert "you are the only admin" in alone
    assert "Approve and send" in alone
    an_admin("Bert")
    page = browser.get(path).get_data(as_text=True)
    assert "so another admin approves the run" in page
    assert "Approve and send" not in page
    refused = browser.submit(f"{path}/approve", seen=path)
    assert (refused.status_code, "another admin decides about it" in refused.get_data(as_text=True)) == (409, True)
