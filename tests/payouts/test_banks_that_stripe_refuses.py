"""A country that Stripe refuses is chosen anew, an account that is gone is said to be, and names may change."""

from dataclasses import replace

import pytest

from marketplace import config
from marketplace.db import session, uuid7
from marketplace.errors import Conflict, Invalid, Unavailable
from marketplace.payments.stripe_gateway import connect as stripe_connect
from marketplace.payments.stripe_gateway.client import GatewayRefused
from marketplace.payouts.queries import bank_accounts as bank_account_queries
from marketplace.payouts.service import bank_accounts
from tests.factories import a_coach, an_admin
from tests.queue import waiting

COUNTRY = {"status": 400, "code": "country_unsupported", "message": "This country is not supported."}


def account_of(coach):
    return bank_account_queries.account_of(coach.id)


def test_a_country_that_stripe_refuses_is_not_kept_and_another_may_be_chosen(ada, stripe):
    stripe.refuse("/v2/core/accounts", method="POST", **COUNTRY)
    with pytest.raises(Invalid) as refused:
        bank_accounts.connect_bank(ada.user, country="TH")
    assert "Choose another country" in refused.value.fields["country"][0]
    assert account_of(ada) is None
    bank_accounts.connect_bank(ada.user, country="DE")
    assert account_of(ada).country == "DE"


def test_the_page_shows_the_refusal_at_the_country(ada, browser_of, stripe):
    stripe.refuse("/v2/core/accounts", method="POST", **COUNTRY)
    page = browser_of(ada.user)
    answer = page.submit("/dashboard/bank", {"country": "TH"})
    assert answer.status_code == 422
    assert "does not pay to this country from ours" in answer.text


@pytest.mark.parametrize(
    ("error", "status", "says"),
    [
        ({"status": 400, "message": "Accounts v2 is not enabled for your platform."}, 503, "not set up for this"),
        ({"status": 400, "code": "email_invalid", "message": "Invalid"}, 409, "your email address"),
        ({"status": 401, "message": "Invalid API Key"}, 503, "does not let us in"),
    ],
)
def test_what_stripe_says_to_an_account_is_said_at_both_doors(ada, api, browser_of, stripe, error, status, says):
    an_admin()
    page = browser_of(ada.user)
    stripe.refuse("/v2/core/accounts", method="POST", **error)
    answer = page.submit("/dashboard/bank", {"country": "DE"})
    assert (answer.status_code, says in answer.text) == (status, True)
    if error["status"] != 401:
        stripe.refuse("/v2/core/accounts", method="POST", **error)
        answer = api(ada.user).post("/coach/bank", {"country": "DE"})
        assert (answer.status_code, says in answer.json["detail"]) == (status, True)


def test_a_coach_who_named_the_wrong_country_names_another_until_payouts_can_be_sent(ada, stripe):
    bank_accounts.connect_bank(ada.user, country="DE")
    first = account_of(ada).stripe_id
    bank_accounts.connect_bank(ada.user, country="AT")
    second = account_of(ada)
    assert (second.country, second.stripe_id == first) == ("AT", False)
    stripe.onboard(second.stripe_id)
    bank_accounts.refresh_account(second.stripe_id)
    bank_accounts.connect_bank(ada.user, country="DE")
    assert account_of(ada).country == "AT"


def test_a_name_that_changes_after_a_lost_answer_still_finds_the_account(ada, stripe):
    stripe.fault("/v2/core/accounts", "drop_after", method="POST")
    with pytest.raises(Unavailable):
        bank_accounts.connect_bank(ada.user, country="DE")
    ada.user.name, ada.user.email = "Ada Byron", "byron@example.com"
    session().commit()
    bank_accounts.connect_bank(ada.user, country="DE")
    assert account_of(ada).stripe_id is not None


def test_an_account_whose_answer_was_lost_is_adopted_where_stripe_says_that_it_was_asked_otherwise(ada, stripe):
    stripe.fault("/v2/core/accounts", "drop_after", method="POST")
    with pytest.raises(Unavailable):
        bank_accounts.connect_bank(ada.user, country="DE")
    others = [a_coach(f"other{number}") for number in range(3)]
    for other in others:
        bank_accounts.connect_bank(other.user, country="DE")
    # As written before names were committed with the intent.
    account_of(ada).name = "Ada Byron"
    session().commit()
    bank_accounts.connect_bank(ada.user, country="DE")
    bank, known = account_of(ada), {bank_account_queries.account_of(other.id).stripe_id for other in others}
    assert bank.stripe_id == stripe_connect.find_account(bank.id)
    assert bank.stripe_id not in known


def test_where_stripe_keeps_an_error_and_nothing_was_opened_the_coach_begins_anew(ada, stripe):
    stripe.fault("/v2/core/accounts", "break_before", method="POST")
    with pytest.raises((Unavailable, Conflict)):
        bank_accounts.connect_bank(ada.user, country="DE")
    bank_accounts.connect_bank(ada.user, country="DE")
    assert account_of(ada).stripe_id is not None


@pytest.mark.parametrize(
    "error",
    [
        {"status": 403, "code": "account_invalid", "message": "No access."},
        {"status": 404, "code": "not_found", "message": "Not found."},
    ],
)
def test_an_account_that_is_gone_is_not_ready_and_coach_and_admins_are_told(
    ada, bank, stripe, error, mailbox, run_jobs, browser_of
):
    admin = an_admin()
    account = bank(ada)
    stripe.refuse("/v2/core/accounts/*", method="GET", **error)
    bank_accounts.refresh_account(account.stripe_id)
    assert (account_of(ada).ready, account_of(ada).capability_status) == (False, "gone")
    run_jobs()
    for person in (ada.user, admin):
        (mail,) = [m for m in mailbox.to(person.email) if "takes no payouts" in m["Subject"]]
        assert "does not let us at" in mail.get_body(("plain",)).get_content()
    assert "does not let us at your account" in browser_of(ada.user).get("/dashboard/bank").text
    bank_accounts.connect_bank(ada.user, country=account.country)
    assert account_of(ada).stripe_id != account.stripe_id


def test_another_refusal_of_a_look_is_tried_again(ada, bank, stripe):
    account = bank(ada)
    stripe.refuse("/v2/core/accounts/*", method="GET", status=400, code="of_tomorrow", message="New")
    with pytest.raises(GatewayRefused):
        bank_accounts.refresh_account(account.stripe_id)
    assert account_of(ada).ready


@pytest.mark.parametrize("status", ["rejected", "restricted"])
def test_an_account_that_stripe_refuses_says_so(ada, bank, stripe, status, mailbox, run_jobs, browser_of):
    account = bank(ada)
    stripe.set_capability(account.stripe_id, status)
    bank_accounts.refresh_account(account.stripe_id)
    run_jobs()
    (mail,) = [m for m in mailbox.to(ada.user.email) if "takes no payouts" in m["Subject"]]
    assert "nothing is lost" in mail.get_body(("plain",)).get_content()
    assert "our payouts wait here" in browser_of(ada.user).get("/dashboard/bank").text


def test_only_those_are_offered_and_taken(ada, app, browser_of, stripe):
    settings = replace(config.current(), stripe_country="JP")
    app.extensions["settings"] = settings
    config.use(settings)
    page = browser_of(ada.user).get("/dashboard/bank").text
    assert "Japan" in page
    assert "Germany" not in page
    with pytest.raises(Invalid):
        bank_accounts.connect_bank(ada.user, country="DE")


def test_what_was_decided_meanwhile_stands(ada, bank, stripe):
    account = bank(ada)
    bank_accounts._forget_refused(account.id)
    assert account_of(ada).stripe_id == account.stripe_id
    nowhere = uuid7()
    bank_accounts._forget_refused(nowhere)
    bank_accounts._record_opened(nowhere, "acct_of_a_country_that_was_given_up")
    assert account_of(ada).stripe_id == account.stripe_id


def test_a_bank_that_is_asked_about_has_one_job(ada, stripe, moment):
    bank_accounts.connect_bank(ada.user, country="DE")
    moment.advance(hours=2)
    for _ in range(3):
        bank_accounts.refresh_accounts()
    assert waiting().count("refresh_account") == 1
