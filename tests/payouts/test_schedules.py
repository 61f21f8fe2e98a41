"""Weekly, monthly or when asked; statements and years."""

import csv
import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from pypdf import PdfReader

from marketplace import clock
from marketplace.bookings.goodwill_refunds import service as goodwill_refunds
from marketplace.currencies import Amounts
from marketplace.errors import Invalid, NotFound
from marketplace.ledger.service.postings import post
from marketplace.payouts.queries import earnings as earning_queries
from marketplace.payouts.queries import payables as payable_queries
from marketplace.payouts.queries import payout_lines as payout_line_queries
from marketplace.payouts.queries import runs as run_queries
from marketplace.payouts.queries import yearly_summaries as yearly_summary_queries
from marketplace.payouts.rules import reasons
from marketplace.payouts.rules.reasons import Reason
from marketplace.payouts.service import runs as payout_runs
from marketplace.payouts.service import schedules as payout_schedules
from tests.factories import a_coach
from tests.settings import change


def reason(coach, alma):
    (found,) = [payable for payable in payable_queries.payables(alma) if payable.coach_id == coach.id]
    return found.reason


def test_who_is_paid_on_request_asks_once_and_the_calendar_proposes_it(ada, alma, earn, bank, run_jobs):
    earn(ada)
    bank(ada)
    payout_schedules.choose_schedule(ada.user, schedule="on_demand")
    assert reason(ada, alma) == Reason(reasons.NOT_ASKED)
    with pytest.raises(payout_runs.NothingPayable):
        payout_runs.propose_run(alma)
    payout_schedules.ask(ada.user)
    assert "propose_due" in run_jobs()
    (run,) = run_queries.runs(alma)
    assert (run.proposed_by, [payout.amount_cents for payout in run.payouts]) == (None, [10800])
    assert payable_queries.terms_of(ada.id).asked_at is None
    payout_runs.approve_run(alma, run_id=run.id)
    run_jobs()
    assert earning_queries.earnings_of(ada).paid_out == {"usd": 10800}


def test_asking_for_nothing_says_why(ada, earn, bank):
    with pytest.raises(payout_schedules.NothingToAskFor, match="Nothing is payable"):
        payout_schedules.ask(ada.user)
    earn(ada)
    with pytest.raises(payout_schedules.NothingToAskFor, match="You have not connected a bank yet"):
        payout_schedules.ask(ada.user)


def test_a_little_may_be_asked_for_once_it_is_old(ada, earn, bank, moment):
    payout_schedules.choose_schedule(ada.user, schedule="on_demand")
    earn(ada, price_cents=1500)
    bank(ada)
    assert payable_queries.reason_not_to_ask(ada.id).code == reasons.BELOW_MINIMUM
    moment.advance(days=31)
    assert payable_queries.reason_not_to_ask(ada.id) is None


def test_the_calendar_proposes_on_its_day_once_and_tells_the_admins(ada, alma, earn, bank, moment, mailbox, run_jobs):
    earn(ada)
    bank(ada)
    moment.set(datetime(2027, 3, 16, 6, tzinfo=UTC))
    payout_runs.propose_due()
    assert run_queries.runs(alma) == []
    moment.set(datetime(2027, 3, 15, 6, tzinfo=UTC))
    payout_runs.propose_due()
    payout_runs.propose_due()
    assert len(run_queries.runs(alma)) == 1
    run_jobs()
    told = [mail for mail in mailbox.to(alma.email) if mail["Subject"] == "A payout run waits for approval"]
    assert len(told) == 1


def test_a_large_sum_is_proposed_by_a_person_so_that_two_look_at_it(ada, alma, earn, bank, moment, mailbox, run_jobs):
    earn(ada)
    bank(ada)
    moment.set(datetime(2027, 3, 15, 6, tzinfo=UTC))
    change(payout_two_people_above=Amounts(Decimal(100)))
    payout_runs.propose_due()
    payout_runs.propose_due()
    run_jobs()
    assert run_queries.runs(alma) == []
    assert [mail["Subject"] for mail in mailbox.to(alma.email) if "payout" in mail["Subject"]] == [
        "A large payout run is due"
    ]


def test_an_unknown_schedule_is_refused(ada):
    with pytest.raises(Invalid) as refused:
        payout_schedules.choose_schedule(ada.user, schedule="daily")
    assert list(refused.value.fields) == ["schedule"]


@pytest.fixture
def paid(ada, earn, bank, approved, run_jobs):
    earn(ada)
    bank(ada)
    (payout,) = approved()
    run_jobs()
    return run_queries.find(str(payout.id))


def test_a_statement_as_page_table_and_paper(paid, ada, browser_of, api):
    browser = browser_of(ada.user)
    page = browser.get(f"/payouts/{paid.id}").get_data(as_text=True)
    assert "One hour of mentoring" in page
    assert "108.00 USD" in page
    sheet = browser.get(f"/payouts/{paid.id}.csv").get_data(as_text=True).splitlines()
    (line,) = payout_line_queries.statement_lines(paid)
    assert f'href="/sessions/{line.booking_id}"' in page
    assert "120.00 USD paid, 12.00 USD our fee" in page
    assert str(line.starts_at.year) in page
    assert line.mentee in page
    (row,) = csv.DictReader(sheet)
    began = datetime.fromisoformat(row.pop("starts_at"))
    assert (began, began.utcoffset()) == (line.starts_at, timedelta(hours=1))
    assert row.pop("link").endswith(f"/sessions/{line.booking_id}")
    assert row == {
        "session": "One hour of mentoring",
        "mentee": line.mentee,
        "what": "",
        "price": "120.00",
        "refunded": "0.00",
        "our fee": "12.00",
        "amount": "108.00",
        "currency": "USD",
        "payout": str(paid.id),
    }
    paper = browser.get(f"/payouts/{paid.id}.pdf")
    words = "".join(part.extract_text() for part in PdfReader(io.BytesIO(paper.data)).pages)
    assert "Payout statement" in words
    assert "108.00 USD" in words
    told = api(ada.user).get(f"/coach/payouts/{paid.id}").get_json()
    assert [line["cents"] for line in told["lines"]] == [10800]
    assert api(ada.user).get(f"/coach/payouts/{paid.id}.csv").get_data(as_text=True).splitlines() == sheet


def test_a_statement_is_for_its_coach_and_admins(paid, ada, alma, browser_of, api):
    stranger = a_coach("bea").user
    for ending in ("", ".csv", ".pdf"):
        assert browser_of(stranger).get(f"/payouts/{paid.id}{ending}").status_code == 404
        assert browser_of(alma).get(f"/payouts/{paid.id}{ending}").status_code == 200
    assert api(stranger).get(f"/coach/payouts/{paid.id}").status_code == 404
    with pytest.raises(NotFound):
        run_queries.visible_payout(alma, ada.id)


def test_a_year_month_by_month(paid, ada, browser_of):
    (year,) = yearly_summary_queries.year_of(ada, 2027)
    march = year.months[2]
    assert (march.earned, march.fees, march.changed, march.paid_out) == (10800, 1200, 0, 10800)
    assert vars(year.total) | {"first": None} == vars(march) | {"first": None}
    assert yearly_summary_queries.years_of(ada) == [clock.now().year]
    browser = browser_of(ada.user)
    assert "108.00 USD" in browser.get("/dashboard/earnings/2027").get_data(as_text=True)
    sheet = browser.get("/dashboard/earnings/2027.csv").get_data(as_text=True).splitlines()
    assert sheet[3] == "2027-03,USD,108.00,12.00,0.00,108.00"
    words = PdfReader(io.BytesIO(browser.get("/dashboard/earnings/2027.pdf").data)).pages[0].extract_text()
    assert "Earnings of 2027" in words
    assert browser.get("/dashboard/earnings/2026").status_code == 404


def test_a_fee_below_zero_lessens_the_fees_of_its_month(ada, earn):
    booking = earn(ada)
    key, debit = f"release-fee:{booking.id}-made-up", "revenue"
    post(key, debit=debit, credit="sessions_owed", cents=200, currency="usd", subject_id=booking.id)
    (year,) = yearly_summary_queries.year_of(ada, 2027)
    assert (year.months[2].earned, year.months[2].fees) == (10800, 1000)


def test_years_are_those_of_either_side(ada, alma, earn, moment):
    assert yearly_summary_queries.years_of(ada) == []
    earn(ada)
    assert yearly_summary_queries.years_of(ada) == [2027]


def test_what_went_back_after_it_was_earned_is_a_change_of_its_month(ada, alma, earn, stripe):
    booking = earn(ada)
    goodwill_refunds.refund(
        alma,
        booking_id=booking.id,
        cents=6000,
        paid_by="split",
        reason="It was short.",
        expected_refundable_cents=12000,
    )
    (year,) = yearly_summary_queries.year_of(ada, 2027)
    march = year.months[2]
    assert (march.earned, march.changed, march.paid_out) == (10800, -5400, 0)


def test_the_earnings_page_lets_a_coach_choose_and_ask(ada, earn, bank, browser_of):
    earn(ada)
    bank(ada)
    browser = browser_of(ada.user)
    browser.submit("/dashboard/earnings/schedule", {"schedule": "on_demand"}, seen="/dashboard/earnings")
    assert "It goes out when you ask" in browser.get("/dashboard/earnings").get_data(as_text=True)
    browser.submit("/dashboard/earnings/ask", {}, seen="/dashboard/earnings")
    page = browser.get("/dashboard/earnings").get_data(as_text=True)
    assert "You asked" in page
    assert "Ask for a payout" not in page
    refused = browser.submit("/dashboard/earnings/schedule", {"schedule": "daily"}, seen="/dashboard/earnings")
    assert refused.status_code == 422
    assert "Choose one of" in refused.get_data(as_text=True)


def test_terms_through_the_api(ada, api):
    coach = api(ada.user)
    assert coach.put("/coach/payout-schedule", {"schedule": "monthly"}).get_json() == {
        "schedule": "monthly",
        "asked_at": None,
    }
    assert coach.put("/coach/payout-schedule", {"schedule": "daily"}).status_code == 422
    assert coach.post("/coach/payout-schedule/request").status_code == 409
    assert coach.get("/coach/payout-schedule").get_json()["schedule"] == "monthly"


def test_earnings_are_told_line_by_line_down_to_the_session(paid, ada, browser_of):
    (line,) = payout_line_queries.statement_lines(paid)
    browser = browser_of(ada.user)
    page = browser.get("/dashboard/earnings/lines").get_data(as_text=True)
    assert f'href="/sessions/{line.booking_id}"' in page
    assert f'href="/payouts/{paid.id}"' in page
    for shown in ("Mia", "120.00 USD", "12.00 USD", "108.00 USD", "-108.00 USD", "Paid out"):
        assert shown in page
    rows = list(csv.DictReader(browser.get("/dashboard/earnings/lines?format=csv").get_data(as_text=True).splitlines()))
    assert [(row["amount"], row["amount_currency"], row["fee"], row["mentee"]) for row in rows] == [
        ("-108.00", "usd", "", ""),
        ("108.00", "usd", "12.00", "Mia"),
    ]
    assert datetime.fromisoformat(rows[1]["booked_at"])
    assert rows[1]["link"].endswith(f"/sessions/{line.booking_id}")
    assert browser.get("/dashboard/earnings/lines?year=2027&page=2").status_code == 200


def test_lines_of_a_coach_are_nobody_elses(paid, alma, browser_of):
    assert "Mia" not in browser_of(a_coach("bea").user).get("/dashboard/earnings/lines").get_data(as_text=True)
    assert browser_of(alma).get("/dashboard/earnings/lines").status_code == 404


def test_asking_is_offered_only_where_it_can_succeed(ada, earn, bank, browser_of):
    payout_schedules.choose_schedule(ada.user, schedule="on_demand")
    browser = browser_of(ada.user)
    page = browser.get("/dashboard/earnings").get_data(as_text=True)
    assert "Ask for a payout" not in page
    assert "You cannot ask for a payout now: Nothing is payable." in page
    bank(ada)
    earn(ada)
    assert "Ask for a payout of 108.00 USD" in browser.get("/dashboard/earnings").get_data(as_text=True)


def test_the_months_of_a_year_are_drawn_and_told(paid, ada, browser_of):
    page = browser_of(ada.user).get("/dashboard/earnings").get_data(as_text=True)
    assert "<svg" in page
    assert "Earned: highest in Mar, 108.00 USD." in page
