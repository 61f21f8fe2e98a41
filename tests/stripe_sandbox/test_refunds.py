"""Refunds that take a while, come back, or wait for money."""

import pytest
import stripe

from stripe_sandbox.cards import METHODS, card_of
from tests.stripe_sandbox.words import AVAILABLE_AT_ONCE, Platform

MINUTE = 60
PENDING, FAILS = "4000000000007726", "4000000000005126"


def refunded(platform: Platform, intent: stripe.PaymentIntent, **more: int) -> stripe.Refund:
    return platform.client.v1.refunds.create({"payment_intent": intent.id, **more})


def again(platform: Platform, refund: stripe.Refund) -> stripe.Refund:
    return platform.client.v1.refunds.retrieve(
        refund.id, {"expand": ["balance_transaction", "failure_balance_transaction", "charge"]}
    )


def test_a_pending_refund_succeeds_some_time_later(platform: Platform) -> None:
    refund = refunded(platform, platform.paid(10000, PENDING))
    assert (refund.status, refund.pending_reason) == ("pending", "processing")
    assert platform.event_types()[-2:] == ["refund.created", "charge.refunded"]
    platform.sandbox.advance(MINUTE)
    refund = again(platform, refund)
    assert (refund.status, refund.pending_reason) == ("succeeded", None)
    assert platform.event_types()[-2:] == ["refund.updated", "charge.refund.updated"]
    updated = platform.client.v1.events.list({"type": "refund.updated"}).data[0]
    assert updated.data.previous_attributes.to_dict() == {"status": "pending", "pending_reason": "processing"}


def test_a_refund_that_succeeded_may_come_back_and_then_nothing_was_refunded(platform: Platform) -> None:
    refund = refunded(platform, platform.paid(10000, FAILS))
    assert (refund.status, platform.balance()) == ("succeeded", (0, -320))
    platform.sandbox.advance(MINUTE)
    refund = again(platform, refund)
    assert (refund.status, refund.failure_reason) == ("failed", "expired_or_canceled_card")
    booked = refund.failure_balance_transaction
    assert (booked.type, booked.net, booked.source) == ("refund_failure", 10000, refund.id)
    assert (refund.charge.amount_refunded, refund.charge.refunded) == (0, False)
    assert sum(platform.balance()) == 9680
    assert platform.event_types()[-3:] == ["refund.updated", "charge.refund.updated", "refund.failed"]
    assert refunded(platform, platform.client.v1.payment_intents.list().data[0]).amount == 10000


def test_a_refund_beyond_the_balance_waits_until_there_is_money(platform: Platform) -> None:
    intent = platform.paid(20000, AVAILABLE_AT_ONCE)
    platform.transferred(19000)
    refund = refunded(platform, intent)
    assert (refund.status, refund.pending_reason, refund.balance_transaction) == ("pending", "insufficient_funds", None)
    assert platform.balance() == (390, 0)
    platform.sandbox.control("POST", "balance/available", {"amount": 10000, "currency": "usd"})
    assert again(platform, refund).status == "pending"
    platform.sandbox.control("POST", "balance/available", {"amount": 10000, "currency": "usd"})
    refund = again(platform, refund)
    assert (refund.status, refund.balance_transaction.net, platform.balance()) == ("succeeded", -20000, (390, 0))
    assert platform.event_types()[-2:] == ["refund.updated", "charge.refund.updated"]


def test_a_waiting_refund_is_sent_when_another_charge_settles(platform: Platform) -> None:
    intent = platform.paid(20000, AVAILABLE_AT_ONCE)
    platform.transferred(19000)
    platform.paid(30000)
    refund = refunded(platform, intent)
    platform.sandbox.advance(86_400)
    assert again(platform, refund).status == "pending"
    platform.sandbox.advance(86_400)
    refund = again(platform, refund)
    assert refund.status == "succeeded"
    assert platform.client.v1.refunds.list({"charge": refund.charge.id}).data[0].pending_reason is None


@pytest.mark.parametrize(("overdraft_units", "accepted"), [(19610, True), (19609, False)])
def test_past_the_accounts_threshold_a_refund_is_refused_without_a_code(
    platform: Platform, overdraft_units: int, accepted: bool
) -> None:
    platform.sandbox.control("POST", "refunds/policy", {"overdraft_units": overdraft_units, "beyond": "refuse"})
    intent = platform.paid(20000, AVAILABLE_AT_ONCE)
    platform.transferred(19000)
    if accepted:
        assert (refunded(platform, intent).status, platform.balance()) == ("succeeded", (-19610, 0))
        return
    with pytest.raises(stripe.InvalidRequestError, match="Insufficient funds in your Stripe balance") as refused:
        refunded(platform, intent)
    assert refused.value.code is None
    assert platform.client.v1.charges.list().data[0].amount_refunded == 0


def test_a_top_up_by_the_api_is_available_at_once(platform: Platform) -> None:
    topup = platform.client.v1.topups.create({"amount": 700, "currency": "usd", "metadata": {"why": "float"}})
    assert (topup.status, topup.metadata["why"], platform.balance()) == ("succeeded", "float", (700, 0))
    booked = platform.client.v1.balance_transactions.retrieve(topup.balance_transaction, {"expand": ["source"]})
    assert (booked.type, booked.net, booked.source.id) == ("topup", 700, topup.id)
    assert platform.client.v1.topups.retrieve(topup.id).amount == 700
    assert [one.id for one in platform.client.v1.topups.list({"status": "succeeded"})] == [topup.id]
    assert platform.event_types() == ["topup.created", "topup.succeeded"]
    with pytest.raises(stripe.InvalidRequestError):
        platform.client.v1.topups.create({"amount": 0, "currency": "usd"})


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("balance/available", {"amount": 0}),
        ("balance/available", {"amount": "much"}),
        ("refunds/policy", {"beyond": "luck"}),
        ("refunds/policy", {"overdraft_units": -1}),
    ],
)
def test_a_senseless_order_to_the_control_is_refused(platform: Platform, path: str, body: dict[str, object]) -> None:
    with pytest.raises(Exception, match="400"):
        platform.sandbox.control("POST", path, body)


def test_cards_are_known_by_number_and_by_the_name_of_their_payment_method() -> None:
    assert card_of("pm_card_refundFail") is card_of("4000 0000 0000 5126") is METHODS["pm_card_refundFail"]
    assert card_of("pm_card_visa_chargeDeclined").decline == "generic_decline"
    assert card_of("pm_card_nobody").decline == "incorrect_number"


def test_a_card_that_can_be_kept_but_not_charged_is_declined(platform: Platform) -> None:
    error = platform.sandbox.pay(platform.a_session().id, "pm_card_chargeCustomerFail")["error"]
    assert (error["code"], error["decline_code"]) == ("card_declined", "generic_decline")
