"""Every endpoint, from the table that serves them: what it is asked is held to the SDK's parameter types, what it
answers to the SDK's resource classes."""

import types
import typing
from collections.abc import Callable, Iterator
from typing import Any, Literal, Union

import flask
import pytest
import stripe
import typing_extensions
from flask.testing import FlaskClient

from stripe_sandbox.api import ENDPOINTS, Endpoint
from stripe_sandbox.app import create_app
from stripe_sandbox.schema import fields_of
from stripe_sandbox.testing import RunningSandbox
from tests.found import some
from tests.stripe_sandbox.conformance import violations
from tests.stripe_sandbox.conftest import Listening
from tests.stripe_sandbox.words import AVAILABLE_AT_ONCE, EVERYTHING, Platform

EVERY = pytest.mark.parametrize("found", ENDPOINTS, ids=lambda found: f"{found.method} {found.rule}")
LINK = {"refresh_url": "http://localhost/again", "return_url": "http://localhost/back"}
PAGES = {"expand", "include", "limit", "starting_after", "ending_before"}


@pytest.fixture(scope="module")
def app() -> flask.Flask:
    return create_app()


@pytest.fixture
def door(app: flask.Flask) -> FlaskClient:
    return app.test_client()


def ask(door: FlaskClient, found: Endpoint, params: dict[str, Any]) -> dict[str, Any]:
    """The error that the endpoint answers with; {} if it did not mind."""
    path = found.rule.replace("<", "").replace(">", "")
    more: dict[str, Any] = {"headers": {"Authorization": "Bearer sk_test_x"}}
    if found.method == "POST" and found.rule.startswith("/v2/"):
        more["json"] = params
    else:
        more["data" if found.method == "POST" else "query_string"] = dict(_form(params))
    answer = door.open(path, method=found.method, **more)
    return dict(answer.get_json().get("error") or {})


def _form(params: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(params, dict):
        for name, value in params.items():
            yield from _form(value, f"{path}[{name}]" if path else name)
    elif isinstance(params, list):
        for number, value in enumerate(params):
            yield from _form(value, f"{path}[{number}]")
    else:
        yield path, str(params).lower() if isinstance(params, bool) else str(params)


def test_no_address_of_the_api_is_served_past_the_table(app: flask.Flask) -> None:
    served = [
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        # What Stripe's hosted page asks of its own server is no part of the API.
        if rule.rule.startswith(("/v1", "/v2")) and not rule.rule.startswith("/v1/payment_pages")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    ]
    assert sorted(served) == sorted(f"{found.method} {found.rule}" for found in ENDPOINTS)


@EVERY
def test_a_parameter_that_stripe_does_not_know_is_refused_by_every_endpoint(door: FlaskClient, found: Endpoint) -> None:
    error = ask(door, found, {"colour": "red"})
    assert (error.get("code"), error.get("param")) == ("parameter_unknown", "colour")


def _options(hint: Any) -> list[Any]:
    """The alternatives of a hint, without None, the SDK's own objects and the door left open for later versions."""
    if typing.get_origin(hint) not in (Union, types.UnionType):
        return [hint]
    options = [one for one in typing.get_args(hint) if one is not type(None) and not _is_resource(one)]
    closed = any(typing.get_origin(one) is Literal and set(typing.get_args(one)) - {""} for one in options)
    return [one for one in options if not (closed and one is str)]


def _is_resource(hint: Any) -> bool:
    kind = typing.get_origin(hint) or hint
    return isinstance(kind, type) and issubclass(kind, stripe.StripeObject)


def sample(hint: Any) -> Any:
    """Something of that type."""
    hint = _options(hint)[-1]
    if typing.get_origin(hint) is Literal:
        return typing.get_args(hint)[0] or typing.get_args(hint)[-1]
    if typing_extensions.is_typeddict(hint):
        fields = fields_of(hint)
        needed = [name for name in fields if name in hint.__required_keys__] or list(fields)[:1]
        return {name: sample(fields[name]) for name in needed}
    if typing.get_origin(hint) is list:
        return [sample(typing.get_args(hint)[0])]
    if typing.get_origin(hint) is dict:
        return {"a": sample(typing.get_args(hint)[1])}
    return {int: 1, float: 1.5, bool: True}.get(hint, "x")


def mistyped(hint: Any, is_json: bool) -> list[Any]:
    """Values that are of none of its alternatives."""
    kinds = {typing.get_origin(one) or one for one in _options(hint)}
    tables = dict in kinds or any(typing_extensions.is_typeddict(kind) for kind in kinds)
    wrong: list[Any] = [] if str in kinds else ["nonsense of no type"]
    wrong += [7] if is_json and not kinds & {int, float} else []
    return wrong if tables or Any in kinds else [*wrong, {"colour": "red"}]


def _required(found: Endpoint) -> dict[str, Any]:
    needed = getattr(found.params, "__required_keys__", frozenset())
    return {name: sample(hint) for name, hint in fields_of(found.params).items() if name in needed}


def those(has: Callable[[Endpoint], Any]) -> pytest.MarkDecorator:
    """For each endpoint that has any such parameter."""
    return pytest.mark.parametrize(
        "found", some(filter(has, ENDPOINTS)), ids=lambda found: f"{found.method} {found.rule}"
    )


def _mistyped(found: Endpoint) -> list[tuple[str, Any]]:
    is_json = found.method == "POST" and found.rule.startswith("/v2/")
    return [(name, wrong) for name, hint in fields_of(found.params).items() for wrong in mistyped(hint, is_json)]


def _not_played(found: Endpoint) -> dict[str, Any]:
    """What Stripe takes there and the sandbox does not."""
    played = {path.partition(".")[0] for path in found.plays} | PAGES | set(_required(found))
    given = {name: sample(hint) for name, hint in fields_of(found.params).items() if name not in played}
    # A form cannot say that an object is there and empty.
    return {name: value for name, value in given.items() if value != {}}


@those(_mistyped)
def test_a_parameter_of_another_type_is_refused_by_every_endpoint(door: FlaskClient, found: Endpoint) -> None:
    for name, wrong in some(_mistyped(found)):
        error = ask(door, found, {**_required(found), name: wrong})
        assert str(error.get("param", "")).startswith(name), (name, wrong, error)


@those(_required)
def test_what_stripe_needs_every_endpoint_needs(door: FlaskClient, found: Endpoint) -> None:
    needed = _required(found)
    for name in some(needed):
        error = ask(door, found, {key: value for key, value in needed.items() if key != name})
        assert (error["code"], error["param"]) == ("parameter_missing", name)


@those(_not_played)
def test_what_stripe_knows_and_the_sandbox_does_not_play_is_refused_by_name(door: FlaskClient, found: Endpoint) -> None:
    for name, given in some(_not_played(found).items()):
        error = ask(door, found, {**_required(found), name: given})
        assert error.get("code") == "sandbox_not_played", (name, error)
        assert str(error["param"]).startswith(name)


class Remembering(Listening):
    """The SDK's own HTTP client, which keeps which endpoints answered it."""

    def __init__(self, app: flask.Flask) -> None:
        super().__init__()
        self.rules = app.url_map.bind("localhost")
        self.answered: set[str] = set()

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        body, status, headers = super().request(method, url, *args, **kwargs)
        if status == 200:
            path = "/" + url.split("/", 3)[3].partition("?")[0]
            rule, _ = self.rules.match(path, method=method.upper(), return_rule=True)
            self.answered.add(f"{method.upper()} {rule.rule}")
        return body, status, headers


def test_every_endpoint_answers_in_the_sdks_shape(app: flask.Flask, sandbox: RunningSandbox) -> None:
    http = Remembering(app)
    client = stripe.StripeClient(
        sandbox.secret_key,
        base_addresses=sandbox.base_addresses,  # type: ignore[arg-type]
        http_client=http,
    )
    walk(Platform(sandbox, client))
    http.close()
    assert {f"{found.method} {found.rule}" for found in ENDPOINTS} - http.answered == set()
    assert [wrong for answer in http.answers for wrong in violations(answer)] == []


def walk(platform: Platform) -> None:
    """Call everything once, with what it needs to answer well."""
    client, sandbox = platform.client, platform.sandbox
    v1, core = client.v1, client.v2.core
    intent = platform.paid(9000, AVAILABLE_AT_ONCE)
    charge: Any = intent.latest_charge
    _sessions(platform)
    account = platform.an_account()
    core.accounts.create({"display_name": "Another"})
    listed = core.accounts.list({"limit": 1})
    assert len(list(listed.auto_paging_iter())) >= 2
    core.accounts.retrieve(account, {"include": EVERYTHING})  # type: ignore[typeddict-item]
    core.accounts.update(account, {"metadata": {"a": "b"}})
    use = {"type": "account_onboarding", "account_onboarding": LINK}
    core.account_links.create({"account": account, "use_case": use})  # type: ignore[typeddict-item]
    v1.accounts.retrieve(account)
    v1.accounts.retrieve_current()
    v1.accounts.login_links.create(account)
    banks = v1.accounts.external_accounts
    banks.retrieve(account, banks.list(account).data[0].id)
    v1.balance.retrieve()
    v1.balance_transactions.retrieve(v1.balance_transactions.list().data[0].id)
    v1.charges.retrieve(charge.id)
    v1.charges.list({"payment_intent": intent.id})
    v1.payment_methods.retrieve(charge.payment_method)
    customer = v1.customers.create({"name": "Grace"})
    v1.customers.retrieve(customer.id)
    v1.customers.update(customer.id, {"name": "Ada"})
    v1.customers.list()
    refund = v1.refunds.create({"payment_intent": intent.id, "amount": 500})
    v1.refunds.retrieve(refund.id)
    v1.refunds.update(refund.id, {"metadata": {"a": "b"}})
    v1.refunds.list({"charge": charge.id})
    transfer = platform.transferred(3000, to=account, transfer_group="g")
    v1.transfers.retrieve(transfer.id)
    v1.transfers.list({"transfer_group": "g"})
    reversal = v1.transfers.reversals.create(transfer.id, {"amount": 1000})
    v1.transfers.reversals.retrieve(transfer.id, reversal.id)
    v1.transfers.reversals.list(transfer.id)
    topup = v1.topups.create({"amount": 5000, "currency": "usd"})
    v1.topups.retrieve(topup.id)
    v1.topups.list()
    payout = v1.payouts.create({"amount": 500, "currency": "usd"})
    v1.payouts.retrieve(payout.id)
    v1.payouts.list()
    v1.payouts.update(payout.id, {"metadata": {"a": "b"}})
    v1.payouts.cancel(payout.id)
    disputed: Any = platform.paid(3000).latest_charge
    dispute = sandbox.dispute(disputed.id)["id"]
    v1.disputes.retrieve(dispute)
    v1.disputes.list({"charge": disputed.id})
    v1.disputes.update(dispute, {"evidence": {"customer_name": "Grace"}, "submit": False})
    v1.disputes.close(dispute)
    v1.events.retrieve(v1.events.list().data[0].id)
    core.events.retrieve(core.events.list().data[0].id)
    sandbox.add_webhook("http://127.0.0.1:9/nobody", "whsec_x", "thin")
    points = v1.webhook_endpoints
    point = points.create({"url": "http://127.0.0.1:9/nobody", "enabled_events": ["charge.refunded"]})
    points.retrieve(point.id)
    points.list()
    core.event_destinations.list({"include": ["webhook_endpoint.url"]})
    points.update(point.id, {"disabled": True})
    points.delete(point.id)


def _sessions(platform: Platform) -> None:
    sessions, intents = platform.client.v1.checkout.sessions, platform.client.v1.payment_intents
    open_ = platform.a_session()
    sessions.retrieve(open_.id)
    sessions.list()
    sessions.line_items.list(open_.id)
    sessions.expire(open_.id)
    intents.capture(platform.authorised().id)
    intents.cancel(platform.authorised().id)
    product = platform.client.v1.products.create({"name": "An hour"})
    platform.client.v1.products.retrieve(product.id)
    prices = platform.client.v1.prices
    price = prices.create({"product": product.id, "unit_amount": 900, "currency": "usd"})
    prices.retrieve(price.id)
    method = platform.client.v1.payment_methods.create({"type": "card", "card": {"token": "tok_visa"}})
    intents.confirm(intents.create({"amount": 900, "currency": "usd", "payment_method": method.id}).id)
    intents.list()
