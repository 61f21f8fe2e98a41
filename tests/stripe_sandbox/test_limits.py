"""As strict as Stripe: least amounts, longest texts, countries, restricted keys, answers that a key keeps."""

from dataclasses import replace

import pytest
import requests
import stripe

from stripe_sandbox.limits import pays_to, too_long
from stripe_sandbox.testing import RunningSandbox
from tests.stripe_sandbox.words import Platform


@pytest.mark.parametrize(("currency", "least"), [("usd", 50), ("gbp", 30), ("huf", 17500), ("jpy", 50), ("thb", 1000)])
def test_the_least_amount_is_one_of_its_currency(platform: Platform, currency: str, least: int) -> None:
    platform.a_session(least, currency)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        platform.a_session(least - 1, currency)
    assert refused.value.code == "amount_too_small"


@pytest.mark.parametrize(
    ("path", "longest"),
    [
        ("client_reference_id", 200),
        ("evidence[uncategorized_text]", 20000),
        ("line_items[0][price_data][product_data][name]", 5000),
        ("metadata[key]", 500),
    ],
)
def test_a_text_that_is_too_long_is_refused(path: str, longest: int) -> None:
    assert too_long(path, "x" * longest) is None
    assert f"at most {longest} characters" in (too_long(path, "x" * (longest + 1)) or "")


def test_what_has_no_limit_may_be_long_and_a_key_of_metadata_may_not() -> None:
    assert too_long("success_url", "x" * 9000) is None
    assert "Metadata keys" in (too_long(f"metadata[{'x' * 41}]", "y") or "")


def test_a_long_text_is_a_400_that_names_its_parameter(platform: Platform) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="at most 200 characters") as refused:
        platform.a_session(client_reference_id="x" * 201)
    assert refused.value.param == "client_reference_id"
    with pytest.raises(stripe.InvalidRequestError, match="at most 500 characters"):
        platform.an_account(metadata={"a": "x" * 501})


@pytest.mark.parametrize(
    ("platform_country", "country", "may"),
    [("US", "TH", True), ("US", "RU", False), ("DE", "US", True), ("DE", "JP", False), ("JP", "JP", True)],
)
def test_a_platform_pays_where_its_own_country_may(platform_country: str, country: str, may: bool) -> None:
    assert pays_to(platform_country, country) == may


def test_an_account_elsewhere_is_refused(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    box = platform.sandbox.server.box
    monkeypatch.setattr(box, "config", replace(box.config, country="JP"))
    with pytest.raises(stripe.StripeError, match="cannot be created by platforms in JP"):
        platform.an_account()


def test_a_restricted_key_may_do_what_it_was_given(sandbox: RunningSandbox) -> None:
    sandbox.control("POST", "keys", {"key": "rk_test_reads", "allow": ["GET /v1/*"]})
    client = stripe.StripeClient("rk_test_reads", base_addresses=sandbox.base_addresses)
    assert client.v1.refunds.list().data == []
    with pytest.raises(stripe.PermissionError, match="does not have the required permissions"):
        client.v1.topups.create({"amount": 5000, "currency": "usd"})
    unknown = stripe.StripeClient("rk_test_unknown", base_addresses=sandbox.base_addresses)
    with pytest.raises(stripe.AuthenticationError):
        unknown.v1.refunds.list()
    with pytest.raises(requests.HTTPError):
        sandbox.control("POST", "keys", {"key": "sk_test_x", "allow": []})


@pytest.mark.parametrize("kind", ["break_before", "break_after"])
def test_an_error_of_stripes_own_is_kept_by_its_key(platform: Platform, kind: str) -> None:
    platform.sandbox.fault("/v1/topups", kind)
    wanted: stripe.params.TopupCreateParams = {"amount": 5000, "currency": "usd"}
    for _ in range(2):
        with pytest.raises(stripe.APIError) as broken:
            platform.client.v1.topups.create(wanted, {"idempotency_key": "one"})
        assert broken.value.http_status == 500
    assert (broken.value.headers or {})["Idempotent-Replayed"] == "true"
    assert len(platform.client.v1.topups.list().data) == (1 if kind == "break_after" else 0)


def test_v2_runs_what_failed_again_and_keeps_what_did_not_for_a_month(platform: Platform) -> None:
    platform.sandbox.fault("/v2/core/accounts", "break_before")
    wanted: stripe.params.v2.core.AccountCreateParams = {"dashboard": "express", "display_name": "Ada"}
    once: stripe.RequestOptions = {"idempotency_key": "one"}
    with pytest.raises(stripe.APIError):
        platform.client.v2.core.accounts.create(wanted, once)
    first = platform.client.v2.core.accounts.create(wanted, once).id
    platform.sandbox.advance(29 * 86_400)
    assert platform.client.v2.core.accounts.create(wanted, once).id == first
    platform.sandbox.advance(2 * 86_400)
    assert platform.client.v2.core.accounts.create(wanted, once).id != first


@pytest.mark.parametrize("stored", [False, True])
def test_a_call_is_answered_with_the_error_that_was_planned(platform: Platform, stored: bool) -> None:
    platform.sandbox.refuse("/v1/topups", status=400, code="of_tomorrow", message="New.", param="amount", stored=stored)
    for again in (False, True):
        wanted: stripe.params.TopupCreateParams = {"amount": 5000, "currency": "usd"}
        if again and not stored:
            assert platform.client.v1.topups.create(wanted, {"idempotency_key": "one"}).amount == 5000
            return
        with pytest.raises(stripe.InvalidRequestError, match=r"New\.") as refused:
            platform.client.v1.topups.create(wanted, {"idempotency_key": "one"})
        assert (refused.value.code, refused.value.param) == ("of_tomorrow", "amount")


def test_fees_and_adjustments_move_the_balance(platform: Platform) -> None:
    platform.sandbox.control("POST", "balance/fees", {"amount": 200})
    platform.sandbox.control("POST", "balance/adjustments", {"amount": -1500})
    lines = platform.client.v1.balance_transactions.list().data
    assert [(line.type, line.net) for line in lines] == [("adjustment", -1500), ("stripe_fee", -200)]
    assert platform.sandbox.books["differences"] == []
