"""A coach's bank and earnings on the pages."""

from datetime import timedelta

import pytest

from marketplace import clock
from marketplace.db import session, uuid7
from marketplace.ledger.rules import coach as account_of_coach
from marketplace.ledger.service.postings import post
from marketplace.payouts.queries import bank_accounts as bank_account_queries
from marketplace.payouts.rules import reasons
from marketplace.payouts.rules import states as payout_states
from marketplace.payouts.rules.reasons import Reason
from marketplace.payouts.service import bank_accounts
from marketplace.payouts.service import runs as payout_runs
from tests.factories import a_booking, a_coach, a_person, an_admin, an_offering


def words(answer):
    return answer.get_data(as_text=True)


@pytest.fixture
def browser(ada, browser_of):
    return browser_of(ada.user)


def earned(coach, cents):
    debit, credit = "sessions_owed", account_of_coach(coach.id)
    if cents < 0:
        debit, credit = credit, debit
    post(f"test:{uuid7()}", debit=debit, credit=credit, cents=abs(cents), currency="usd", subject_id=uuid7())
    session().commit()


def test_a_coach_connects_her_bank(ada, browser, stripe):
    assert "Connect your bank" in words(browser.get("/dashboard/bank"))
    sent = browser.submit("/dashboard/bank", {"country": "DE"})
    assert sent.status_code == 303
    assert sent.location.startswith(stripe.url)
    page = words(browser.get("/dashboard/bank"))
    assert "Not complete" in page
    assert "Go on with your bank details" in page

    again = browser.get("/dashboard/bank/refresh")
    assert again.status_code == 302
    assert again.location.startswith(stripe.url)
    assert again.location != sent.location

    assert browser.get("/dashboard/bank/return").location == "/dashboard/bank"
    assert "Something is still missing" in words(browser.get("/dashboard/bank"))
    stripe.onboard(bank_account_queries.account_of(ada.id).stripe_id)
    browser.get("/dashboard/bank/return")
    page = words(browser.get("/dashboard/bank"))
    assert "Your bank is connected." in page
    assert "Your payouts go to your bank in Germany." in page


def test_a_country_is_asked_for_at_its_field(browser, stripe):
    answer = browser.submit("/dashboard/bank", {"country": ""})
    assert answer.status_code == 422
    assert "Choose one of the countries that we can pay to." in words(answer)
    assert bank_account_queries.account_of(a_coach("other").id) is None


def test_coming_back_without_having_gone_shows_the_form(browser):
    assert browser.get("/dashboard/bank/return").location == "/dashboard/bank"
    assert "Connect your bank" in words(browser.get("/dashboard/bank"))


def test_an_applicant_connects_later(browser_of):
    applicant = a_coach("new", status="applied")
    assert "once you are approved" in words(browser_of(applicant.user).get("/dashboard/bank"))


@pytest.mark.parametrize(
    "path", ["/dashboard/bank", "/dashboard/earnings", "/dashboard/bank/return", "/dashboard/bank/refresh"]
)
def test_a_bank_is_for_coaches(path, browser_of, client):
    assert client.get(path).location.startswith("/login?next=/dashboard/")
    assert browser_of(a_person("Mia")).get(path).status_code in {403, 404}


def test_earnings_say_what_is_payable_what_waits_and_what_was_paid(ada, browser, stripe, moment):
    page = words(browser.get("/dashboard/earnings"))
    assert "Nothing has been paid out yet." in page
    assert "Connect your bank" in page
    start = (clock.now() + timedelta(days=2)).replace(hour=10)
    a_booking(a_person("Mia"), an_offering(ada), start, stripe)
    earned(ada, 5000)
    page = words(browser.get("/dashboard/earnings"))
    assert "50.00 USD" in page
    assert "108.00 USD" in page
    bank_accounts.connect_bank(ada.user, country="DE")
    account = bank_account_queries.account_of(ada.id)
    account.ready = True
    session().commit()
    (payout,) = payout_runs.approve_run(alma := an_admin(), run_id=payout_runs.propose_run(alma).id).payouts
    for status, reason, shown in (
        (payout_states.APPROVED, Reason(reasons.BANK_NOT_READY), "Waiting: we look after it."),
        (
            payout_states.FAILED,
            reasons.in_words(reasons.STRIPE_SAID, "No such account."),
            "It did not go through; the amount is payable again.",
        ),
        (payout_states.PAID, None, "Paid out"),
    ):
        payout.status, payout.reason = status, reason
        session().commit()
        assert shown in words(browser.get("/dashboard/earnings"))
    assert "No such account." not in words(browser.get("/dashboard/earnings"))


def test_a_debt_is_said_to_be_one(ada, browser):
    earned(ada, -700)
    page = words(browser.get("/dashboard/earnings"))
    assert "-7.00 USD" in page
    assert "More was refunded than you have earned since" in page


def test_the_desk_leads_to_bank_and_earnings(browser):
    page = words(browser.get("/dashboard"))
    assert 'href="/dashboard/bank"' in page
    assert 'href="/dashboard/earnings"' in page
