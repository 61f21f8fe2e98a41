"""Both sides of everything that moves; and that books which do not agree are said to."""

import json
from typing import Any

import pytest

from stripe_sandbox.testing import RunningSandbox
from tests.stripe_sandbox.words import AVAILABLE_AT_ONCE, Platform


def test_every_cent_has_somewhere_to_be(platform: Platform) -> None:
    paid = platform.paid(12000, AVAILABLE_AT_ONCE)
    platform.client.v1.refunds.create({"payment_intent": paid.id, "amount": 2000})
    transfer = platform.transferred(5000)
    platform.client.v1.transfers.reversals.create(transfer.id, {"amount": 1000})
    charge = platform.paid(3000).latest_charge
    platform.sandbox.dispute(charge.id)  # type: ignore[union-attr]
    books = platform.sandbox.books
    assert books["accounts"] == {
        "balance:platform": {"usd": 12000 - 378 - 2000 - 4000 + 3000 - 117 - 3000 - 1500},
        f"balance:{transfer.destination}": {"usd": 4000},
        "networks": {"usd": 3000},
        "payers": {"usd": -12000 + 2000 - 3000},
        "stripe_fees": {"usd": 378 + 117 + 1500},
        "transfers": {"usd": 0},
    }
    assert (books["sums"], books["differences"]) == ({"usd": 0}, [])


def test_currencies_are_never_added_up(platform: Platform) -> None:
    platform.paid(12000)
    platform.paid(5000, currency="jpy")
    books = platform.sandbox.books
    assert books["accounts"]["payers"] == {"usd": -12000, "jpy": -5000}
    assert books["sums"] == {"usd": 0, "jpy": 0}


SPOILT: list[tuple[str, str, Any, str]] = [
    ("charge", "amount_captured", 1, "moved 1 usd, and 12000 was booked"),
    ("charge", "amount_refunded", 5, "says 5 went back, its refunds say 2000"),
    ("refund", "status", "failed", "moved 0 usd, and -2000 was booked"),
    ("transfer", "amount_reversed", 7, "says 7 was reversed, its reversals 1000"),
    ("transfer", "amount", 4999, "moved -4999 usd, and -5000 was booked"),
    ("dispute", "status", "won", "moved 0 usd, and -3000 was booked"),
    ("payout", "status", "failed", "moved 0 usd, and -500 was booked"),
]


@pytest.mark.parametrize(("kind", "field", "value", "said"), SPOILT)
def test_an_object_that_says_something_else_is_named(
    platform: Platform, shared_sandbox: RunningSandbox, kind: str, field: str, value: Any, said: str
) -> None:
    _everything(platform)
    box = shared_sandbox.server.box
    with box.transaction() as store:
        spoilt = store.find(kind, account=None)[-1]
        kept = json.dumps(spoilt)
        store.save({**spoilt, field: value})
    found = platform.sandbox.books["differences"]
    with box.transaction() as store:
        store.save(json.loads(kept))
    assert len([line for line in found if said in line and spoilt["id"] in line]) == 1, found


def test_a_transfer_that_reached_nobody_is_named(platform: Platform, shared_sandbox: RunningSandbox) -> None:
    _everything(platform)
    box = shared_sandbox.server.box
    with box.transaction() as store:
        arrived = store.find("balance_transaction", account=None, where={"type": "payment"})[0]
        store.save({**arrived, "amount": 4998, "net": 4998})
    found = platform.sandbox.books["differences"]
    with box.transaction() as store:
        store.save(arrived)
    assert "Transfers of 2 usd have left one balance and reached no other." in found


def _everything(platform: Platform) -> None:
    paid = platform.paid(12000, AVAILABLE_AT_ONCE)
    platform.client.v1.refunds.create({"payment_intent": paid.id, "amount": 2000})
    transfer = platform.transferred(5000)
    platform.client.v1.transfers.reversals.create(transfer.id, {"amount": 1000})
    platform.sandbox.dispute(platform.paid(3000).latest_charge.id)  # type: ignore[union-attr]
    platform.sandbox.add_available(5000)
    platform.client.v1.payouts.create({"amount": 500, "currency": "usd"})
