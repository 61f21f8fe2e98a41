"""Payouts to banks: the platform's by hand, a connected account's by themselves; some come back."""

from typing import Any

import pytest
import requests
import stripe

from tests.stripe_sandbox.conformance import violations
from tests.stripe_sandbox.words import AVAILABLE_AT_ONCE, Platform

DAY = 86_400
CLOSED, NOBODY = "000111111113", "000111111116"
THIN = [
    "v2.core.account[requirements].updated",
    "v2.core.account[configuration.recipient].capability_status_updated",
]


@pytest.fixture
def rich(platform: Platform) -> Platform:
    platform.paid(10000, AVAILABLE_AT_ONCE)
    return platform


def a_coach(platform: Platform, bank_account: str = "000123456789") -> str:
    account = platform.an_account(outcome=None)
    platform.sandbox.onboard(account, bank_account=bank_account)
    return account


def theirs(platform: Platform, account: str) -> list[stripe.Payout]:
    return platform.client.v1.payouts.list(options={"stripe_account": account}).data


def events_of(platform: Platform, account: str) -> list[str]:
    listed = platform.client.v1.events.list({"limit": 100}, {"stripe_account": account})
    return [event.type for event in listed.data][::-1]


def bank_of(platform: Platform, account: str) -> stripe.BankAccount:
    [bank] = platform.client.v1.accounts.external_accounts.list(account).data
    return bank  # type: ignore[return-value]


def capabilities(platform: Platform, account: str) -> Any:
    found = platform.client.v2.core.accounts.retrieve(account, {"include": ["configuration.recipient"]})
    return found.configuration.recipient.capabilities.stripe_balance


def test_the_platform_pays_out_by_hand_and_it_arrives_days_later(rich: Platform) -> None:
    payouts = rich.client.v1.payouts
    payout = payouts.create({"amount": 9000, "currency": "usd", "metadata": {"for": "rent"}})
    assert (payout.status, payout.automatic, rich.balance()) == ("pending", False, (680, 0))
    booked = rich.client.v1.balance_transactions.list({"source": payout.id}).data
    assert [(one.type, one.net) for one in booked] == [("payout", -9000)]
    rich.sandbox.advance(2 * DAY)
    payout = payouts.retrieve(payout.id, {"expand": ["destination"]})
    assert (payout.status, payout.destination.last4) == ("paid", "6789")
    assert rich.event_types()[-2:] == ["payout.created", "payout.paid"]
    assert [one.id for one in payouts.list({"status": "paid", "destination": payout.destination.id})] == [payout.id]
    assert payouts.update(payout.id, {"metadata": {"for": ""}}).metadata.to_dict() == {}
    with pytest.raises(stripe.InvalidRequestError, match="pending"):
        payouts.cancel(payout.id)


def test_no_more_is_paid_out_than_is_available(rich: Platform) -> None:
    for amount, code in ((9681, "balance_insufficient"), (0, "parameter_invalid_integer")):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            rich.client.v1.payouts.create({"amount": amount, "currency": "usd"})
        assert refused.value.code == code


def test_a_payout_can_be_called_back_while_it_is_pending(rich: Platform) -> None:
    payout = rich.client.v1.payouts.create({"amount": 9000, "currency": "usd"})
    assert rich.client.v1.payouts.cancel(payout.id).status == "canceled"
    assert rich.balance() == (9680, 0)
    rich.sandbox.advance(3 * DAY)
    assert rich.client.v1.payouts.retrieve(payout.id).status == "canceled"


def test_the_platforms_money_stays_until_it_is_paid_out(rich: Platform) -> None:
    rich.sandbox.advance(30 * DAY)
    assert (rich.balance(), rich.client.v1.payouts.list().data) == ((9680, 0), [])


def test_what_a_coach_got_goes_to_her_bank_by_itself(rich: Platform) -> None:
    coach = a_coach(rich)
    rich.transferred(5000, coach)
    rich.transferred(1000, coach)
    assert (rich.balance(coach), theirs(rich, coach)) == ((6000, 0), [])
    rich.sandbox.advance(DAY)
    [payout] = theirs(rich, coach)
    assert (payout.amount, payout.automatic, payout.status, rich.balance(coach)) == (6000, True, "pending", (0, 0))
    rich.sandbox.advance(2 * DAY)
    assert theirs(rich, coach)[0].status == "paid"
    assert events_of(rich, coach) == ["account.external_account.created", "payout.created", "payout.paid"]
    assert rich.client.v1.payouts.list().data == []


def test_the_events_of_a_coachs_payouts_go_to_the_connect_endpoint(rich: Platform, receiver: Any) -> None:
    rich.sandbox.reset(webhooks=[])
    rich.sandbox.add_webhook(receiver.url, receiver.secret, "connect")
    rich.sandbox.add_available(5000)
    coach = a_coach(rich)
    rich.transferred(5000, coach)
    rich.sandbox.advance(3 * DAY)
    rich.sandbox.settle()
    assert receiver.types == ["account.external_account.created", "payout.created", "payout.paid"]
    event = rich.client.construct_event(*receiver.got[-1], receiver.secret)
    assert (event.account, violations(event.to_dict())) == (coach, [])


@pytest.mark.parametrize(
    ("number", "code", "told"),
    [
        (NOBODY, "no_account", ["payout.failed", "account.external_account.updated"]),
        (CLOSED, "account_closed", ["payout.paid", "payout.failed", "account.external_account.updated"]),
    ],
)
def test_a_bank_that_turns_a_payout_down_sends_it_back_and_is_no_longer_used(
    rich: Platform, number: str, code: str, told: list[str]
) -> None:
    coach = a_coach(rich, number)
    rich.transferred(5000, coach)
    thin_before = len(rich.client.v2.core.events.list().data)
    rich.sandbox.advance(20 * DAY)
    [payout] = theirs(rich, coach)
    assert (payout.status, payout.failure_code, rich.balance(coach)) == ("failed", code, (5000, 0))
    options = {"stripe_account": coach}
    returned = rich.client.v1.balance_transactions.retrieve(str(payout.failure_balance_transaction), options=options)
    assert (returned.type, returned.net, returned.source) == ("payout_failure", 5000, payout.id)
    assert events_of(rich, coach)[2:] == told
    assert bank_of(rich, coach).status == "errored"
    assert (capabilities(rich, coach).payouts.status, capabilities(rich, coach).stripe_transfers.status) == (
        "restricted",
        "active",
    )
    assert [event.type for event in rich.client.v2.core.events.list().data[: -thin_before or None]][::-1] == THIN
    account = rich.client.v1.accounts.retrieve(coach)
    assert (account.payouts_enabled, account.requirements.currently_due) == (False, ["external_account"])
    page = requests.get(rich.client.v1.accounts.login_links.create(coach).url, timeout=60).text
    assert "a payout failed, please give another bank account" in page


def test_with_another_bank_account_the_money_is_sent_again(rich: Platform) -> None:
    coach = a_coach(rich, NOBODY)
    rich.transferred(5000, coach)
    rich.sandbox.advance(5 * DAY)
    failed = bank_of(rich, coach)
    rich.sandbox.onboard(coach)
    assert (bank_of(rich, coach).last4, bank_of(rich, coach).status) == ("6789", "new")
    assert events_of(rich, coach)[-2:] == ["account.external_account.deleted", "account.external_account.created"]
    rich.sandbox.advance(4 * DAY)
    assert [payout.status for payout in theirs(rich, coach)] == ["paid", "failed"]
    bank = bank_of(rich, coach)
    accounts = rich.client.v1.accounts.external_accounts
    assert accounts.retrieve(coach, bank.id).id == bank.id
    with pytest.raises(stripe.InvalidRequestError) as gone:
        accounts.retrieve(coach, failed.id)
    assert gone.value.code == "resource_missing"
    assert accounts.list(coach, {"object": "card"}).data == []


def test_the_same_bank_account_given_again_is_tried_again(rich: Platform) -> None:
    coach = a_coach(rich, NOBODY)
    rich.transferred(5000, coach)
    rich.sandbox.advance(5 * DAY)
    rich.sandbox.onboard(coach, bank_account=NOBODY)
    assert (bank_of(rich, coach).status, events_of(rich, coach)[-1]) == ("new", "account.external_account.updated")
    rich.sandbox.advance(5 * DAY)
    assert [payout.status for payout in theirs(rich, coach)] == ["failed", "failed"]


def test_a_transfer_cannot_be_reversed_once_the_money_is_at_the_bank(rich: Platform) -> None:
    coach = a_coach(rich)
    transfer = rich.transferred(5000, coach)
    rich.sandbox.advance(DAY)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        rich.client.v1.transfers.reversals.create(transfer.id)
    assert refused.value.code == "balance_insufficient"


def test_an_account_without_a_bank_cannot_be_paid_out(rich: Platform) -> None:
    coach = a_coach(rich)
    rich.transferred(5000, coach)
    with pytest.raises(stripe.InvalidRequestError, match="insufficient available funds"):
        rich.client.v1.payouts.create({"amount": 1, "currency": "usd"}, {"stripe_account": rich.an_account(None)})
    by_hand = rich.client.v1.payouts.create({"amount": 2000, "currency": "usd"}, {"stripe_account": coach})
    assert (by_hand.automatic, rich.balance(coach)) == (False, (3000, 0))


@pytest.mark.parametrize("status", ["restricted", "pending", "rejected", "unsupported"])
def test_stripe_may_change_its_mind_about_an_account_later(rich: Platform, status: str) -> None:
    coach = a_coach(rich)
    rich.transferred(1000, coach)
    rich.sandbox.set_capability(coach, status)
    assert capabilities(rich, coach).stripe_transfers.status == status
    thin = [event.type for event in rich.client.v2.core.events.list({"object_id": coach, "limit": 2})]
    assert sorted(thin) == sorted(THIN)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        rich.transferred(100, coach)
    assert refused.value.code == "insufficient_capabilities_for_transfer"
    rich.sandbox.advance(3 * DAY)
    assert theirs(rich, coach) == []
    account = rich.client.v2.core.accounts.retrieve(coach, {"include": ["requirements"]})
    assert len(account.requirements.entries) == (1 if status == "restricted" else 0)
    rich.sandbox.set_capability(coach, "active")
    rich.sandbox.advance(DAY)
    assert [payout.amount for payout in theirs(rich, coach)] == [1000]


def test_a_restricted_account_is_well_again_when_its_owner_provides_what_is_due(rich: Platform) -> None:
    coach = a_coach(rich)
    rich.sandbox.set_capability(coach, "restricted")
    rich.sandbox.onboard(coach)
    assert capabilities(rich, coach).stripe_transfers.status == "active"
    assert rich.client.v1.accounts.retrieve(coach).payouts_enabled


def test_the_control_refuses_a_status_that_stripe_does_not_have(platform: Platform) -> None:
    without = platform.client.v2.core.accounts.create({"contact_email": "ada@example.com"}).id
    for account, status in ((platform.an_account(), "sleepy"), (without, "active"), ("acct_nobody", "active")):
        with pytest.raises(requests.HTTPError):
            platform.sandbox.set_capability(account, status)
