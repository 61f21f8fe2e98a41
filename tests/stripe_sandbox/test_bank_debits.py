"""Paying by bank: complete at once, certain only days later."""

import pytest
import requests
import stripe

from tests.stripe_sandbox.words import Platform

DAYS = 4 * 86_400
GOOD = "000123456789"
ASKED = [
    "payment_intent.created",
    "charge.pending",
    "payment_intent.processing",
    "checkout.session.completed",
]


def paid_by_bank(platform: Platform, account: str = GOOD, **more: str) -> stripe.checkout.Session:
    session = platform.a_session(10000, **more)
    assert platform.sandbox.pay(session.id, bank_account=account)["status"] == "processing"
    return again(platform, session)


def again(platform: Platform, session: stripe.checkout.Session) -> stripe.checkout.Session:
    return platform.client.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent.latest_charge"]})


def test_the_session_is_complete_but_unpaid_while_the_bank_thinks(platform: Platform) -> None:
    session = paid_by_bank(platform)
    assert (session.status, session.payment_status) == ("complete", "unpaid")
    intent = session.payment_intent
    assert (intent.status, intent.latest_charge.status, intent.latest_charge.paid) == ("processing", "pending", False)
    assert intent.latest_charge.payment_method_details.us_bank_account.last4 == "6789"
    assert platform.client.v1.payment_methods.retrieve(intent.payment_method).type == "us_bank_account"
    assert (platform.balance(), platform.event_types()) == ((0, 0), ASKED)
    for refused in (
        lambda: platform.client.v1.payment_intents.cancel(intent.id),
        lambda: platform.client.v1.refunds.create({"payment_intent": intent.id}),
        lambda: platform.client.v1.checkout.sessions.expire(session.id),
    ):
        with pytest.raises(stripe.InvalidRequestError):
            refused()


def test_days_later_the_money_is_there_less_the_smaller_fee(platform: Platform) -> None:
    session = paid_by_bank(platform)
    platform.sandbox.advance(DAYS - 5)
    assert again(platform, session).payment_status == "unpaid"
    platform.sandbox.advance(6)
    session = again(platform, session)
    assert (session.payment_status, session.payment_intent.status) == ("paid", "succeeded")
    assert platform.event_types()[4:] == [
        "charge.succeeded",
        "payment_intent.succeeded",
        "charge.updated",
        "checkout.session.async_payment_succeeded",
    ]
    [booked] = platform.client.v1.balance_transactions.list().data
    assert (booked.type, booked.reporting_category, booked.fee, platform.balance()) == (
        "payment",
        "charge",
        80,
        (9920, 0),
    )


@pytest.mark.parametrize(
    ("account", "code"),
    [
        ("000222222227", "insufficient_funds"),
        ("000111111113", "account_closed"),
        ("000111111116", "no_account"),
    ],
)
def test_or_the_debit_comes_back_and_nothing_was_paid(platform: Platform, account: str, code: str) -> None:
    session = paid_by_bank(platform, account)
    platform.sandbox.advance(DAYS)
    session = again(platform, session)
    assert (session.status, session.payment_status) == ("complete", "unpaid")
    intent = session.payment_intent
    assert (intent.status, intent.last_payment_error.code) == ("requires_payment_method", code)
    assert (intent.latest_charge.failure_code, platform.balance()) == (code, (0, 0))
    assert platform.event_types()[4:] == [
        "charge.failed",
        "payment_intent.payment_failed",
        "checkout.session.async_payment_failed",
    ]


def test_a_refund_of_a_bank_debit_is_booked_as_such_and_takes_a_while(platform: Platform) -> None:
    session = paid_by_bank(platform)
    platform.sandbox.advance(DAYS)
    refund = platform.client.v1.refunds.create({"payment_intent": again(platform, session).payment_intent.id})
    booked = platform.client.v1.balance_transactions.retrieve(refund.balance_transaction)
    assert (refund.status, booked.type, booked.net) == ("pending", "payment_refund", -10000)
    platform.sandbox.advance(60)
    assert platform.client.v1.refunds.retrieve(refund.id).status == "succeeded"


def test_euros_are_debited_by_sepa(platform: Platform) -> None:
    session = paid_by_bank(platform, "DE89370400440532013000", currency="eur")
    assert session.payment_method_types == ["card", "sepa_debit"]
    assert session.payment_intent.latest_charge.payment_method_details.sepa_debit.country == "DE"
    platform.sandbox.advance(DAYS)
    assert again(platform, session).payment_status == "paid"


def test_a_currency_without_bank_debits_and_a_hold_offer_cards_only(platform: Platform) -> None:
    for session in (
        platform.a_session(currency="gbp"),
        platform.a_session(payment_intent_data={"capture_method": "manual"}),
    ):
        assert session.payment_method_types == ["card"]
        assert "Pay by bank" not in requests.get(str(session.url), timeout=60).text
        assert "error" in platform.sandbox.pay(session.id, bank_account=GOOD)


def test_the_page_offers_the_bank_and_leads_back(platform: Platform) -> None:
    session = platform.a_session()
    assert "Pay by bank, settles in days" in requests.get(str(session.url), timeout=60).text
    form = {"method": "bank", "bank_account": "12", "email": "g@example.com", "name": "Grace"}
    wrong = requests.post(str(session.url), form, timeout=60)
    assert wrong.status_code == 422
    assert 'name="bank_account" value="12"' in wrong.text
    assert 'id="bank-bank_account-problem"' in wrong.text
    form["bank_account"] = "000 123 456 789"
    back = requests.post(str(session.url), form, timeout=60, allow_redirects=False)
    assert back.headers["Location"] == f"http://localhost/paid?cs={session.id}"
    assert "Your bank has been asked" in requests.get(str(session.url), timeout=60).text
    assert again(platform, session).customer_details.name == "Grace"
