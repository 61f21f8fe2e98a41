"""Intents that are made without a checkout page, as the command line makes them; products and prices by name."""

from typing import Any

import pytest
import stripe

from tests.stripe_sandbox.words import Platform

INTENT: dict[str, Any] = {"amount": 2000, "currency": "usd"}


def test_an_intent_is_confirmed_with_a_test_card_and_moves_the_money(platform: Platform) -> None:
    intent = platform.client.v1.payment_intents.create(
        {**INTENT, "confirm": True, "payment_method": "pm_card_visa", "metadata": {"a": "b"}}
    )
    assert (intent.status, intent.amount_received, intent.metadata["a"]) == ("succeeded", 2000, "b")
    assert platform.balance() == (0, 2000 - 88)
    assert platform.event_types()[:2] == ["payment_intent.created", "charge.succeeded"]


def test_an_intent_waits_for_a_method_and_then_for_its_confirmation(platform: Platform) -> None:
    intents = platform.client.v1.payment_intents
    intent = intents.create({**INTENT, "capture_method": "manual"})
    assert intent.status == "requires_payment_method"
    with pytest.raises(stripe.InvalidRequestError, match="missing a payment method"):
        intents.confirm(intent.id)
    assert intents.confirm(intent.id, {"payment_method": "pm_card_mastercard"}).status == "requires_capture"
    assert intents.capture(intent.id).status == "succeeded"
    with pytest.raises(stripe.InvalidRequestError) as refused:
        intents.confirm(intent.id)
    assert refused.value.code == "payment_intent_unexpected_state"


def test_a_declined_card_is_refused_and_its_intent_stays_to_be_tried_again(platform: Platform) -> None:
    intents = platform.client.v1.payment_intents
    wanted = {**INTENT, "confirm": True, "payment_method": "pm_card_chargeDeclinedInsufficientFunds"}
    with pytest.raises(stripe.CardError) as refused:
        intents.create(wanted, {"idempotency_key": "intent-1"})  # type: ignore[arg-type]
    assert (refused.value.http_status, refused.value.json_body["error"]["decline_code"]) == (402, "insufficient_funds")
    with pytest.raises(stripe.CardError):
        intents.create(wanted, {"idempotency_key": "intent-1"})  # type: ignore[arg-type]
    (kept,) = intents.list().data
    assert (kept.status, kept.id) == (
        "requires_payment_method",
        refused.value.json_body["error"]["payment_intent"]["id"],
    )
    assert platform.event_types() == ["payment_intent.created", "charge.failed", "payment_intent.payment_failed"]
    assert intents.confirm(kept.id, {"payment_method": "pm_card_visa"}).status == "succeeded"


def test_a_bank_account_answers_after_days(platform: Platform) -> None:
    methods, intents = platform.client.v1.payment_methods, platform.client.v1.payment_intents
    outcomes = {}
    for iban in ("AT611904300234573201", "AT861904300235473202"):
        method = methods.create({"type": "sepa_debit", "sepa_debit": {"iban": iban}})
        intent = intents.create({"amount": 1000, "currency": "eur", "confirm": True, "payment_method": method.id})
        assert intent.status == "processing"
        outcomes[iban] = intent.id
    platform.sandbox.advance(5 * 86_400)
    assert [intents.retrieve(outcomes[iban]).status for iban in outcomes] == ["succeeded", "requires_payment_method"]


def test_a_price_with_a_name_is_sold_as_often_as_wanted(platform: Platform) -> None:
    v1 = platform.client.v1
    product = v1.products.create({"name": "An hour", "description": "With Ada"})
    price = v1.prices.create({"product": product.id, "unit_amount": 1500, "currency": "USD"})
    wanted: Any = {"mode": "payment", "success_url": "http://localhost/paid"}
    session = v1.checkout.sessions.create({**wanted, "line_items": [{"price": price.id, "quantity": 2}]})
    assert (session.amount_total, session.currency) == (3000, "usd")
    assert v1.checkout.sessions.line_items.list(session.id).data[0].description == "An hour"
    both: Any = {"price": price.id, "price_data": {"currency": "usd", "unit_amount": 1}}
    for line in (both, {"quantity": 1}, {"price": "price_nobody"}):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            v1.checkout.sessions.create({**wanted, "line_items": [line]})
        assert str(refused.value.param).startswith("line_items[0]")


def test_a_session_takes_only_the_methods_it_was_made_for(platform: Platform) -> None:
    session = platform.a_session(currency="eur", allowed_payment_method_types=["sepa_debit"])
    assert session.payment_method_types == ["sepa_debit"]
    assert "cannot be paid by card" in platform.sandbox.pay(session.id)["error"]["message"]
    assert platform.sandbox.pay(session.id, bank_account="DE89370400440532013000")["status"] == "processing"
    with pytest.raises(stripe.InvalidRequestError, match="cannot pay this session"):
        platform.a_session(allowed_payment_method_types=["klarna"])


MISTAKES: list[tuple[dict[str, Any], str, str | None]] = [
    ({"amount": 49}, "amount", "amount_too_small"),
    ({"customer": "cus_nobody"}, "customer", "resource_missing"),
    ({"payment_method": "pm_nobody"}, "payment_method", "resource_missing"),
    ({"payment_method_data": {"type": "klarna"}}, "payment_method_data", "sandbox_not_played"),
]


@pytest.mark.parametrize(("change", "param", "code"), MISTAKES)
def test_a_mistaken_intent_is_refused_and_leaves_nothing(
    client: stripe.StripeClient, change: dict[str, Any], param: str, code: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.payment_intents.create({**INTENT, **change})  # type: ignore[arg-type]
    assert (refused.value.param, refused.value.code) == (param, code)
    assert client.v1.payment_intents.list().data == []


@pytest.mark.parametrize(
    ("wanted", "param"),
    [
        ({"type": "card", "card": {"token": "tok_nobody"}}, "card[token]"),
        ({"type": "sepa_debit", "sepa_debit": {"iban": "AT00"}}, "sepa_debit[iban]"),
        ({"type": "klarna"}, "type"),
    ],
)
def test_a_method_is_made_of_test_cards_and_accounts_only(
    client: stripe.StripeClient, wanted: dict[str, Any], param: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.payment_methods.create(wanted)  # type: ignore[arg-type]
    assert refused.value.param == param
