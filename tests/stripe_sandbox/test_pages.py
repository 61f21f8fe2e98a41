"""The hosted checkout as a browser without JavaScript uses it."""

import re
from typing import Any

import pytest
import requests

from tests.stripe_sandbox.words import Platform

FILLED = {"card": "4242 4242 4242 4242", "expiry": "12 / 99", "cvc": "123", "email": "g@example.com", "name": "Grace"}


def submit(url: str, **form: str) -> requests.Response:
    return requests.post(url, {**FILLED, **form}, timeout=60, allow_redirects=False)


def test_the_page_says_what_is_sold_for_how_much_and_that_no_money_is_real(platform: Platform) -> None:
    session = platform.a_session(
        payment_intent_data={"description": "With <Ada>, Tue 24 Nov"},
        custom_text={"submit": {"message": "All back until 24 hours before."}},
    )
    page = requests.get(str(session.url), timeout=60).text
    for words in (
        "60 minutes with Ada",
        "120.00 USD",
        "Pay 120.00 USD",
        "Sandbox: no real money",
        "All back until 24 hours before.",
        "4242424242424242",
        "With &lt;Ada&gt;, Tue 24 Nov",
        'href="http://localhost/back"',
    ):
        assert words in page
    assert "<script" not in page


def test_a_good_card_leads_to_the_success_url_with_the_session_filled_in(platform: Platform) -> None:
    session = platform.a_session()
    answer = submit(str(session.url))
    assert (answer.status_code, answer.headers["Location"]) == (303, f"http://localhost/paid?cs={session.id}")
    session = platform.client.v1.checkout.sessions.retrieve(session.id)
    assert (session.customer_details.email, session.customer_details.name) == ("g@example.com", "Grace")


def test_a_declined_card_is_told_inline_and_what_was_typed_but_not_the_card_is_safe(platform: Platform) -> None:
    session = platform.a_session()
    page = submit(str(session.url), card="4000000000009995")
    assert page.status_code == 402
    assert "insufficient funds. Nothing was charged" in page.text
    assert 'value="g@example.com"' in page.text
    assert submit(str(session.url)).status_code == 303


@pytest.mark.parametrize(
    ("field", "value"), [("card", "12"), ("expiry", "13 / 34"), ("expiry", "01/20"), ("cvc", "x"), ("email", "grace")]
)
def test_a_mistake_is_told_at_its_field_before_any_card_is_tried(platform: Platform, field: str, value: str) -> None:
    session = platform.a_session()
    page = submit(str(session.url), **{field: value})
    assert page.status_code == 422
    assert re.search(rf'name="{field}" value="{value}"[^>]*aria-invalid', page.text)
    assert platform.client.v1.charges.list().data == []


@pytest.mark.parametrize("card", ["4000002500003155", "4000002760003184"])
def test_three_d_secure_is_a_page_of_its_own(platform: Platform, card: str) -> None:
    session = platform.a_session()
    asked = submit(str(session.url), card=card)
    challenge = platform.sandbox.url + asked.headers["Location"]
    assert "120.00 USD" in requests.get(challenge, timeout=60).text
    failed = requests.post(challenge, {"outcome": "fail"}, timeout=60)
    assert "unable to authenticate" in failed.text
    submit(str(session.url), card=card)
    done = requests.post(challenge, {"outcome": "complete"}, timeout=60, allow_redirects=False)
    assert done.headers["Location"] == f"http://localhost/paid?cs={session.id}"


def test_a_challenge_that_was_never_asked_leads_back_to_the_page(platform: Platform) -> None:
    session = platform.a_session()
    for ask in (requests.get, requests.post):
        answer = ask(f"{session.url}/3ds", timeout=60, allow_redirects=False)  # type: ignore[operator]
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/c/pay/{session.id}")


def test_an_authorisation_says_that_nothing_is_charged_yet(platform: Platform) -> None:
    session = platform.a_session(payment_intent_data={"capture_method": "manual"})
    assert "Authorise 120.00 USD" in requests.get(str(session.url), timeout=60).text


def test_an_expired_or_paid_session_says_so_and_takes_no_card(platform: Platform) -> None:
    expired, paid = platform.a_session(), platform.a_session()
    platform.client.v1.checkout.sessions.expire(expired.id)
    submit(str(paid.url))
    for session, words in ((expired, "This checkout has expired"), (paid, "You have already paid")):
        for page in (requests.get(str(session.url), timeout=60), submit(str(session.url))):
            assert words in page.text
    assert len(platform.client.v1.charges.list().data) == 1


def test_a_stranger_to_the_sandbox_gets_a_404(platform: Platform) -> None:
    for path in ("/c/pay/cs_test_nobody", "/onboarding/nobody", "/onboarding/form/nobody", "/express/acct_nobody"):
        assert requests.get(platform.sandbox.url + path, timeout=60).status_code == 404


def test_the_index_lists_what_there_is(platform: Platform, receiver: Any) -> None:
    platform.paid(card="4000000000000077")
    platform.an_account()
    platform.sandbox.settle()
    page = requests.get(f"{platform.sandbox.url}/", timeout=60).text
    for words in ("60 minutes with Ada", "checkout.session.completed", "116.22 USD available", receiver.url, "acct_"):
        assert words in page
