"""The ledger's explorer: accounts, an account over some days, a month, a booking's whole timeline; and each as CSV."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest

from marketplace.bookings.cancellations.service import cancel
from marketplace.bookings.earnings.service import release
from marketplace.db import session, uuid7
from marketplace.ledger.service.closings import close_ledger
from marketplace.ledger.service.postings import post
from marketplace.payments import queries as payments
from marketplace.payouts.models import Payout, PayoutRun
from marketplace.payouts.service.payout_lines import claim_lines
from tests.factories import a_booking, a_coach, a_person, an_admin, an_offering

TEN = datetime(2027, 3, 3, 10, tzinfo=UTC)


def words(answer):
    return answer.get_data(as_text=True)


def table(answer):
    assert answer.mimetype == "text/csv"
    return list(csv.DictReader(io.StringIO(words(answer))))


@pytest.fixture
def browser(browser_of):
    return browser_of(an_admin("Alma"))


@pytest.fixture
def held(ada, stripe, moment):
    """A session that took place, its earning released."""
    booking = a_booking(a_person("Mia"), an_offering(ada), TEN, stripe)
    booking.status, booking.outcome = "completed", "took_place"
    session().commit()
    moment.set(TEN + timedelta(days=10))
    assert release(booking.id)
    return booking


def posted(key, debit, credit, cents, currency="usd"):
    post(key, debit=debit, credit=credit, cents=cents, currency=currency, subject_id=uuid7())
    session().commit()


def test_accounts_are_listed_in_words_with_what_is_below_zero(browser, ada, held):
    posted("payout-sent:1", f"coach:{ada.id}", "in_transit", 20000)
    page = words(browser.get("/admin/ledger/accounts"))
    for shown in ("Our balance at Stripe", "116.22 USD", "Owed to @ada", "-92.00 USD", "Our fees", "12.00 USD"):
        assert shown in page
    owing = words(browser.get("/admin/ledger/accounts?owing=true"))
    assert ("-92.00 USD" in owing, "116.22 USD" in owing) == (True, False)


@pytest.mark.parametrize(
    ("asked", "found", "not_found"),
    [
        ("search=ada", "@ada", "@bea"),
        ("search=@BE", "@bea", "@ada"),
        ("search=stripe", "Our balance at Stripe", "@ada"),
        ("kind=coach&currency=JPY", "@bea", "@ada"),
        ("currency=usd", "@ada", "@bea"),
        ("search=100%25", "No account fits.", "@ada"),
    ],
)
def test_accounts_are_found_by_words_and_filters(asked, found, not_found, browser, ada):
    posted("a", "stripe", f"coach:{ada.id}", 500)
    posted("b", "stripe", f"coach:{a_coach('bea', currency='jpy').id}", 900, "jpy")
    page = words(browser.get(f"/admin/ledger/accounts?{asked}"))
    assert (found in page, not_found in page) == (True, False)


def test_accounts_are_sorted_by_link_and_paged(browser, ada, monkeypatch):
    posted("a", "stripe", f"coach:{ada.id}", 500)
    posted("b", "stripe", "revenue", 900)
    posted("c", "stripe", "revenue", 100)
    monkeypatch.setattr("marketplace.ledger_reports.queries.account_statements.PAGE", 1)
    for sort, first in (
        ("name", "Owed to @ada"),
        ("balance", "1,500" and "Our balance at Stripe"),
        ("entries", "Stripe"),
    ):
        page = words(browser.get(f"/admin/ledger/accounts?sort={sort}"))
        assert first in page.partition("<tbody>")[2]
        assert page.count("<tr>") == 2
    second = words(browser.get("/admin/ledger/accounts?sort=balance&page=2"))
    assert "Our fees" in second
    assert "sort=balance&amp;page=3" in second
    assert "page=4" not in words(browser.get("/admin/ledger/accounts?page=3"))
    assert len(table(browser.get("/admin/ledger/accounts.csv?sort=balance"))) == 3


def test_what_is_wrong_in_an_address_is_named_at_its_field(browser, held):
    for path, said in (
        ("accounts?sort=colour", "Sort by name, balance, entries."),
        ("accounts?page=none", "Pages are numbered from 1."),
        ("month?month=march", "Write a month as 2027-03."),
        ("accounts/stripe/usd?from=monday", "Write a day as 2027-03-31."),
        ("accounts/stripe/usd?from=2027-03-02&to=2027-03-01", "This is before the first day."),
        ("accounts/stripe/usd?after=x", "Take the cursor from the page before."),
    ):
        answer = browser.get(f"/admin/ledger/{path}")
        assert (answer.status_code, said in words(answer)) == (422, True), path


def test_an_account_over_some_days_runs_from_what_it_had_to_what_it_has(browser_of, ada, held, moment, monkeypatch):
    close_ledger()
    posted("payout-sent:1", f"coach:{ada.id}", "in_transit", 20000)
    moment.advance(days=20)
    browser = browser_of(an_admin("Alma"))
    posted("payout-returned:1", "in_transit", f"coach:{ada.id}", 20000)
    account = f"/admin/ledger/accounts/coach:{ada.id}/usd"
    page = words(browser.get(f"{account}?from=2027-03-01&to=2027-03-31"))
    for shown in ("Owed to @ada, USD", "Earning released to the coach", "-92.00 USD", "The transfer was refused"):
        assert shown in page or shown == "The transfer was refused"
    april = words(browser.get(f"{account}?from=2027-04-01&to=2027-04-30"))
    assert "The transfer was refused: the money is the coach" in april
    assert april.index("-92.00 USD") < april.index("108.00 USD")
    rows = table(browser.get(f"{account}/statement.csv?from=2027-03-01&to=2027-04-30"))
    assert [row["balance"] for row in rows] == ["0.00", "108.00", "-92.00", "108.00", "108.00"]
    assert (rows[1]["other"], rows[1]["amount"]) == ("Paid, not yet earned", "108.00")

    monkeypatch.setattr("marketplace.ledger_reports.queries.account_statements.CSV_BATCH", 1)
    assert table(browser.get(f"{account}/statement.csv?from=2027-03-01&to=2027-04-30")) == rows


def test_a_statement_is_paged_and_the_balance_runs_on(browser, ada, api, moment):
    for n in range(105):
        posted(f"paid:{n}", "stripe", "sessions_owed", 100)
        moment.advance(hours=3)
    close_ledger()
    first = words(browser.get("/admin/ledger/accounts/stripe/usd?from=2027-03-01&to=2027-03-31"))
    assert "100.00 USD" in first
    more = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    second = words(browser.get(more))
    assert second.count("<tr>") == 6
    assert ("101.00 USD" in second, "Back to the start" in second) == (True, True)
    told = api(an_admin("Bert")).get("/admin/ledger/accounts/stripe/usd?from=2027-03-01&to=2027-03-31").json
    assert (told["opening"], told["closing"], len(told["items"])) == (0, 10500, 100)
    rest = api(an_admin("Cleo")).get(
        f"/admin/ledger/accounts/stripe/usd?from=2027-03-01&to=2027-03-31&after={told['next_cursor']}"
    )
    assert [line["balance"] for line in rest.json["items"]] == [10100, 10200, 10300, 10400, 10500]
    assert rest.json["next_cursor"] is None


def test_an_account_that_never_was_is_not_found(browser):
    assert browser.get("/admin/ledger/accounts/stripe/eur").status_code == 404
    assert browser.get("/admin/ledger/accounts/stripe/eur/statement.csv").status_code == 404


def test_a_quiet_account_and_an_empty_ledger_say_so(browser):
    assert "Nothing has been booked yet." in words(browser.get("/admin/ledger/accounts"))
    assert "Nothing was booked until the end of this month." in words(browser.get("/admin/ledger/month"))
    posted("a", "stripe", "revenue", 900)
    page = words(browser.get("/admin/ledger/accounts/stripe/usd?from=2027-05-01"))
    assert "Nothing was booked in these days." in page
    assert page.count("9.00 USD") == 2


def test_a_month_has_what_each_kind_had_moved_and_has(browser, held, api):
    page = words(browser.get("/admin/ledger/month?month=2027-03"))
    for shown in ("March 2027", "Owed to coaches", "116.22 USD", "The month after"):
        assert shown in page
    assert "The month before" not in page
    april = table(browser.get("/admin/ledger/month.csv?month=2027-04"))
    assert {(row["kind"], row["opening"], row["closing"], row["entries"]) for row in april} == {
        ("coach", "108.00", "108.00", "0"),
        ("revenue", "12.00", "12.00", "0"),
        ("sessions_owed", "0.00", "0.00", "0"),
        ("stripe", "116.22", "116.22", "0"),
        ("stripe_fees", "3.78", "3.78", "0"),
    }
    assert "The month before" in words(browser.get("/admin/ledger/month?month=2027-04"))
    told = api(an_admin("Bert")).get("/admin/ledger/month?month=2027-03").json
    assert told["month"] == "2027-03"
    assert {
        "kind": "coach",
        "currency": "usd",
        "opening": 0,
        "debit": 0,
        "credit": 10800,
        "closing": 10800,
        "entries": 1,
    } in (told["items"])


def test_a_bookings_whole_timeline_is_in_order_and_sums_to_zero(browser, ada, held, api, moment):
    alma = an_admin("Alma")
    run = PayoutRun(id=uuid7(), proposed_by=alma.id)
    session().add(run)
    session().flush()
    payout = Payout(run_id=run.id, coach_id=ada.id, amount_cents=10800, currency="usd", status="paid", stripe_id="tr_1")
    payout.tried_at = payout.sent_at = moment.now
    session().add(payout)
    session().flush()
    assert claim_lines(payout.id, 10800)
    posted("payout-sent:1", f"coach:{ada.id}", "in_transit", 10800)
    payment = payments.of_subject(held.id)
    for about in (held.id, payment.id):
        page = words(browser.get(f"/admin/ledger/timelines/{about}"))
        told = (
            "120.00 USD was asked for",
            "The mentee paid",
            "Stripe took its fee",
            "Earning released to the coach",
            "We earned our fee",
            "Paid out to @ada, within a payout of 108.00 USD",
            "Where it is now",
        )
        places = [page.index(shown) for shown in told]
        assert places == sorted(places)
        assert page.rpartition("<tfoot>")[2].count("0.00 USD") == 1
        assert f"/sessions/{held.id}" in page
        assert f"/admin/payouts/{run.id}" in page
    rows = table(browser.get(f"/admin/ledger/timelines/{held.id}/timeline.csv"))
    assert [row["amount"] for row in rows] == ["", "120.00", "3.78", "108.00", "12.00", ""]
    told = api(alma).get(f"/admin/ledger/timelines/{held.id}").json
    assert (told["booking_ids"], told["payment_id"], told["payout_ids"]) == (
        [str(held.id)],
        str(payment.id),
        [str(payout.id)],
    )
    assert sum(each["amount"] for each in told["balances"]) == 0
    assert f"/admin/ledger/timelines/{held.id}" in words(browser.get(f"/sessions/{held.id}"))
    assert "Payout to @ada" in words(browser.get(f"/admin/ledger/timelines/{payout.id}"))
    assert f"/admin/ledger/timelines/{payout.id}" in words(browser.get(f"/admin/payouts/{run.id}"))


def test_what_went_back_and_what_failed_is_in_the_timeline(browser, ada, stripe, moment, run_jobs):
    mia = a_person("Mia")
    booking = a_booking(mia, an_offering(ada), TEN, stripe)
    cancel(mia, booking_id=booking.id, expected_refund_cents=12000)
    run_jobs()
    page = words(browser.get(f"/admin/ledger/timelines/{booking.id}"))
    assert "120.00 USD is to be refunded" in page
    assert "Refunded to the mentee" in page
    refund = payments.refunds_of(payments.of_subject(booking.id).id)[0]
    refund.status, refund.failure = "failed", None
    session().commit()
    assert "120.00 USD could not be refunded: no reason given" in words(
        browser.get(f"/admin/ledger/timelines/{booking.id}")
    )


def test_a_disputes_way_is_in_the_timeline(browser, ada, stripe):
    from marketplace.payments.models import Dispute

    booking = a_booking(a_person("Mia"), an_offering(ada), TEN, stripe)
    payment = payments.of_subject(booking.id)
    for n, (status, said) in enumerate([("won", "was won"), ("lost", "was lost"), ("warning_closed", "asks no more")]):
        session().add(
            Dispute(
                payment_id=payment.id,
                stripe_id=f"dp_{n}",
                amount_cents=12000,
                fee_cents=0,
                reason="product_not_received",
                status=status,
                opened_at=TEN,
                submitted_at=TEN,
                closed_at=TEN,
            )
        )
        session().commit()
        page = words(browser.get(f"/admin/ledger/timelines/{payment.id}"))
        assert "asks about 120.00 USD: product not received" in page
        assert "Our evidence was sent to the bank" in page
        assert said in page


def test_a_timeline_of_what_was_only_booked_and_of_nothing(browser):
    about = uuid7()
    assert browser.get(f"/admin/ledger/timelines/{about}").status_code == 404
    post("gift:1", debit="stripe", credit="revenue", cents=500, currency="usd", subject_id=about)
    session().commit()
    page = words(browser.get(f"/admin/ledger/timelines/{about}"))
    assert ("What was booked" in page, "Gift" in page) == (True, True)


def test_no_cell_of_a_table_is_a_formula(browser):
    post("paid:1", debit="=1+1", credit="@sum", cents=500, currency="usd", subject_id=uuid7(), source="=HYPERLINK(1)")
    session().commit()
    for path in ("accounts.csv", "accounts/=1+1/usd/statement.csv"):
        cells = {cell for row in table(browser.get(f"/admin/ledger/{path}")) for cell in row.values()}
        assert not [cell for cell in cells if cell.startswith(("=", "@"))], path
    assert "'=1+1" in words(browser.get("/admin/ledger.csv"))


PATHS = [
    "accounts",
    "accounts.csv",
    "accounts/stripe/usd",
    "accounts/stripe/usd/statement.csv",
    "month",
    "month.csv",
    "timelines/019547d2-0000-7000-8000-000000000000",
    "timelines/019547d2-0000-7000-8000-000000000000/timeline.csv",
]


def test_the_explorer_is_for_admins(browser_of, client, ada):
    posted("a", "stripe", "revenue", 900)
    mia = browser_of(a_person("Mia"))
    for path in PATHS:
        assert client.get(f"/admin/ledger/{path}").location.startswith("/login?next=/admin"), path
        assert mia.get(f"/admin/ledger/{path}").status_code == 404, path


def test_commands_refuse_whoever_calls_them(ada):
    from datetime import date

    from marketplace.errors import NotFound
    from marketplace.ledger_reports.queries import account_statements
    from marketplace.ledger_reports.queries import timelines as ledger_timelines

    mia, first = a_person("Mia"), date(2027, 3, 1)
    for refused in (
        lambda: account_statements.accounts(mia),
        lambda: account_statements.kinds_and_currencies(mia),
        lambda: account_statements.statement(mia, "stripe", "usd", first=first, last=first),
        lambda: account_statements.month(mia, first),
        lambda: account_statements.begins_at(mia),
        lambda: ledger_timelines.timeline(mia, ada.id),
    ):
        with pytest.raises(NotFound):
            refused()


def test_the_api_lists_accounts_page_by_page(api, ada, monkeypatch):
    posted("a", "stripe", "revenue", 900)
    monkeypatch.setattr("marketplace.ledger_reports.queries.account_statements.PAGE", 1)
    alma = api(an_admin("Alma"))
    first = alma.get("/admin/ledger/accounts?sort=name").json
    assert (first["items"][0]["name"], first["items"][0]["balance"], first["next_page"]) == ("revenue", 900, 2)
    second = alma.get("/admin/ledger/accounts?page=2").json
    assert (second["items"][0]["label"], second["next_page"]) == ("Our balance at Stripe", None)
    assert alma.get("/admin/ledger/accounts?sort=x").json["errors"] == {"sort": ["Sort by name, balance, entries."]}
