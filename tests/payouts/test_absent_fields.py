"""What may be null at Stripe may as well be left out: everything that we read stands either."""

import uuid
from datetime import timedelta

import pytest
import stripe as sdk

from marketplace import clock
from marketplace.ledger.queries.balances import balances
from marketplace.payments import queries as payments
from marketplace.payments.service import refunds
from marketplace.payments.stripe_gateway import account_setup, checkouts, connect, disputes
from marketplace.payments.stripe_gateway import client as stripe_client
from marketplace.payments.stripe_gateway.absences import filled, optional
from marketplace.payouts.queries import bank_accounts as bank_account_queries
from marketplace.stripe_inbox import handlers
from tests.factories import a_booking, a_hold, a_payment, an_offering
from tests.scenes import TEN

DISPUTED = "4000000000000259"
TOPPED_UP = 100_000
# The SDK's class of each kind of object that events carry.
CLASSES = {
    resource.OBJECT_NAME: resource
    for resource in (
        *(getattr(sdk, name) for name in ("Account", "BankAccount", "Charge", "Dispute", "PaymentIntent", "Payout")),
        *(sdk.Refund, sdk.Transfer, sdk.checkout.Session, sdk.Balance, sdk.Topup),
    )
}

# Whatever the application reads at Stripe, by the ids of a scene.
READS = {
    "a page": lambda ids: checkouts.checkout(ids["page"]),
    "a page by its payment": lambda ids: checkouts.checkout_of(ids["payment"], since=ids["since"]),
    "an intent with its charge": lambda ids: checkouts.intent(ids["intent"]),
    "an intent in dispute": lambda ids: checkouts.intent(ids["disputed"]),
    "a refund": lambda ids: checkouts.refund_state(ids["refund"]),
    "refunds of an intent": lambda ids: checkouts.refunds_of(ids["intent"]),
    "a dispute": lambda ids: disputes.dispute(ids["dispute"]),
    "an account": lambda ids: connect.account_status(ids["account"]),
    "an account by our id": lambda ids: connect.find_account(ids["account_id"]),
    "where an account is paid out to": lambda ids: connect.paid_out_to(ids["account"]),
    "an onboarding": lambda ids: connect.onboarding_link(ids["account"], return_url="http://x", refresh_url="http://x"),
    "a transfer": lambda ids: connect.transfer_state(ids["transfer"]),
    "transfers of a payout": lambda ids: connect.transfers_of(ids["payout"]),
    "reversals of a transfer": lambda ids: connect.reversals_of(ids["transfer"]),
    "our balance": lambda ids: list(connect.balance_lines()),
    "our own account": lambda ids: account_setup.own_account(),
    "where events go": lambda ids: list(account_setup.event_destinations()),
    "what was not delivered": lambda ids: len(connect.undelivered_events(ids["since"])),
}


@pytest.fixture
def scene(ada, mia, alma, earn, bank, approved, stripe, run_jobs, moment):
    """One of everything at Stripe: paid, refunded, disputed, paid out and reversed."""
    since = clock.now()
    account = bank(ada)
    earn(ada)
    stripe.add_available(TOPPED_UP)
    (payout,) = approved()
    run_jobs()
    refunded = a_booking(mia, an_offering(ada), TEN + timedelta(days=15), stripe).payment
    refunds.intend_refund(refunded, cents=6000, reason="a test", key="test")
    run_jobs()
    disputed = a_payment(mia, a_hold(mia, an_offering(ada), TEN + timedelta(days=16)), stripe, card=DISPUTED).payment
    (dispute,) = stripe.read("disputes")["data"]
    return {
        "since": since,
        "page": refunded.checkout_id,
        "payment": refunded.id,
        "intent": refunded.intent_id,
        "disputed": disputed.intent_id,
        "refund": payments.refunds_of(refunded.id)[0].stripe_id,
        "dispute": dispute["id"],
        "account": bank_account_queries.account(str(account.id)).stripe_id,
        "account_id": account.id,
        "payout": payout.id,
        "transfer": payout.stripe_id,
    }


def optional_fields(found, path=""):
    """The paths of everything in an answer that may be absent, as the sandbox leaves it out."""
    if isinstance(found, list):
        return {name for one in found for name in optional_fields(one, path)}
    if not isinstance(found, sdk.StripeObject):
        return set()
    told = found.to_dict(recursive=False)
    path = told["object"] if isinstance(told.get("object"), str) else path
    own = {f"{path}.{name}" for name in optional(type(found)) if name in told}
    return own | {field for name, value in told.items() for field in optional_fields(value, f"{path}.{name}")}


@pytest.fixture
def answers(monkeypatch):
    """What Stripe answered, as it came."""
    kept = []

    def keeping(answer):
        kept.append(answer)
        return filled(answer)

    monkeypatch.setattr(stripe_client, "filled", keeping)
    return kept


@pytest.mark.slow
def test_each_field_that_may_be_absent_may_be_absent_from_whatever_we_read(scene, stripe, answers):
    left_out = 0
    for name, read in READS.items():
        answers.clear()
        whole = read(scene)
        fields = {field for answer in answers for field in optional_fields(answer)}
        stripe.leave_out(nulls=True)
        assert read(scene) == whole or name in {"an onboarding", "what was not delivered"}, name
        for field in sorted(fields):
            stripe.leave_out(field)
            read(scene)
        left_out += len(fields)
        stripe.leave_out()
    assert left_out > 100


def test_without_any_null_everything_comes_to_the_same(request, stripe, run_jobs):
    stripe.leave_out(nulls=True)
    scene = request.getfixturevalue("scene")
    for event in stripe.events():
        handlers.handle(event)
    run_jobs()
    assert balances()["stripe", "usd"] + TOPPED_UP == stripe.balance_net()
    assert payments.dispute_by_stripe_id(scene["dispute"]).status == "needs_response"


@pytest.mark.slow
def test_each_field_that_may_be_absent_may_be_absent_from_what_an_event_carries(scene, stripe, run_jobs):
    handled = 0
    for event in stripe.events():
        carried = event["data"]["object"]
        for name in optional(CLASSES[carried["object"]]):
            if name in carried:
                without = {key: value for key, value in carried.items() if key != name}
                handlers.handle(event | {"data": {"object": without}})
                handled += 1
    assert handled > 100
    run_jobs()
    assert balances()["stripe", "usd"] + TOPPED_UP == stripe.balance_net()


def test_an_event_without_what_every_event_has_is_about_nothing_of_ours(stripe):
    known = {handlers.NOT_OURS, handlers.NOT_HANDLED, None}
    for beginning, _ in (*handlers.ON_OUR_ACCOUNT, *handlers.ON_A_COACHS_ACCOUNT):
        for account in ({}, {"account": "acct_nobody"}):
            said = handlers.handle({"type": f"{beginning}.x", "id": f"evt_{uuid.uuid4().hex}"} | account)
            assert said in known or "did not ask for" in said or "does not know this" in said
