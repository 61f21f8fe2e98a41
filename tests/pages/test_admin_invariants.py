"""Invariants, reconciliations and sweeps on the admins' pages, in the API, and for those who watch the server."""

import re
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from marketplace import clock
from marketplace.db import session, uuid7
from marketplace.invariants import service as invariants
from marketplace.invariants.models import InvariantResult
from marketplace.ledger.service.postings import post
from marketplace.reconciliation import service as reconciliation
from marketplace.sweeps import service as sweeps
from tests.factories import a_booking, a_coach, a_person, an_offering, open_all_week
from tests.pages.reading import read
from tests.queue import waiting
from tests.settings import change


def words(answer):
    """What a person reads, without the tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.text))


@pytest.fixture
def browser(alma, browser_of):
    return browser_of(alma)


def break_it():
    subject, common = uuid7(), {"cents": 1, "currency": "usd"}
    post("a-gift", debit="stripe", credit="in_transit", subject_id=subject, source="ch_gift", **common)
    session().commit()


def test_a_check_that_breaks_is_shown_with_what_breaks_it(browser, run_jobs):
    assert "Not looked at yet" in words(browser.get("/admin/invariants"))
    break_it()
    assert browser.submit("/admin/invariants").status_code == 303
    run_jobs()
    answer = browser.get("/admin/invariants")
    shown = words(answer)
    assert "1 of" in shown
    assert "What is in transit is what payouts are sending." in shown
    assert "Account in_transit : the ledger has 1 usd, payouts send 0" in shown
    assert "/admin/ledger?account=in_transit" in answer.text
    assert "Not true since" in words(browser.get("/admin"))


ONE = "019547d2-0000-7000-8000-000000000000"


@pytest.mark.parametrize(
    ("kind", "id_", "said", "words", "address"),
    [
        (
            "booking",
            ONE,
            "held although it has lapsed",
            f"Session {ONE}: held although it",
            f"/admin/ledger?about={ONE}",
        ),
        ("payout", ONE, "paid, left 2 times", f"Payout {ONE}: paid, left 2 times", f"/admin/ledger?about={ONE}"),
        ("payment", "no payment", "owes 5 usd", "Payment no payment: owes 5 usd", None),
        ("coach", ONE, "free time differs", f"Coach {ONE}: free time differs", f"/admin/ledger?account=coach:{ONE}"),
        ("account", "in_transit", "has 1 usd", "Account in_transit: has 1 usd", "/admin/ledger?account=in_transit"),
        ("event", "evt_1", "made.up: no", "Stripe event evt_1: made.up: no", "/admin/events?state=open"),
        ("job", "7", "send_refund, given up after 9 tries", "Job 7: Send a refund, given up", "/admin/jobs"),
        ("mail", ONE, "Hello: SMTP: no", f"Mail {ONE}: Hello: SMTP: no", "/admin/jobs"),
        ("entry", ONE, "is gone", f"Entry {ONE}: is gone", None),
    ],
)
def test_what_breaks_a_check_leads_to_where_more_is_known(kind, id_, said, words, address, browser):
    offender = {"kind": kind, "id": id_, "said": said, "since": None}
    told = {"count": 1, "looked_at": clock.now(), "broken_since": clock.now()}
    before = set(read(browser.get("/admin/invariants")).links)
    session().add(InvariantResult(name="every_payout_once", offenders=[offender], **told))
    page = read(browser.get("/admin/invariants"))
    assert words in page.text
    assert set(page.links) - before == ({address} - {None, *before})
    if address is not None:
        assert address in page.links
        assert browser.get(address).status_code == 200


def test_the_worker_reconciles_and_differences_are_named(browser, stripe, run_jobs):
    assert "Nothing has been reconciled yet." in words(browser.get("/admin/reconciliation"))
    break_it()
    answer = browser.submit("/admin/reconciliation", {"of": "everything"})
    assert answer.status_code == 303
    assert "Under way" in words(browser.get(answer.location))
    assert waiting() == ["run_reconciliation"]
    run_jobs()
    shown = words(browser.get(answer.location))
    assert "1 thing differs" in shown
    assert "ch_gift" in shown
    assert "0.01 USD" in shown
    assert "Asked for by an admin" in words(browser.get("/admin/reconciliation"))


def test_sweeps_are_listed(browser, stripe):
    assert "No sweep has run yet, and no worker is running." in words(browser.get("/admin/sweeps"))
    session().execute(text("insert into procrastinate_workers default values"))
    session().commit()
    running = words(browser.get("/admin/sweeps"))
    assert "The worker is running and makes the first one then." in running
    assert "no worker is running" not in running
    sweeps.sweep()
    shown = words(browser.get("/admin/sweeps"))
    assert "The next sweep is at Mon 1 Mar, 10:29 (Berlin)" in shown
    assert "Events: 0, Payments: 0, Refunds: 0, Payouts: 0" in shown
    assert "Nothing hung" in shown


def test_the_api_tells_the_same(alma, api, stripe, run_jobs):
    admin = api(alma)
    assert {check["well"] for check in admin.get("/admin/invariants").json} == {None}
    break_it()
    assert admin.post("/admin/invariants").status_code == 202
    asked = admin.post("/admin/reconciliations", {"everything": True})
    assert (asked.status_code, asked.json["finished_at"]) == (202, None)
    run_jobs()
    (broken,) = [check for check in admin.get("/admin/invariants").json if not check["well"]]
    assert (broken["name"], broken["count"], broken["violations"][0]["id"]) == (
        "in_transit_is_being_sent",
        1,
        "in_transit",
    )
    told = admin.get(f"/admin/reconciliations/{asked.json['id']}").json
    assert (told["agrees"], told["differences"][0]["source"], told["differences"][0]["difference"]) == (
        False,
        "ch_gift",
        1,
    )
    assert admin.get("/admin/reconciliations?limit=1").json["items"] == [told]
    sweeps.sweep()
    assert admin.get("/admin/sweeps").json[0]["failures"] == {}


def test_what_is_measured_is_read_from_the_database(client, stripe, run_jobs):
    a_booking(a_person("Mia"), an_offering(open_all_week(a_coach("ada"))), datetime(2027, 3, 4, 10, tzinfo=UTC), stripe)
    break_it()
    invariants.check_invariants()
    reconciliation.reconcile_nightly()
    run_jobs()
    lines = client.get("/metrics").text.splitlines()
    for line in (
        'fairhour_claims{state="confirmed"} 1.0',
        'fairhour_invariant_broken{name="in_transit_is_being_sent"} 1.0',
        'fairhour_invariant_broken{name="one_session_at_a_time"} 0.0',
        "fairhour_reconciliation_differences 1.0",
        'fairhour_ledger_balance_minor_units{account="sessions_owed",currency="usd"} 12000.0',
        'fairhour_jobs{state="failed"} 0.0',
    ):
        assert line in lines, line


def counted(client, labels):
    """How many requests of these labels were timed so far."""
    found = re.search(rf"^fairhour_request_seconds_count{{{labels}}} (\S+)$", client.get("/metrics").text, re.MULTILINE)
    return float(found[1]) if found else 0


@pytest.mark.parametrize(
    ("ask", "labels"),
    [
        (("GET", "/@nobody"), 'method="GET",rule="/@<handle>",status="4xx"'),
        (("GET", "/no/such/address"), 'method="GET",rule="none",status="4xx"'),
        (("BREW", "/"), 'method="other",rule="none",status="4xx"'),
        (("POST", "/apply"), 'method="POST",rule="/apply",status="4xx"'),
    ],
)
def test_requests_are_timed_by_rule_and_never_by_address(ask, labels, client):
    before = counted(client, labels)
    method, path = ask
    client.open(path, method=method)
    assert counted(client, labels) == before + 1


def test_any_process_answers_for_all_that_share_a_directory(client, tmp_path, monkeypatch):
    code = "from marketplace.pages.metrics import request_seconds as s; s().labels('/', 'GET', '2xx').observe(0.2)"
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    for _ in range(2):
        subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
    lines = client.get("/metrics").text.splitlines()
    assert 'fairhour_request_seconds_bucket{le="0.1",method="GET",rule="/",status="2xx"} 0.0' in lines
    assert 'fairhour_request_seconds_bucket{le="0.25",method="GET",rule="/",status="2xx"} 2.0' in lines


@pytest.mark.parametrize(
    ("token", "app_env", "given", "address", "status"),
    [
        ("", "test", "", "127.0.0.1", 200),
        ("", "test", "", "192.0.2.1", 404),
        ("", "production", "", "127.0.0.1", 404),
        ("secret", "production", "Bearer secret", "192.0.2.1", 200),
        ("secret", "production", "Bearer secrets", "192.0.2.1", 404),
        ("secret", "test", "", "127.0.0.1", 404),
    ],
)
def test_who_may_read_the_measures(token, app_env, given, address, status, client):
    change(metrics_token=token, app_env=app_env)
    headers = {"Authorization": given} if given else {}
    answer = client.get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": address})
    assert answer.status_code == status
