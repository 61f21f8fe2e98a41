"""Stripe Tax, played: asked for with the session, known once the buyer's country is."""

import pytest
import requests
import stripe

from stripe_sandbox.testing import RunningSandbox
from tests.stripe_sandbox.test_pages import submit
from tests.stripe_sandbox.words import Platform

AUTOMATIC = {"enabled": True, "liability": {"type": "self"}}


def an_item(behaviour: str | None = "exclusive", currency: str = "usd", amount: int = 12000, quantity: int = 1) -> dict:
    price = {"currency": currency, "unit_amount": amount, "product_data": {"name": "60 minutes with Ada"}}
    return {"quantity": quantity, "price_data": price | ({"tax_behavior": behaviour} if behaviour else {})}


def a_taxed_session(platform: Platform, **item: object) -> stripe.checkout.Session:
    return platform.a_session(automatic_tax=AUTOMATIC, line_items=[an_item(**item)])


def told(session: stripe.checkout.Session) -> tuple:
    return (
        session.automatic_tax.status,
        session.amount_subtotal,
        session.total_details.amount_tax,
        session.amount_total,
    )


def test_before_the_country_is_known_there_is_no_tax_yet(platform: Platform) -> None:
    session = a_taxed_session(platform)
    assert told(session) == ("requires_location_inputs", 12000, 0, 12000)
    assert (session.automatic_tax.enabled, session.automatic_tax.liability.type) == (True, "self")


@pytest.mark.parametrize(
    ("item", "country", "tax", "total"),
    [
        ({}, "DE", 2280, 14280),
        ({"behaviour": "inclusive"}, "DE", 1916, 12000),
        ({}, "US", 0, 12000),
        ({"currency": "jpy", "amount": 9001}, "JP", 900, 9901),
        ({"amount": 333, "quantity": 3}, "FR", 200, 1199),
    ],
)
def test_the_tax_is_charged_with_the_price(
    platform: Platform, sandbox: RunningSandbox, item: dict, country: str, tax: int, total: int
) -> None:
    made = a_taxed_session(platform, **item)
    sandbox.pay(made.id, country=country)
    session = platform.client.v1.checkout.sessions.retrieve(made.id, {"expand": ["line_items"]})
    assert told(session) == ("complete", made.amount_subtotal, tax, total)
    assert session.line_items is not None
    assert (session.line_items.data[0].amount_tax, session.line_items.data[0].amount_total) == (tax, total)
    assert session.customer_details.address.country == country
    assert platform.client.v1.payment_intents.retrieve(str(session.payment_intent)).amount_received == total


def test_the_country_is_chosen_on_the_page_and_may_change_after_a_declined_card(platform: Platform) -> None:
    session = a_taxed_session(platform)
    page = requests.get(str(session.url), timeout=60).text
    assert "Plus the tax of your country" in page
    assert '<option value="DE" selected>Germany, 19 % tax</option>' in page
    assert submit(str(session.url), country="XX").status_code == 422
    declined = submit(str(session.url), country="DE", card="4000000000009995")
    assert "142.80 USD" in declined.text
    assert submit(str(session.url), country="CH").status_code == 303
    session = platform.client.v1.checkout.sessions.retrieve(session.id)
    assert told(session) == ("complete", 12000, 972, 12972)
    assert platform.client.v1.payment_intents.retrieve(str(session.payment_intent)).amount_received == 12972


@pytest.mark.parametrize(
    ("automatic", "behaviour", "words"),
    [
        (AUTOMATIC, None, "tax_behavior"),
        ({"enabled": True, "liability": {"type": "account"}}, "exclusive", "liability"),
    ],
)
def test_what_cannot_be_calculated_is_refused(
    platform: Platform, automatic: dict, behaviour: str | None, words: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError, match=words):
        platform.a_session(automatic_tax=automatic, line_items=[an_item(behaviour)])


def test_a_session_without_it_knows_no_tax(platform: Platform, sandbox: RunningSandbox) -> None:
    session = platform.a_session()
    sandbox.pay(session.id, country="DE")
    session = platform.client.v1.checkout.sessions.retrieve(session.id)
    assert told(session) == (None, 12000, 0, 12000)
    assert session.customer_details.address is None
