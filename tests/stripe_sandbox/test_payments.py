"""Checkout, capture, refunds and transfers, with every cent accounted for."""

import pytest
import stripe

from tests.stripe_sandbox.words import AVAILABLE_AT_ONCE, Platform

DAY = 86_400
DECLINES = [
    ("4000000000000002", "card_declined", "generic_decline"),
    ("4000000000009995", "card_declined", "insufficient_funds"),
    ("4000000000000069", "expired_card", "expired_card"),
    ("1234123412341234", "incorrect_number", "incorrect_number"),
]


def test_a_new_session_is_open_and_has_no_intent_yet(platform: Platform) -> None:
    session = platform.a_session(metadata={"booking": "b1"}, client_reference_id="b1")
    assert (session.status, session.payment_status, session.payment_intent) == ("open", "unpaid", None)
    assert session.amount_total == 12000
    assert session.metadata.to_dict() == {"booking": "b1"}


def test_paying_completes_the_session_and_books_the_charge_less_the_fee(platform: Platform) -> None:
    session = platform.a_session(payment_intent_data={"transfer_group": "booking_1", "metadata": {"booking": "b1"}})
    answer = platform.sandbox.pay(session.id)
    assert answer["redirect"] == f"http://localhost/paid?cs={session.id}"
    session = platform.client.v1.checkout.sessions.retrieve(
        session.id, {"expand": ["payment_intent.latest_charge.balance_transaction", "line_items.data.price.product"]}
    )
    intent = session.payment_intent
    assert (session.status, session.payment_status, session.url) == ("complete", "paid", None)
    assert (intent.status, intent.transfer_group, intent.metadata["booking"]) == ("succeeded", "booking_1", "b1")
    booked = intent.latest_charge.balance_transaction
    assert (booked.amount, booked.fee, booked.net, booked.status) == (12000, 378, 11622, "pending")
    assert session.line_items.data[0].price.product.name == "60 minutes with Ada"


def test_paying_tells_what_happened_in_order_and_the_booking_comes_with_charge_updated(platform: Platform) -> None:
    platform.paid()
    assert platform.event_types() == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "charge.updated",
        "checkout.session.completed",
    ]
    events = {event.type: event for event in platform.client.v1.events.list()}
    assert events["charge.succeeded"].data.object["balance_transaction"] is None
    assert events["charge.updated"].data.object["balance_transaction"].startswith("txn_")
    assert events["charge.updated"].data.previous_attributes.to_dict() == {"balance_transaction": None}


@pytest.mark.parametrize(("card", "code", "decline_code"), DECLINES)
def test_a_declined_card_leaves_the_session_open_for_another(
    platform: Platform, card: str, code: str, decline_code: str
) -> None:
    session = platform.a_session()
    error = platform.sandbox.pay(session.id, card)["error"]
    assert (error["type"], error["code"], error["decline_code"]) == ("card_error", code, decline_code)
    session = platform.client.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    assert session.status == "open"
    assert session.payment_intent.last_payment_error.decline_code == decline_code
    assert "payment_intent.payment_failed" in platform.event_types()
    assert platform.balance() == (0, 0)
    assert platform.sandbox.pay(session.id)["status"] == "succeeded"
    charges = platform.client.v1.charges.list({"payment_intent": session.payment_intent.id}).data
    assert [charge.status for charge in charges] == ["succeeded", "failed"]


@pytest.mark.parametrize(("answer", "status"), [("complete", "complete"), ("fail", "open")])
def test_three_d_secure_decides_whether_the_session_is_paid(platform: Platform, answer: str, status: str) -> None:
    session = platform.a_session()
    assert platform.sandbox.pay(session.id, "4000002760003184")["status"] == "requires_action"
    assert "payment_intent.requires_action" in platform.event_types()
    platform.sandbox.pay(session.id, "4000002760003184", three_d_secure=answer)
    assert platform.client.v1.checkout.sessions.retrieve(session.id).status == status


def test_money_is_pending_until_it_settles(platform: Platform) -> None:
    platform.paid(10000)
    assert platform.balance() == (0, 9680)
    platform.sandbox.advance(2 * DAY)
    assert platform.balance() == (9680, 0)
    assert platform.client.v1.balance_transactions.list().data[0].status == "available"


@pytest.mark.parametrize(("cents", "currency", "fee"), [(10000, "usd", 320), (50, "usd", 31), (5000, "jpy", 175)])
def test_the_fee_is_a_share_and_a_fixed_part(platform: Platform, cents: int, currency: str, fee: int) -> None:
    charge = platform.paid(cents, currency=currency).latest_charge
    booked = platform.client.v1.balance_transactions.retrieve(charge.balance_transaction)
    assert (booked.fee, booked.currency) == (fee, currency)


def test_a_refund_gives_the_money_back_and_keeps_the_fee(platform: Platform) -> None:
    intent = platform.paid(10000, AVAILABLE_AT_ONCE)
    refund = platform.client.v1.refunds.create(
        {"payment_intent": intent.id, "amount": 4000, "metadata": {"why": "half"}, "expand": ["balance_transaction"]}
    )
    assert (refund.status, refund.balance_transaction.net, refund.metadata["why"]) == ("succeeded", -4000, "half")
    assert platform.balance() == (5680, 0)
    charge = platform.client.v1.charges.retrieve(intent.latest_charge.id, {"expand": ["refunds"]})
    assert (charge.amount_refunded, charge.refunded, len(charge.refunds.data)) == (4000, False, 1)
    platform.client.v1.refunds.create({"charge": charge.id})
    assert platform.client.v1.charges.retrieve(charge.id).refunded
    assert platform.event_types()[-2:] == ["refund.created", "charge.refunded"]


def test_a_refund_of_money_that_has_not_settled_leaves_the_available_balance_alone(platform: Platform) -> None:
    intent = platform.paid(10000)
    platform.client.v1.refunds.create({"payment_intent": intent.id})
    assert platform.balance() == (0, -320)


def test_no_more_is_refunded_than_was_charged(platform: Platform) -> None:
    intent = platform.paid(10000)
    with pytest.raises(stripe.InvalidRequestError, match=r"60\.00 USD.*50\.00 USD|greater than") as too_much:
        platform.client.v1.refunds.create({"payment_intent": intent.id, "amount": 10001})
    assert too_much.value.param == "amount"
    platform.client.v1.refunds.create({"payment_intent": intent.id})
    with pytest.raises(stripe.InvalidRequestError) as again:
        platform.client.v1.refunds.create({"payment_intent": intent.id})
    assert again.value.code == "charge_already_refunded"


def test_an_authorisation_takes_nothing_until_it_is_captured(platform: Platform) -> None:
    intent = platform.authorised(10000)
    card = intent.latest_charge.payment_method_details.card
    assert (intent.status, intent.amount_capturable, platform.balance()) == ("requires_capture", 10000, (0, 0))
    assert card.capture_before - intent.latest_charge.created == 7 * DAY
    session = platform.client.v1.checkout.sessions.list({"payment_intent": intent.id}).data[0]
    assert (session.status, session.payment_status) == ("complete", "unpaid")
    captured = platform.client.v1.payment_intents.capture(intent.id)
    assert (captured.status, captured.amount_received, platform.balance()) == ("succeeded", 10000, (0, 9680))
    assert platform.client.v1.checkout.sessions.retrieve(session.id).payment_status == "paid"
    assert platform.event_types()[-3:] == ["charge.captured", "payment_intent.succeeded", "charge.updated"]


def test_capturing_a_part_gives_the_rest_back_without_a_booking(platform: Platform) -> None:
    intent = platform.authorised(10000)
    platform.client.v1.payment_intents.capture(intent.id, {"amount_to_capture": 6000})
    assert platform.balance() == (0, 6000 - 204)
    refunds = platform.client.v1.refunds.list({"payment_intent": intent.id}).data
    assert [(refund.amount, refund.balance_transaction) for refund in refunds] == [(4000, None)]
    with pytest.raises(stripe.InvalidRequestError) as too_much:
        platform.client.v1.refunds.create({"payment_intent": intent.id, "amount": 6001})
    assert too_much.value.param == "amount"


@pytest.mark.parametrize("amount", [0, 10001])
def test_no_more_and_no_less_is_captured_than_was_authorised(platform: Platform, amount: int) -> None:
    intent = platform.authorised(10000)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        platform.client.v1.payment_intents.capture(intent.id, {"amount_to_capture": amount})
    assert refused.value.param == "amount_to_capture"


def test_cancelling_an_authorisation_releases_it(platform: Platform) -> None:
    intent = platform.authorised()
    cancelled = platform.client.v1.payment_intents.cancel(intent.id, {"cancellation_reason": "requested_by_customer"})
    assert (cancelled.status, cancelled.cancellation_reason) == ("canceled", "requested_by_customer")
    assert platform.balance() == (0, 0)
    with pytest.raises(stripe.InvalidRequestError) as late:
        platform.client.v1.payment_intents.capture(intent.id)
    assert late.value.code == "payment_intent_unexpected_state"


def test_an_authorisation_lapses_when_its_time_is_up(platform: Platform) -> None:
    intent = platform.authorised()
    platform.sandbox.advance(7 * DAY - 60)
    assert platform.client.v1.payment_intents.retrieve(intent.id).status == "requires_capture"
    platform.sandbox.advance(60)
    lapsed = platform.client.v1.payment_intents.retrieve(intent.id)
    assert (lapsed.status, lapsed.cancellation_reason) == ("canceled", "automatic")
    assert platform.event_types()[-3:] == ["charge.expired", "charge.refunded", "payment_intent.canceled"]
    assert platform.client.v1.refunds.list().data[0].balance_transaction is None
    with pytest.raises(stripe.InvalidRequestError) as late:
        platform.client.v1.payment_intents.capture(intent.id)
    assert late.value.code == "charge_expired_for_capture"


def test_a_paid_intent_can_be_neither_cancelled_nor_captured(platform: Platform) -> None:
    intent = platform.paid()
    for verb in (platform.client.v1.payment_intents.cancel, platform.client.v1.payment_intents.capture):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            verb(intent.id)
        assert refused.value.code == "payment_intent_unexpected_state"


def test_a_transfer_moves_available_money_to_a_ready_account(platform: Platform) -> None:
    platform.paid(10000, AVAILABLE_AT_ONCE)
    account = platform.an_account()
    transfer = platform.transferred(6000, account, transfer_group="booking_1", metadata={"payout": "p1"})
    assert (platform.balance(), platform.balance(account)) == ((3680, 0), (6000, 0))
    for filters in ({"transfer_group": "booking_1"}, {"destination": account}):
        assert [found.id for found in platform.client.v1.transfers.list(filters)] == [transfer.id]
    assert platform.client.v1.transfers.list({"transfer_group": "booking_2"}).data == []
    booked = platform.client.v1.balance_transactions.list({"source": transfer.id}).data
    assert [(one.type, one.net) for one in booked] == [("transfer", -6000)]
    theirs = platform.client.v1.balance_transactions.list(options={"stripe_account": account}).data
    assert [(one.type, one.source) for one in theirs] == [("payment", transfer.destination_payment)]


def test_a_transfer_needs_available_money(platform: Platform) -> None:
    platform.paid(10000)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        platform.transferred(1)
    assert refused.value.code == "balance_insufficient"
    platform.sandbox.advance(2 * DAY)
    assert platform.transferred(9680).amount == 9680


@pytest.mark.parametrize("outcome", [None, "rejected", "leave"])
def test_a_transfer_needs_an_account_that_may_receive_it(platform: Platform, outcome: str | None) -> None:
    platform.paid(10000, AVAILABLE_AT_ONCE)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        platform.transferred(100, platform.an_account(outcome))
    assert refused.value.code == "insufficient_capabilities_for_transfer"
    with pytest.raises(stripe.InvalidRequestError) as nobody:
        platform.transferred(100, "acct_nobody")
    assert (nobody.value.code, nobody.value.param) == ("resource_missing", "destination")


def test_a_reversal_takes_the_money_back_in_parts_and_never_more(platform: Platform) -> None:
    platform.paid(10000, AVAILABLE_AT_ONCE)
    account = platform.an_account()
    transfer = platform.transferred(6000, account)
    reversals = platform.client.v1.transfers.reversals
    first = reversals.create(transfer.id, {"amount": 2500, "metadata": {"refund": "r1"}})
    assert (platform.balance(), platform.balance(account)) == ((6180, 0), (3500, 0))
    with pytest.raises(stripe.InvalidRequestError) as too_much:
        reversals.create(transfer.id, {"amount": 3501})
    assert too_much.value.param == "amount"
    reversals.create(transfer.id)
    transfer = platform.client.v1.transfers.retrieve(transfer.id)
    assert (transfer.reversed, transfer.amount_reversed) == (True, 6000)
    assert [one.id for one in reversals.list(transfer.id)][-1] == first.id
    assert reversals.retrieve(transfer.id, first.id).amount == 2500
    with pytest.raises(stripe.InvalidRequestError, match="already fully reversed"):
        reversals.create(transfer.id)
    kinds = [one.type for one in platform.client.v1.balance_transactions.list({"type": "transfer_refund"})]
    assert kinds == ["transfer_refund"] * 2


def test_the_balance_is_the_sum_of_the_balance_transactions(platform: Platform) -> None:
    first = platform.paid(10000, AVAILABLE_AT_ONCE)
    platform.paid(7000)
    platform.client.v1.refunds.create({"payment_intent": first.id, "amount": 1000})
    transfer = platform.transferred(3000)
    platform.client.v1.transfers.reversals.create(transfer.id, {"amount": 500})
    booked = platform.client.v1.balance_transactions.list({"limit": 100}).data
    assert sum(one.net for one in booked) == sum(platform.balance())
    assert all(one.net == one.amount - one.fee for one in booked)


def test_a_session_expires_by_call_or_by_time_and_then_takes_no_card(platform: Platform) -> None:
    by_call, by_time = platform.a_session(), platform.a_session(expires_at=int(platform.sandbox.now) + 31 * 60)
    expired = platform.client.v1.checkout.sessions.expire(by_call.id)
    assert (expired.status, expired.url) == ("expired", None)
    platform.sandbox.advance(31 * 60 + 1)
    assert platform.client.v1.checkout.sessions.retrieve(by_time.id).status == "expired"
    assert platform.event_types() == ["checkout.session.expired"] * 2
    for session in (by_call, by_time):
        assert "expired" in platform.sandbox.pay(session.id)["error"]["message"]
        with pytest.raises(stripe.InvalidRequestError, match="status of expired"):
            platform.client.v1.checkout.sessions.expire(session.id)


def test_a_paid_session_cannot_be_expired_or_paid_again(platform: Platform) -> None:
    session = platform.a_session()
    platform.sandbox.pay(session.id)
    with pytest.raises(stripe.InvalidRequestError, match="status of complete"):
        platform.client.v1.checkout.sessions.expire(session.id)
    assert "complete" in platform.sandbox.pay(session.id)["error"]["message"]
    assert len(platform.client.v1.charges.list().data) == 1
