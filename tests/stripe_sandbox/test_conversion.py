"""An account that holds dollars alone: Stripe converts what comes and goes in other currencies."""

import pytest
import requests
import stripe

from stripe_sandbox.__main__ import parser
from stripe_sandbox.testing import running
from tests.stripe_sandbox.words import Platform

DAY = 86_400


@pytest.fixture(autouse=True)
def dollars_alone(sandbox):
    sandbox.settle_in("usd")


def charge_of(platform: Platform, intent: stripe.PaymentIntent) -> stripe.Charge:
    found = platform.client.v1.payment_intents.retrieve(intent.id, {"expand": ["latest_charge.balance_transaction"]})
    return found.latest_charge


def test_euros_are_settled_as_dollars_at_a_rate_and_the_fee_is_in_dollars(platform: Platform) -> None:
    charge = charge_of(platform, platform.paid(10_000, currency="eur"))
    booked = charge.balance_transaction
    assert (charge.currency, charge.amount, booked.currency) == ("eur", 10_000, "usd")
    assert booked.amount == round(10_000 * booked.exchange_rate)
    assert booked.fee == round(booked.amount * 0.029) + 30
    assert sum(platform.balance()) == booked.net
    assert {line.currency for line in platform.client.v1.balance.retrieve().available} == {"usd"}


def test_dollars_are_not_converted(platform: Platform) -> None:
    assert charge_of(platform, platform.paid(10_000)).balance_transaction.exchange_rate is None


def test_a_yen_of_no_decimals_becomes_two_thirds_of_a_cent(platform: Platform) -> None:
    booked = charge_of(platform, platform.paid(15_100, currency="jpy")).balance_transaction
    assert 9_700 <= booked.amount <= 9_900


def test_a_refund_is_converted_at_another_rate_and_less_comes_back_where_it_fails(platform: Platform) -> None:
    intent = platform.paid(10_000, "4000000000005126", currency="eur")
    came = charge_of(platform, intent).balance_transaction
    refund = platform.client.v1.refunds.create({"payment_intent": intent.id, "expand": ["balance_transaction"]})
    assert (refund.amount, refund.currency, refund.balance_transaction.currency) == (10_000, "eur", "usd")
    assert -refund.balance_transaction.amount > came.amount
    platform.sandbox.advance(3 * DAY)
    failed = platform.client.v1.refunds.retrieve(refund.id, {"expand": ["failure_balance_transaction"]})
    assert failed.failure_balance_transaction.currency == "usd"
    assert 0 < failed.failure_balance_transaction.amount < -refund.balance_transaction.amount


def test_a_dispute_takes_and_returns_dollars(platform: Platform) -> None:
    charge = charge_of(platform, platform.paid(10_000, currency="eur"))
    dispute = platform.sandbox.dispute(charge.id)
    platform.sandbox.decide(dispute["id"], "won")
    taken, returned = platform.client.v1.disputes.retrieve(dispute["id"]).balance_transactions
    assert {taken.currency, returned.currency} == {"usd"}
    assert (taken.fee, returned.fee) == (1500, -1500)
    assert -taken.amount > returned.amount > 0


def test_a_transfer_in_what_is_not_held_is_not_covered(platform: Platform) -> None:
    platform.paid(10_000, "4000000000000077", currency="eur")
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        platform.transferred(5_000, currency="eur")
    assert refusal.value.code == "balance_insufficient"
    assert platform.transferred(5_000, currency="usd").currency == "usd"


def test_a_charge_that_converts_to_too_little_is_refused(platform: Platform) -> None:
    with pytest.raises(stripe.InvalidRequestError, match=r"must convert to at least 0\.50 USD"):
        platform.a_session(50, currency="jpy")
    assert platform.a_session(90, currency="jpy").amount_total == 90


def test_the_account_says_what_it_settles_in(platform: Platform) -> None:
    platform.sandbox.settle_in("gbp", "eur")
    assert platform.client.v1.accounts.retrieve_current().default_currency == "gbp"
    assert [line.currency for line in platform.client.v1.balance.retrieve().available] == ["eur", "gbp"]
    assert charge_of(platform, platform.paid(10_000, currency="eur")).balance_transaction.currency == "eur"
    platform.sandbox.reset(webhooks=[])
    assert charge_of(platform, platform.paid(10_000, currency="eur")).balance_transaction.currency == "eur"


def test_what_cannot_be_converted_is_refused(sandbox) -> None:
    for wanted in (["xyz"], "usd", None):
        with pytest.raises(requests.HTTPError):
            sandbox.control("POST", "settlement", {"currencies": wanted})
    with pytest.raises(SystemExit):
        parser().parse_args(["--settles", "usd,xyz"])
    assert parser().parse_args(["--settles", "USD, eur"]).settles == ("usd", "eur")


def test_a_sandbox_is_started_with_what_it_settles_in() -> None:
    with running(settles=("eur",)) as started:
        client = stripe.StripeClient(started.secret_key, base_addresses=started.base_addresses)
        assert client.v1.accounts.retrieve_current().default_currency == "eur"
