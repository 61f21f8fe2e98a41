"""Connected accounts, their links and the onboarding page."""

import pytest
import requests
import stripe

from stripe_sandbox.testing import RunningSandbox
from tests.stripe_sandbox.words import EVERYTHING, RECIPIENT, Platform

FLOW = {"refresh_url": "http://localhost/again", "return_url": "http://localhost/done"}


def status(platform: Platform, account: str) -> str:
    found = platform.client.v2.core.accounts.retrieve(account, {"include": ["configuration.recipient"]})
    return found.configuration.recipient.capabilities.stripe_balance.stripe_transfers.status


def a_link(platform: Platform, account: str) -> str:
    use = {"type": "account_onboarding", "account_onboarding": FLOW}
    return platform.client.v2.core.account_links.create({"account": account, "use_case": use}).url  # type: ignore[typeddict-item]


def thin_events(platform: Platform) -> list[str]:
    return [event.type for event in platform.client.v2.core.events.list()][::-1]


def test_a_new_account_shows_its_parts_only_when_asked(platform: Platform) -> None:
    account = platform.an_account(outcome=None)
    bare = platform.client.v2.core.accounts.retrieve(account)
    assert (bare.configuration, bare.requirements, bare.identity, bare.defaults) == (None, None, None, None)
    whole = platform.client.v2.core.accounts.retrieve(account, {"include": EVERYTHING})
    assert whole.identity.country == "us"
    assert whole.defaults.responsibilities.losses_collector == "application"
    assert whole.requirements.entries[0].minimum_deadline.status == "past_due"
    assert status(platform, account) == "restricted"


def test_the_capability_may_be_asked_for_later(platform: Platform) -> None:
    account = platform.client.v2.core.accounts.create({"contact_email": "ada@example.com"})
    platform.client.v2.core.accounts.update(account.id, {"configuration": RECIPIENT, "display_name": "Ada"})
    assert status(platform, account.id) == "restricted"
    assert platform.client.v2.core.accounts.retrieve(account.id).display_name == "Ada"


@pytest.mark.parametrize(
    ("outcome", "after", "told"),
    [("complete", "active", True), ("rejected", "restricted", True), ("leave", "restricted", False)],
)
def test_onboarding_on_the_page_decides_the_capability(
    platform: Platform, outcome: str, after: str, told: bool
) -> None:
    account = platform.an_account(outcome=None)
    page = requests.get(a_link(platform, account), timeout=60)
    assert "Sandbox: no real money" in page.text
    form = {"legal_name": "Ada Lovelace", "bank_account": "000 123 456 789", "outcome": outcome}
    back = requests.post(page.url, form, timeout=60, allow_redirects=False)
    assert (back.status_code, back.headers["Location"]) == (303, FLOW["return_url"])
    assert status(platform, account) == after
    expected = [
        "v2.core.account[requirements].updated",
        "v2.core.account[configuration.recipient].capability_status_updated",
    ]
    assert thin_events(platform) == ["v2.core.account.created", *(expected if told else [])]


def test_a_thin_event_names_the_account_and_can_be_fetched_with_its_data(platform: Platform) -> None:
    account = platform.an_account()
    kind = "v2.core.account[configuration.recipient].capability_status_updated"
    event = platform.client.v2.core.events.list({"types": [kind]}).data[0]
    event = platform.client.v2.core.events.retrieve(event.id)
    assert event.related_object.id == account  # type: ignore[attr-defined]
    assert event.data.updated_capability == "stripe_balance.stripe_transfers"  # type: ignore[attr-defined]
    assert event.fetch_related_object().id == account  # type: ignore[attr-defined]


def test_a_link_works_once_and_only_for_minutes(platform: Platform, sandbox: RunningSandbox) -> None:
    account = platform.an_account(outcome=None)
    once, late = a_link(platform, account), a_link(platform, account)
    assert requests.get(once, timeout=60).status_code == 200
    sandbox.advance(300)
    for link in (once, late):
        answer = requests.get(link, timeout=60, allow_redirects=False)
        assert (answer.status_code, answer.headers["Location"]) == (303, FLOW["refresh_url"])


def test_a_bank_account_that_is_no_test_number_is_refused_at_its_field(platform: Platform) -> None:
    account = platform.an_account(outcome=None)
    page = requests.get(a_link(platform, account), timeout=60)
    again = requests.post(page.url, {"legal_name": "Ada", "bank_account": "123", "outcome": "complete"}, timeout=60)
    assert again.status_code == 422
    assert 'value="123" aria-invalid="true"' in again.text
    assert status(platform, account) == "restricted"


def test_version_one_shows_the_same_account(platform: Platform) -> None:
    account = platform.client.v1.accounts.retrieve(platform.an_account(outcome=None))
    assert (account.capabilities.transfers, account.details_submitted) == ("inactive", False)
    account = platform.client.v1.accounts.retrieve(platform.an_account())
    assert (account.capabilities.transfers, account.payouts_enabled) == ("active", True)


def test_a_login_link_opens_the_dashboard_once_onboarded(platform: Platform) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="has not completed onboarding"):
        platform.client.v1.accounts.login_links.create(platform.an_account(outcome=None))
    platform.paid(card="4000000000000077")
    account = platform.an_account()
    platform.transferred(5000, account)
    page = requests.get(platform.client.v1.accounts.login_links.create(account).url, timeout=60)
    assert "50.00 USD available" in page.text
