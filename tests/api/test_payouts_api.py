"""Banks, balances, runs, the ledger and its comparison with Stripe through the API."""

from datetime import timedelta

import pytest

from marketplace import clock
from marketplace.bookings.completions import service as completions
from marketplace.bookings.earnings import service as earnings
from marketplace.bookings.payment_outcomes import service as payment_outcomes
from marketplace.ledger.queries.balances import balances
from marketplace.payouts.queries import bank_accounts as bank_account_queries
from marketplace.payouts.service import bank_accounts
from tests.factories import a_booking, an_admin, an_offering

NOBODYS = "019547d2-0000-7000-8000-000000000000"


@pytest.fixture
def booking(ada, mia, stripe, moment):
    """A session that took place, its earning payable."""
    at_ten = (clock.now() + timedelta(days=1)).replace(hour=10)
    booking = a_booking(mia, an_offering(ada), at_ten, stripe)
    moment.advance(days=9)
    payment_outcomes.settle_payment(str(booking.payment_id))
    completions.complete_sessions()
    earnings.release_earnings()
    return booking


def usd(amount):
    return {"amount": amount, "currency": "usd"}


def connected(coach, api, stripe):
    hers = api(coach.user)
    link = hers.post("/coach/bank", {"country": "de"})
    assert link.status_code == 200, link.json
    stripe.onboard(bank_account_queries.account_of(coach.id).stripe_id)


def test_from_a_session_to_the_bank(ada, booking, api, stripe, run_jobs):
    hers, admins = api(ada.user), api(an_admin())
    assert hers.get("/coach/bank").json == {
        "connected": False,
        "ready": False,
        "country": None,
        "status": None,
        "checked_at": None,
    }
    (line,) = admins.get("/admin/payables").json["items"]
    assert (line["reason"], line["payable"]) == (
        {"code": "no_bank", "parameters": {}, "sentence": f"{line['name']} has not connected a bank yet."},
        usd(10800),
    )
    connected(ada, api, stripe)
    assert hers.get("/coach/bank").json["connected"]
    bank_accounts.refresh_account(bank_account_queries.account_of(ada.id).stripe_id)
    assert hers.get("/coach/bank").json["ready"]

    proposed = admins.post("/admin/payout-runs")
    assert proposed.status_code == 201
    run = proposed.json
    assert proposed.headers["Location"].endswith(f"/api/v1/admin/payout-runs/{run['id']}")
    assert [(p["coach"], p["amount"], p["status"]) for p in run["payouts"]] == [("ada", usd(10800), "proposed")]
    assert hers.get("/coach/balance").json["payable"] == [usd(10800)]
    approved = admins.post(f"/admin/payout-runs/{run['id']}/approve")
    assert (approved.status_code, approved.json["payouts"][0]["status"]) == (200, "approved")
    run_jobs()

    (payout,) = admins.get(f"/admin/payout-runs/{run['id']}").json["payouts"]
    assert (payout["status"], payout["transfer"][:3], payout["reason"]) == ("paid", "tr_", None)
    balance = hers.get("/coach/balance").json
    assert (balance["payable"], balance["waiting"], balance["paid_out"]) == ([], [], [usd(10800)])
    assert [p["status"] for p in balance["payouts"]] == ["paid"]
    asked = admins.post("/admin/reconciliations", {"everything": True}).json
    run_jobs()
    found = admins.get(f"/admin/reconciliations/{asked['id']}").json
    assert (found["agrees"], found["differences"], found["failure"]) == (True, [], None)
    assert found["compared"] > 0


def test_why_a_payout_waits_is_told_to_each_reader(ada, booking, api, stripe, run_jobs):
    connected(ada, api, stripe)
    bank_accounts.refresh_account(bank_account_queries.account_of(ada.id).stripe_id)
    of_coach, of_admin = api(ada.user), api(an_admin())
    run = of_admin.post("/admin/payout-runs").json
    stripe.onboard(bank_account_queries.account_of(ada.id).stripe_id, "rejected")
    bank_accounts.refresh_account(bank_account_queries.account_of(ada.id).stripe_id)
    of_admin.post(f"/admin/payout-runs/{run['id']}/approve")
    run_jobs()
    (for_admin,) = of_admin.get(f"/admin/payout-runs/{run['id']}").json["payouts"]
    (for_coach,) = of_coach.get("/coach/balance").json["payouts"]
    sentence = "bank details are not complete at our payment provider."
    code = {"code": "bank_not_ready", "parameters": {}}
    assert for_admin["reason"] == code | {"sentence": f"Ada's {sentence}"}
    assert for_coach["reason"] == code | {"sentence": f"Your {sentence}"}
    statement = f"/coach/payouts/{for_coach['id']}"
    assert of_coach.get(statement).json["payout"]["reason"] == for_coach["reason"]
    assert of_admin.get(statement).json["payout"]["reason"] == for_admin["reason"]


def test_a_payout_is_reversed_and_its_statement_says_why(ada, booking, api, stripe, run_jobs):
    connected(ada, api, stripe)
    bank_accounts.refresh_account(bank_account_queries.account_of(ada.id).stripe_id)
    hers, admins = api(ada.user), api(an_admin())
    run = admins.post("/admin/payout-runs").json
    admins.post(f"/admin/payout-runs/{run['id']}/approve")
    run_jobs()
    payout_id = run["payouts"][0]["id"]
    where = f"/admin/payouts/{payout_id}/reversals"
    assert admins.get(where).json == {"items": [], "left": usd(10800)}
    asked = {"amount": usd(4000), "left": usd(10800), "reason": "A stolen card."}
    first = admins.post(where, asked, Idempotency_Key="once")
    assert (first.status_code, first.json["status"], first.json["amount"]) == (201, "intended", usd(4000))
    assert admins.post(where, asked, Idempotency_Key="once").json == first.json
    assert admins.post(where, asked).status_code == 409
    assert list(admins.post(where, asked | {"left": usd(6800), "amount": usd(6801)}).json["errors"]) == ["amount"]
    euros = {"amount": 1, "currency": "eur"}
    assert list(admins.post(where, asked | {"amount": euros}).json["errors"]) == ["amount.currency"]
    assert list(admins.post(where, asked | {"reason": ""}).json["errors"]) == ["reason"]
    run_jobs()
    (made,) = admins.get(where).json["items"]
    assert (made["status"], made["reversal"][:4]) == ("made", "trr_")
    assert admins.post(f"/admin/payout-reversals/{made['id']}/retry").status_code == 409
    (told,) = hers.get(f"/coach/payouts/{payout_id}").json["reversals"]
    assert (told["amount"], told["reason"]) == (usd(4000), "A stolen card.")
    balance = hers.get("/coach/balance").json
    assert (balance["payable"], balance["paid_out"]) == ([usd(4000)], [usd(6800)])


def test_the_same_key_proposes_once(ada, booking, api, stripe):
    connected(ada, api, stripe)
    account = bank_account_queries.account_of(ada.id)
    bank_accounts.refresh_account(account.stripe_id)
    admins = api(an_admin())
    first = admins.post("/admin/payout-runs", Idempotency_Key="weekly")
    again = admins.post("/admin/payout-runs", Idempotency_Key="weekly")
    assert (first.status_code, again.status_code, again.json) == (201, 201, first.json)
    assert admins.post("/admin/payout-runs").status_code == 409
    run_id = first.json["id"]
    assert admins.post(f"/admin/payout-runs/{run_id}/cancel").json["cancelled_at"]
    assert admins.post(f"/admin/payout-runs/{run_id}/cancel").status_code == 409
    payout_id = first.json["payouts"][0]["id"]
    assert admins.post(f"/admin/payouts/{payout_id}/retry").status_code == 409


def test_runs_are_read_page_by_page(ada, booking, api, stripe):
    connected(ada, api, stripe)
    bank_accounts.refresh_account(bank_account_queries.account_of(ada.id).stripe_id)
    admins = api(an_admin())
    made = []
    for _ in range(3):
        made.append(admins.post("/admin/payout-runs").json["id"])
        admins.post(f"/admin/payout-runs/{made[-1]}/cancel")
    first = admins.get("/admin/payout-runs?limit=2").json
    assert [run["id"] for run in first["items"]] == made[:0:-1]
    second = admins.get(f"/admin/payout-runs?limit=2&after={first['next_cursor']}").json
    assert ([run["id"] for run in second["items"]], second["next_cursor"]) == (made[:1], None)
    assert admins.get("/admin/payout-runs?limit=0").status_code == 422


def test_the_ledger_is_filtered_and_paged(ada, booking, api):
    admins = api(an_admin())
    everything = admins.get("/admin/ledger").json
    assert len(everything["items"]) == 4
    assert everything["next_cursor"] is None
    for about in (booking.id, booking.payment_id):
        assert len(admins.get(f"/admin/ledger?about={about}").json["items"]) == 4
    assert admins.get(f"/admin/ledger?about={NOBODYS}").json["items"] == []
    fees = admins.get("/admin/ledger?account=stripe_fees").json["items"]
    assert [(line["debit"], line["credit"], line["cents"]) for line in fees] == [("stripe_fees", "stripe", 378)]
    page = admins.get("/admin/ledger?limit=3").json
    rest = admins.get(f"/admin/ledger?limit=3&after={page['next_cursor']}").json
    assert [line["id"] for line in page["items"] + rest["items"]] == [line["id"] for line in everything["items"]]
    assert admins.get("/admin/ledger?about=x").json["errors"] == {"about": ["This is no id of ours."]}


def test_a_country_is_needed_and_known(ada, api, stripe):
    hers = api(ada.user)
    for body in ({}, {"country": "XX"}, {"country": 5}):
        answer = hers.post("/coach/bank", body)
        assert (answer.status_code, list(answer.json["errors"])) == (422, ["country"]), body
    assert hers.call("POST", "/coach/bank", ["DE"]).status_code == 422


ADMINS_ADDRESSES = [
    ("GET", "/admin/payables"),
    ("POST", "/admin/payout-runs"),
    ("GET", "/admin/payout-runs"),
    ("GET", f"/admin/payout-runs/{NOBODYS}"),
    ("POST", f"/admin/payout-runs/{NOBODYS}/approve"),
    ("POST", f"/admin/payout-runs/{NOBODYS}/cancel"),
    ("POST", f"/admin/payouts/{NOBODYS}/retry"),
    ("GET", f"/admin/payout-runs/{NOBODYS}/transfers"),
    ("GET", f"/admin/payout-runs/{NOBODYS}/transfers.csv"),
    ("POST", f"/admin/payouts/{NOBODYS}/transferred"),
    ("POST", f"/admin/payouts/{NOBODYS}/returned"),
    ("GET", f"/admin/payouts/{NOBODYS}/lines"),
    ("GET", f"/admin/payouts/{NOBODYS}/reversals"),
    ("POST", f"/admin/payouts/{NOBODYS}/reversals"),
    ("POST", f"/admin/payout-reversals/{NOBODYS}/retry"),
    ("POST", f"/admin/coaches/{NOBODYS}/payout-hold"),
    ("POST", f"/admin/coaches/{NOBODYS}/payout-hold/release"),
    ("GET", "/admin/ledger"),
    ("GET", "/admin/reconciliations"),
    ("POST", "/admin/reconciliations"),
    ("GET", f"/admin/reconciliations/{NOBODYS}"),
]


@pytest.mark.parametrize(("method", "path"), ADMINS_ADDRESSES)
def test_money_is_for_admins(method, path, ada, mia, api, anonymous_api):
    assert anonymous_api.call(method, path).status_code == 401
    for person in (mia, ada.user):
        assert api(person).call(method, path).status_code == 404
    assert api(an_admin(), scopes=("read", "write", "money")).call(method, path).status_code == 403
    assert balances() == {}


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/coach/bank"), ("POST", "/coach/bank"), ("GET", "/coach/balance")]
)
def test_a_bank_is_for_coaches(method, path, mia, api, anonymous_api):
    body = {"country": "DE"} if method == "POST" else None
    assert anonymous_api.call(method, path, body).status_code == 401
    assert api(mia).call(method, path, body).status_code in {403, 404}
    assert api(mia, scopes=("write",)).call(method, path, body).status_code == 403
