"""A coach gives an account; an admin makes manual transfers, marks them, or what the bank sent back."""

from contextlib import contextmanager

import pytest
from sqlalchemy import event

from marketplace import clock
from marketplace.db import session, uuid7
from marketplace.ledger.rules import coach as account_of_coach
from marketplace.ledger.service.postings import post
from marketplace.pages import manual_transfers
from marketplace.payouts.models import Payout
from marketplace.payouts.queries import bank_accounts as bank_account_queries
from marketplace.payouts.queries import runs as run_queries
from marketplace.payouts.rules import states as payout_states
from marketplace.payouts.service import runs as payout_runs
from tests.factories import a_coach

IBAN = "RS35 2600 0560 1001 6113 79"
GIVEN = {"holder": "Ada Lovelace", "country": "RS", "account": IBAN, "bic": "", "bank_code": ""}


def words(answer):
    return answer.get_data(as_text=True)


@pytest.fixture
def ada():
    coach = a_coach("ada")
    fact = {"cents": 10800, "currency": "usd", "subject_id": uuid7()}
    post("earned", debit="sessions_owed", credit=account_of_coach(coach.id), **fact)
    session().commit()
    return coach


@pytest.fixture
def hers(ada, browser_of):
    return browser_of(ada.user)


@pytest.fixture
def sending(ada, hers, alma, run_jobs):
    """108.00 USD that wait for Alma to transfer them."""
    hers.submit("/dashboard/bank/transfer", GIVEN)
    (payout,) = payout_runs.approve_run(alma, run_id=payout_runs.propose_run(alma).id).payouts
    run_jobs()
    return run_queries.find(str(payout.id))


def now(payout):
    return run_queries.find(str(payout.id))


def test_a_coach_gives_an_account_reads_it_masked_and_removes_it(hers, ada):
    assert "Be paid by bank transfer" in words(hers.get("/dashboard/bank"))
    answer = hers.submit("/dashboard/bank/transfer", GIVEN)
    assert (answer.status_code, answer.location) == (303, "/dashboard/bank")
    for path in ("/dashboard/bank", "/dashboard/bank/transfer"):
        page = words(hers.get(path))
        assert "RS…1379" in page
        assert "0100161" not in page.replace(" ", "")
    assert "Payouts wait until your bank is connected" not in words(hers.get("/dashboard/earnings"))
    hers.submit("/dashboard/bank/transfer/withdraw", seen="/dashboard/bank/transfer")
    assert bank_account_queries.bank_details_of(ada.id) is None
    assert "Payouts wait until your bank is connected" in words(hers.get("/dashboard/earnings"))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"account": "RS35260005601001611378"}, "This IBAN has a mistake in it."),
        ({"country": "DE"}, "This IBAN is one of RS."),
        ({"country": "XX"}, "Choose the country of your bank."),
        ({"holder": " "}, "Fill this in."),
        ({"account": "1234567890"}, "needs its bank&#39;s BIC"),
        ({"bic": "NOBIC"}, "Write a BIC like"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_nothing_typed_is_lost(changed, said, hers, ada):
    answer = hers.submit("/dashboard/bank/transfer", GIVEN | changed)
    page = words(answer)
    assert (answer.status_code, said in page) == (422, True)
    for typed in (GIVEN | changed)["holder"].strip(), (GIVEN | changed)["account"]:
        assert f'value="{typed}"' in page or typed == ""
    assert bank_account_queries.bank_details_of(ada.id) is None


def test_an_admin_transfers_marks_and_the_statement_says_so(sending, alma, hers, browser_of):
    browser, run = browser_of(alma), f"/admin/payouts/{sending.run_id}"
    assert "1 is to be made." in words(browser.get(run))
    assert "Manual transfers to make" in words(browser.get("/admin/payouts"))
    path = f"{run}/transfers"
    page = words(browser.get(path))
    assert "RS35260005601001611379" in page
    assert "Mark 108.00 USD as sent" in page
    sheet = browser.get(f"{path}.csv")
    assert "Ada Lovelace,RS,RS35260005601001611379,,,108.00,USD" in words(sheet)
    assert sheet.headers["Cache-Control"] == "no-store"
    mark, today = f"{path}/{sending.id}/transferred", clock.now().date().isoformat()
    refused = browser.submit(mark, {"reference": "AB-1", "transferred_on": "2099-01-01"}, seen=path)
    page = words(refused)
    assert (refused.status_code, "This day is still to come." in page) == (422, True)
    assert 'value="AB-1"' in page
    assert 'value="2099-01-01"' in page
    assert browser.submit(mark, {"reference": "AB-1", "transferred_on": today}, seen=path).status_code == 303
    again = browser.submit(mark, {"reference": "AB-2", "transferred_on": today}, seen=path)
    assert (again.status_code, "an admin has marked it already" in words(again)) == (409, True)
    assert now(sending).reference == "AB-1"
    assert "0 manual transfers to make" in words(browser.get(path))
    page = words(hers.get(f"/payouts/{sending.id}"))
    assert "AB-1" in page
    assert "Reverse it" not in words(browser.get(f"/payouts/{sending.id}"))


def test_who_will_be_paid_by_manual_transfer_stands_on_the_proposal_and_why(hers, alma, browser_of, api):
    because = "By manual transfer: Ada gave us an account for it"
    browser = browser_of(alma)
    assert because not in words(browser.get("/admin/payouts"))
    hers.submit("/dashboard/bank/transfer", GIVEN)
    assert because in words(browser.get("/admin/payouts"))
    (due,) = api(alma).get("/admin/payables").json["items"]
    assert (due["rail"], due["reason"]) == ("manual", None)
    run = payout_runs.propose_run(alma)
    assert because in words(browser.get(f"/admin/payouts/{run.id}"))


@contextmanager
def read_payouts():
    """Collect the ids of payouts that are read from the database meanwhile."""
    read = []

    def note(payout, _context):
        read.append(payout.id)

    event.listen(Payout, "load", note)
    try:
        yield read
    finally:
        event.remove(Payout, "load", note)


def test_many_transfers_are_read_page_by_page(ada, hers, alma, browser_of, run_jobs, monkeypatch):
    monkeypatch.setattr(manual_transfers, "TRANSFERS_A_PAGE", 2)
    hers.submit("/dashboard/bank/transfer", GIVEN)
    for currency in ("eur", "gbp"):
        fact = {"cents": 10800, "currency": currency, "subject_id": uuid7()}
        post(f"earned-{currency}", debit="sessions_owed", credit=account_of_coach(ada.id), **fact)
    run = payout_runs.approve_run(alma, run_id=payout_runs.propose_run(alma).id)
    run_jobs()
    browser, path = browser_of(alma), f"/admin/payouts/{run.id}/transfers"
    for payout in run.payouts:
        session().expunge(payout)
    with read_payouts() as read:
        first = words(browser.get(path))
    assert len(read) == 2
    second = words(browser.get(f"{path}?from=2"))
    for page, said, forms in ((first, "1 to 2 of 3", 2), (second, "3 to 3 of 3", 1)):
        assert "3 manual transfers to make" in page
        assert said in page
        assert page.count("as sent") == forms
    assert f'href="{path}?from=2"' in first
    last = run_queries.manual_transfers(alma, run.id)[-1]
    mark = f"{path}/{last.id}/transferred?from=2"
    assert mark in second
    wrong = browser.submit(mark, {"reference": "AB-1", "transferred_on": "2099-01-01"}, seen=f"{path}?from=2")
    assert (wrong.status_code, 'value="AB-1"' in words(wrong)) == (422, True)
    done = {"reference": "AB-1", "transferred_on": clock.now().date().isoformat()}
    answer = browser.submit(mark, done, seen=f"{path}?from=2")
    assert (answer.status_code, answer.location) == (303, f"{path}?from=2")
    for start in (9, 10**30):
        assert "There are no more transfers here." in words(browser.get(f"{path}?from={start}"))


def test_what_the_bank_sent_back_is_marked(sending, alma, browser_of):
    browser, path = browser_of(alma), f"/admin/payouts/{sending.run_id}/transfers"
    back = f"{path}/{sending.id}/returned"
    refused = browser.submit(back, {"reason": ""}, seen=path)
    assert (refused.status_code, "Fill this in." in words(refused)) == (422, True)
    assert browser.submit(back, {"reason": "No such account."}, seen=path).status_code == 303
    assert now(sending).status == payout_states.FAILED
    assert "No such account." in words(browser.get(path))
    assert "Try again" in words(browser.get(f"/admin/payouts/{sending.run_id}"))


def test_accounts_are_changed_and_read_with_a_fresh_password_only(hers, sending, alma, moment, browser_of):
    browser = browser_of(alma)
    moment.advance(minutes=31)
    for one, path in ((hers, "/dashboard/bank/transfer"), (browser, f"/admin/payouts/{sending.run_id}/transfers")):
        assert "Your password, once more" in words(one.get(path))


def test_manual_transfers_through_the_api(ada, alma, api, run_jobs):
    hers, admins = api(ada.user), api(alma)
    where = "/coach/bank/transfer"
    assert hers.get(where).json == {"given": False, "country": None, "account": None, "given_at": None}
    wrong = hers.put(where, GIVEN | {"account": "RS35260005601001611378"})
    assert list(wrong.json["errors"]) == ["account"]
    given = hers.put(where, GIVEN)
    assert (given.status_code, given.json["account"]) == (200, "RS…1379")
    run = admins.post("/admin/payout-runs").json
    admins.post(f"/admin/payout-runs/{run['id']}/approve")
    run_jobs()
    (told,) = admins.get(f"/admin/payout-runs/{run['id']}/transfers").json["items"]
    assert (told["account"], told["amount"]["amount"], told["status"]) == ("RS35260005601001611379", 10800, "sending")
    assert "RS35260005601001611379" in words(admins.get(f"/admin/payout-runs/{run['id']}/transfers.csv"))
    mark, today = f"/admin/payouts/{told['payout_id']}/transferred", clock.now().date().isoformat()
    assert list(admins.post(mark, {"reference": "A", "transferred_on": "x"}).json["errors"]) == ["transferred_on"]
    marked = admins.post(mark, {"reference": "A", "transferred_on": today}).json
    assert (marked["status"], marked["rail"], marked["reference"]) == ("paid", "manual", "A")
    assert admins.post(mark, {"reference": "A", "transferred_on": today}).status_code == 409
    back = admins.post(f"/admin/payouts/{told['payout_id']}/returned", {"reason": "Closed."}).json
    assert back["status"] == "reversed"
    assert hers.call("DELETE", where).status_code == 204
    assert not hers.get(where).json["given"]
