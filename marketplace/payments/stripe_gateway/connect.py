"""Coaches' accounts, transfers to them, and what moved in our own balance."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import stripe

from marketplace.payments.stripe_gateway.absences import filled
from marketplace.payments.stripe_gateway.client import ask, instant, page_of
from marketplace.text import mail_address


@dataclass(frozen=True)
class ReversalState:
    """What was reversed of a transfer.

    `reversal_id` is ours, from its metadata: None where it was done at Stripe.
    """

    id: str
    amount: int
    reversal_id: str | None


@dataclass(frozen=True)
class TransferState:
    """A transfer at Stripe; `payout_id` is ours, from its metadata.

    `reversals` are all of it, the latest first.
    """

    id: str
    amount: int
    currency: str
    payout_id: str | None
    amount_reversed: int
    reversals: tuple[ReversalState, ...]


@dataclass(frozen=True)
class BankAccount:
    """Where Stripe pays a coach's balance out to; it `is_first` where it takes its currency's payouts."""

    id: str
    last4: str
    is_first: bool


@dataclass(frozen=True)
class BalanceLine:
    """One balance transaction: what it moved in our Stripe balance, net of its fee."""

    id: str
    source: str
    type: str
    amount: int
    fee: int
    net: int
    currency: str
    created: datetime


def create_account(*, account_id: uuid.UUID, email: str, name: str, country: str) -> str:
    """Open a recipient account (Accounts v2) for a coach.

    Answers its id, the same one for the same `account_id`.
    """
    made = ask(
        lambda client: client.v2.core.accounts.create(
            params={
                "contact_email": mail_address(email),
                "display_name": name,
                "dashboard": "express",
                "identity": {"country": country.lower()},
                "configuration": {
                    "recipient": {"capabilities": {"stripe_balance": {"stripe_transfers": {"requested": True}}}}
                },
                "defaults": {"responsibilities": {"fees_collector": "application", "losses_collector": "application"}},
                "metadata": {"connected_account_id": str(account_id)},
            },
            options={"idempotency_key": f"account:{account_id}"},
        )
    )
    return made.id


def find_account(account_id: uuid.UUID) -> str | None:
    """The id of the account that was opened for an `account_id` of ours before, if there is one.

    Told by its metadata among all accounts, the newest first (assumed: lists show metadata, as the SDK's class has it).
    """

    def is_it(found: Any) -> bool:
        # Pages are read one after the other, while we look at them.
        filled(found)
        return bool(found.metadata and found.metadata.to_dict().get("connected_account_id") == str(account_id))

    return ask(
        lambda client: next(
            (
                found.id
                for found in client.v2.core.accounts.list(params={"limit": 100}).auto_paging_iter()
                if is_it(found)
            ),
            None,
        )
    )


def account_status(stripe_id: str) -> str:
    """Whether it can receive transfers: active, pending, restricted or unsupported."""
    found = ask(
        lambda client: client.v2.core.accounts.retrieve(stripe_id, params={"include": ["configuration.recipient"]})
    )
    recipient = found.configuration.recipient if found.configuration else None
    balance = recipient.capabilities.stripe_balance if recipient and recipient.capabilities else None
    transfers = balance.stripe_transfers if balance else None
    return str(transfers.status) if transfers else "pending"


def paid_out_to(stripe_id: str) -> list[BankAccount]:
    """The bank accounts and debit cards that it is paid out to, those that come first for their currency first.

    Assumed: an account that was made by v2 shows them by v1 too, as docs.stripe.com/connect/accounts-v2 has it of ids.
    """
    page = ask(lambda client: client.v1.accounts.external_accounts.list(stripe_id, {"limit": 100}))
    found = [BankAccount(one.id, one.last4 or "", bool(one.default_for_currency)) for one in page.data]
    return sorted(found, key=lambda one: not one.is_first)


def onboarding_link(stripe_id: str, *, return_url: str, refresh_url: str) -> str:
    """A single-use, short-lived address where the coach gives bank details.

    Never to be mailed or stored.
    """
    made = ask(
        lambda client: client.v2.core.account_links.create(
            params={
                "account": stripe_id,
                "use_case": {
                    "type": "account_onboarding",
                    "account_onboarding": {
                        "return_url": return_url,
                        "refresh_url": refresh_url,
                    },
                },
            }
        )
    )
    return made.url


def transfer(
    *, stripe_account_id: str, amount_cents: int, currency: str, payout_id: uuid.UUID, attempt: int
) -> TransferState:
    """Send a payout to a coach, once for each attempt.

    A new attempt only after a definite refusal.
    """
    return _transfer(
        ask(
            lambda client: client.v1.transfers.create(
                params={
                    "amount": amount_cents,
                    "currency": currency,
                    "destination": stripe_account_id,
                    "transfer_group": f"payout_{payout_id}",
                    "metadata": {"payout_id": str(payout_id)},
                },
                options={"idempotency_key": f"transfer:{payout_id}:{attempt}"},
            )
        )
    )


def transfers_of(payout_id: uuid.UUID) -> list[TransferState]:
    """Transfers that were made for one payout, also by a call whose answer was lost."""
    page = ask(lambda client: client.v1.transfers.list(params={"transfer_group": f"payout_{payout_id}"}))
    return [_transfer(found) for found in page.data]


def transfer_state(stripe_id: str) -> TransferState:
    """A transfer as it stands."""
    return _transfer(ask(lambda client: client.v1.transfers.retrieve(stripe_id)))


def reverse_transfer(stripe_id: str, *, amount_cents: int, reversal_id: uuid.UUID, attempt: int) -> ReversalState:
    """Reverse so much of a transfer, once for each reversal of ours and attempt.

    Refused where the coach's balance at Stripe is smaller (assumed: the documentation disagrees with itself).
    """
    made = ask(
        lambda client: client.v1.transfers.reversals.create(
            stripe_id,
            params={"amount": amount_cents, "metadata": {"reversal_id": str(reversal_id)}},
            options={"idempotency_key": f"reversal:{reversal_id}:{attempt}"},
        )
    )
    return _reversal(made)


def reversals_of(stripe_id: str) -> tuple[ReversalState, ...]:
    """Everything that was reversed of a transfer, the latest first."""
    found: list[ReversalState] = []
    while True:
        after: Any = {"starting_after": found[-1].id} if found else {}
        page = ask(
            lambda client, after=after: client.v1.transfers.reversals.list(stripe_id, params={"limit": 100} | after)  # type: ignore[misc]
        )
        found.extend(_reversal(reversal) for reversal in page.data)
        if not page.has_more:
            return tuple(found)


def _reversal(found: stripe.TransferReversal) -> ReversalState:
    metadata = found.metadata.to_dict() if found.metadata else {}
    return ReversalState(found.id, found.amount, metadata.get("reversal_id"))


def _transfer(found: stripe.Transfer) -> TransferState:
    # A transfer carries its latest ten reversals.
    reversals = (
        reversals_of(found.id) if found.reversals.has_more else tuple(_reversal(one) for one in found.reversals.data)
    )
    metadata = found.metadata.to_dict() if found.metadata else {}
    return TransferState(
        id=found.id,
        amount=found.amount,
        currency=found.currency,
        payout_id=metadata.get("payout_id"),
        amount_reversed=found.amount_reversed,
        reversals=reversals,
    )


def balance_lines(since: datetime | None = None) -> Iterator[BalanceLine]:
    """Every balance transaction, the newest first, page by page."""
    after: str | None = None
    while True:
        page = ask(lambda client, after=after: client.v1.balance_transactions.list(params=page_of(since, after)))  # type: ignore[misc]
        for found in page.data:
            source = found.source if isinstance(found.source, str) else getattr(found.source, "id", "")
            created = cast(datetime, instant(found.created))
            yield BalanceLine(
                found.id, source or "", found.type, found.amount, found.fee, found.net, found.currency, created
            )
        if not page.has_more:
            return
        after = page.data[-1].id


def undelivered_events(since: datetime) -> list[dict[str, Any]]:
    """Events of the last 30 days that no endpoint of ours has acknowledged, the oldest first."""
    found: list[dict[str, Any]] = []
    after: str | None = None
    while True:
        page = ask(
            lambda client, after=after: client.v1.events.list(  # type: ignore[misc]
                params=page_of(since, after) | {"delivery_success": False}
            )
        )
        # Decimals of the SDK become the strings that Stripe sent.
        found.extend(event.to_dict(for_json=True) for event in page.data)
        if not page.has_more:
            return found[::-1]
        after = page.data[-1].id
