"""What every call has in common: keys, parameters, expansion, pages, idempotency."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
import requests
import stripe

from stripe_sandbox.forms import decode
from stripe_sandbox.testing import RunningSandbox
from tests.stripe_sandbox.words import Platform

Connect = Callable[..., stripe.StripeClient]
SESSION: dict[str, Any] = {
    "mode": "payment",
    "success_url": "http://localhost/paid",
    "line_items": [
        {"quantity": 1, "price_data": {"currency": "usd", "unit_amount": 900, "product_data": {"name": "Intro"}}}
    ],
}


def raw(sandbox: RunningSandbox, method: str, path: str, **more: Any) -> requests.Response:
    headers = {"Authorization": f"Bearer {sandbox.secret_key}", **more.pop("headers", {})}
    return requests.request(method, sandbox.url + path, headers=headers, timeout=60, **more)


@pytest.mark.parametrize("key", ["sk_live_x", "pk_test_x", "sk_test_", "nonsense"])
def test_a_key_that_is_not_a_secret_test_key_is_refused(connect: Connect, key: str) -> None:
    with pytest.raises(stripe.AuthenticationError, match="Invalid API Key"):
        connect(key).v1.balance.retrieve()


def test_any_secret_test_key_is_accepted_also_as_basic_authorisation(sandbox: RunningSandbox) -> None:
    answer = requests.get(f"{sandbox.url}/v1/balance", auth=("sk_test_x", ""), timeout=60)
    assert answer.status_code == 200
    assert answer.headers["Request-Id"].startswith("req_")


def test_an_address_that_stripe_does_not_have_is_a_404_in_its_shape(sandbox: RunningSandbox) -> None:
    answer = raw(sandbox, "GET", "/v1/nonsense")
    assert (answer.status_code, answer.json()["error"]["type"]) == (404, "invalid_request_error")


MISTAKES = [
    ({"colour": "red"}, "colour", "parameter_unknown"),
    ({"payment_method_types": ["card"]}, "payment_method_types", "parameter_unknown"),
    ({"payment_intent_data": {"colour": "red"}}, "payment_intent_data[colour]", "parameter_unknown"),
    ({"expires_at": "soon"}, "expires_at", "parameter_invalid_integer"),
    ({"client_reference_id": ""}, "client_reference_id", "parameter_invalid_empty"),
    ({"line_items": "one"}, "line_items", "parameter_invalid_array"),
    ({"line_items": [{"price_data": "free"}]}, "line_items[0][price_data]", "parameter_invalid_object"),
    (
        {"line_items": [{"price_data": {"unit_amount": 900}}]},
        "line_items[0][price_data][currency]",
        "parameter_missing",
    ),
    ({"payment_intent_data": {"capture_method": "later"}}, "payment_intent_data[capture_method]", None),
    ({"metadata": "red"}, "metadata", "parameter_invalid_object"),
    ({"discounts": [{"coupon": "half"}]}, "discounts", "sandbox_not_played"),
    ({"payment_intent_data": {"on_behalf_of": "acct_x"}}, "payment_intent_data[on_behalf_of]", "sandbox_not_played"),
    ({"adaptive_pricing": {"enabled": True}}, "adaptive_pricing[enabled]", "sandbox_not_played"),
    ({"customer": "cus_nobody"}, "customer", "resource_missing"),
    ({"expires_at": 1}, "expires_at", None),
    ({"success_url": "paid"}, "success_url", "url_invalid"),
]


@pytest.mark.parametrize(("change", "param", "code"), MISTAKES)
def test_a_mistaken_parameter_is_refused_by_name(
    client: stripe.StripeClient, change: dict[str, Any], param: str, code: str | None
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.checkout.sessions.create({**SESSION, **change})
    assert (refused.value.param, refused.value.code) == (param, code)


@pytest.mark.parametrize("name", ["mode", "success_url", "line_items"])
def test_a_session_needs_what_stripe_needs(client: stripe.StripeClient, name: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.checkout.sessions.create({key: value for key, value in SESSION.items() if key != name})
    assert (refused.value.param, refused.value.code) == (name, "parameter_missing")


def test_a_charge_below_the_minimum_is_refused(platform: Platform) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        platform.a_session(49)
    assert refused.value.code == "amount_too_small"


def test_v2_parameters_are_checked_as_json(client: stripe.StripeClient) -> None:
    for params, param in [
        ({"dashboard": "large"}, "dashboard"),
        ({"contact_email": 7}, "contact_email"),
        ({"colour": "red"}, "colour"),
        ({"identity": {"country": ["us"]}}, "identity[country]"),
    ]:
        with pytest.raises(stripe.InvalidRequestError) as refused:
            client.v2.core.accounts.create(params)  # type: ignore[arg-type]
        assert refused.value.json_body["error"]["param"] == param


def test_what_does_not_exist_is_missing(client: stripe.StripeClient) -> None:
    for get in (
        client.v1.checkout.sessions.retrieve,
        client.v1.payment_intents.retrieve,
        client.v1.charges.retrieve,
        client.v1.refunds.retrieve,
        client.v1.transfers.retrieve,
        client.v1.customers.retrieve,
        client.v1.accounts.retrieve,
        client.v1.events.retrieve,
        client.v2.core.accounts.retrieve,
    ):
        with pytest.raises(stripe.InvalidRequestError) as missing:
            get("nobody")
        assert (missing.value.http_status, missing.value.code) == (404, "resource_missing")


def test_forms_are_read_as_the_command_line_writes_them(sandbox: RunningSandbox, platform: Platform) -> None:
    session = platform.a_session()
    answer = raw(sandbox, "GET", f"/v1/checkout/sessions/{session.id}?expand[]=line_items&expand[]=customer")
    assert answer.json()["line_items"]["data"][0]["description"] == "60 minutes with Ada"


@pytest.mark.parametrize(
    ("pairs", "read"),
    [
        ([("a[]", "1"), ("a[]", "2")], ["1", "2"]),
        ([("a[1]", "2"), ("a[0]", "1")], ["1", "2"]),
        ([("a[][b]", "1"), ("a[][c]", "2"), ("a[][b]", "3")], [{"b": "1", "c": "2"}, {"b": "3"}]),
        (
            [("a[][b][c]", "1"), ("a[][b][d]", "2"), ("a[][b][c]", "3")],
            [{"b": {"c": "1", "d": "2"}}, {"b": {"c": "3"}}],
        ),
        ([("a[][b][]", "1"), ("a[][b][]", "2")], [{"b": ["1", "2"]}]),
        ([("a[]", "1"), ("a[][b]", "2")], ["1", {"b": "2"}]),
        ([("a[][b]", "1"), ("a[][b][c]", "2")], [{"b": "1"}, {"b": {"c": "2"}}]),
    ],
)
def test_bare_brackets_go_on_with_the_last_item_until_it_has_that_field(pairs: Any, read: Any) -> None:
    assert decode(pairs) == {"a": read}


def test_lists_expand_inside_their_data(platform: Platform) -> None:
    platform.paid()
    charge = platform.client.v1.charges.list({"expand": ["data.payment_intent", "data.balance_transaction"]}).data[0]
    assert (charge.payment_intent.status, charge.balance_transaction.type) == ("succeeded", "charge")


@pytest.mark.parametrize("path", ["colour", "currency", "payment_intent.colour"])
def test_what_cannot_be_expanded_is_refused(platform: Platform, path: str) -> None:
    charge = platform.paid().latest_charge
    with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
        platform.client.v1.charges.retrieve(charge.id, {"expand": [path]})


def test_lists_are_newest_first_and_paged_both_ways(client: stripe.StripeClient) -> None:
    made = [client.v1.customers.create({"name": f"Mentee {number}"}).id for number in range(7)][::-1]
    first = client.v1.customers.list({"limit": 3})
    assert ([one.id for one in first], first.has_more) == (made[:3], True)
    assert [one.id for one in client.v1.customers.list({"limit": 3}).auto_paging_iter()] == made
    back = client.v1.customers.list({"limit": 3, "ending_before": made[5]})
    assert ([one.id for one in back], back.has_more) == (made[2:5], True)
    assert client.v1.customers.list({"starting_after": made[5]}).has_more is False
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.customers.list({"limit": 101})
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.customers.list({"starting_after": "cus_nobody"})


def test_lists_are_filtered_by_when_things_were_made(sandbox: RunningSandbox, client: stripe.StripeClient) -> None:
    old = client.v1.customers.create({"email": "old@example.com"})
    sandbox.advance(3600)
    new = client.v1.customers.create({"email": "new@example.com"})
    for filters, expected in [
        ({"created": {"gt": old.created}}, [new.id]),
        ({"created": {"gte": old.created, "lt": new.created}}, [old.id]),
        ({"created": new.created}, [new.id]),
        ({"email": "old@example.com"}, [old.id]),
    ]:
        assert [one.id for one in client.v1.customers.list(filters)] == expected  # type: ignore[arg-type]


def test_a_customer_changes_and_an_empty_value_unsets(client: stripe.StripeClient) -> None:
    given = {"name": "Grace", "address": {"city": "Arlington"}, "metadata": {"a": "1", "b": "2"}}
    customer = client.v1.customers.create(given)  # type: ignore[arg-type]
    assert customer.address.city == "Arlington"
    changed = client.v1.customers.update(customer.id, {"address": "", "metadata": {"a": "", "c": "3"}})
    assert (changed.name, changed.address, changed.metadata.to_dict()) == ("Grace", None, {"b": "2", "c": "3"})
    assert client.v1.customers.update(customer.id, {"metadata": ""}).metadata.to_dict() == {}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.customers.update(customer.id, {"name": ""})
    assert (refused.value.param, refused.value.code) == ("name", "parameter_invalid_empty")


def test_the_same_key_replays_the_same_answer(sandbox: RunningSandbox, platform: Platform) -> None:
    form = {"amount": "500", "payment_intent": platform.paid().id}
    headers = {"Idempotency-Key": "refund-1"}
    first, again = (raw(sandbox, "POST", "/v1/refunds", data=form, headers=headers) for _ in range(2))
    assert (first.status_code, first.headers.get("Idempotent-Replayed")) == (200, None)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.json() == first.json()
    assert len(platform.client.v1.refunds.list().data) == 1


def test_a_key_used_for_something_else_is_refused(platform: Platform) -> None:
    intent = platform.paid()
    once = {"idempotency_key": "refund-1"}
    platform.client.v1.refunds.create({"payment_intent": intent.id, "amount": 500}, once)
    with pytest.raises(stripe.IdempotencyError):
        platform.client.v1.refunds.create({"payment_intent": intent.id, "amount": 501}, once)


def test_a_stored_refusal_replays_even_when_it_would_succeed_now(platform: Platform) -> None:
    account, once = platform.an_account(), {"idempotency_key": "payout-1"}
    wanted = {"amount": 100, "currency": "usd", "destination": account}
    for _ in range(2):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            platform.client.v1.transfers.create(wanted, once)
        assert refused.value.code == "balance_insufficient"
        platform.paid(card="4000000000000077")
    assert refused.value.headers["Idempotent-Replayed"] == "true"
    assert platform.client.v1.transfers.create(wanted, {"idempotency_key": "payout-1b"}).amount == 100


def test_a_call_that_was_never_executed_leaves_its_key_free(platform: Platform) -> None:
    intent, once = platform.paid(), {"idempotency_key": "refund-1"}
    with pytest.raises(stripe.InvalidRequestError):
        platform.client.v1.refunds.create({"payment_intent": intent.id, "amount": "much"}, once)  # type: ignore[typeddict-item]
    assert platform.client.v1.refunds.create({"payment_intent": intent.id}, once).amount == 12000


def test_a_key_is_forgotten_after_a_day(platform: Platform) -> None:
    intent, once = platform.paid(), {"idempotency_key": "refund-1"}
    wanted = {"payment_intent": intent.id, "amount": 500}
    first = platform.client.v1.refunds.create(wanted, once)
    platform.sandbox.advance(86_400)
    assert platform.client.v1.refunds.create(wanted, once).id != first.id


def test_of_two_calls_with_one_key_at_once_one_is_told_that_the_key_is_in_use(
    platform: Platform, connect: Connect
) -> None:
    intent = platform.paid()
    platform.sandbox.fault("/v1/refunds", "slow_before", seconds=1)
    outcomes: list[Any] = []
    together = threading.Barrier(2)

    def refund(client: stripe.StripeClient) -> None:
        wanted = {"payment_intent": intent.id, "amount": 500}
        together.wait()
        try:
            outcomes.append(client.v1.refunds.create(wanted, {"idempotency_key": "refund-1"}).object)
        except stripe.StripeError as error:
            outcomes.append((error.http_status, error.error.code))

    threads = [threading.Thread(target=refund, args=(connect(),)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes, key=str) == [(409, "idempotency_key_in_use"), "refund"]
    assert len(platform.client.v1.refunds.list().data) == 1


def test_many_at_once_never_refund_more_than_was_charged(platform: Platform, connect: Connect) -> None:
    intent = platform.paid(1000)
    outcomes: list[str] = []

    def refund() -> None:
        try:
            outcomes.append(str(connect().v1.refunds.create({"payment_intent": intent.id, "amount": 300}).status))
        except stripe.InvalidRequestError as error:
            outcomes.append(str(error.param))

    threads = [threading.Thread(target=refund) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["amount"] * 3 + ["succeeded"] * 3


def test_a_connected_account_sees_only_its_own(platform: Platform) -> None:
    platform.paid(card="4000000000000077")
    account = platform.an_account()
    transfer = platform.transferred(5000, account)
    theirs = {"stripe_account": account}
    assert [one.id for one in platform.client.v1.charges.list(options=theirs)] == [transfer.destination_payment]
    with pytest.raises(stripe.InvalidRequestError):
        platform.client.v1.transfers.retrieve(transfer.id, options=theirs)
    with pytest.raises(stripe.PermissionError):
        platform.client.v1.balance.retrieve(options={"stripe_account": "acct_nobody"})


def test_what_may_be_null_is_left_out_where_that_is_asked_for(platform, sandbox):
    made = platform.client.v1.customers.create({"name": "Mia"})
    sandbox.leave_out("customer.name", nulls=True)
    told = platform.client.v1.customers.retrieve(made.id).to_dict()
    assert "name" not in told
    assert None not in told.values()
    sandbox.leave_out()
    assert platform.client.v1.customers.retrieve(made.id).name == "Mia"
