"""Checkout pages, payment intents and refunds."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

import stripe
from stripe.params.checkout import SessionCreateParams, SessionCreateParamsLineItemPriceData

from marketplace.payments.stripe_gateway.client import ask, instant, page_of
from marketplace.payments.stripe_gateway.settlements import Settlement, settlement
from marketplace.text import mail_address

CLOCKS_DIFFER = timedelta(minutes=5)
# What a refund moved in our balance, and what came back where it failed.
MOVED = ("balance_transaction", "failure_balance_transaction")


@dataclass(frozen=True)
class Checkout:
    """A hosted checkout page; `status` is open, complete or expired.

    `tax_cents` were laid on top of the price.
    """

    id: str
    url: str | None
    status: str
    intent_id: str | None
    tax_cents: int = 0


@dataclass(frozen=True)
class Charge:
    """The money of an intent; its settlement is None until Stripe has booked the charge."""

    id: str
    captured: bool
    amount_captured: int
    disputed: bool
    settlement: Settlement | None
    capture_before: datetime | None


@dataclass(frozen=True)
class Intent:
    """A payment intent; `status` is Stripe's own word, `failure` are its words of the last attempt, with their code."""

    id: str
    status: str
    currency: str
    failure: str | None
    failure_code: str | None
    charge: Charge | None


@dataclass(frozen=True)
class RefundState:
    """A refund at Stripe; `payment_id` is ours, from its metadata.

    `status`: pending, succeeded, failed, … It `moved` money once Stripe has booked it: one that waits for our
    balance has not. `returned` is what came back of it, `failure` why it failed, or waits.
    """

    id: str
    status: str
    amount: int
    refund_id: str | None
    failure: str | None
    moved: Settlement | None
    returned: Settlement | None


def create_checkout(
    *,
    payment_id: uuid.UUID,
    attempt: int,
    amount_cents: int,
    currency: str,
    description: str,
    email: str,
    manual_capture: bool,
    card_only: bool = False,
    automatic_tax: bool = False,
    expires_at: datetime,
    group: str,
    success_url: str,
    cancel_url: str,
) -> Checkout:
    """Open the hosted page for one payment; the same payment and attempt always get the same page.

    The price is shown and taken in the currency that was agreed: Stripe converts nothing for the payer.
    """
    metadata = {"payment_id": str(payment_id)}
    price: SessionCreateParamsLineItemPriceData = {
        "currency": currency,
        "unit_amount": amount_cents,
        "product_data": {"name": description},
    }
    params: SessionCreateParams = {
        "mode": "payment",
        "line_items": [{"quantity": 1, "price_data": price}],
        "client_reference_id": str(payment_id),
        "customer_email": mail_address(email),
        "metadata": metadata,
        "payment_intent_data": {
            "transfer_group": group,
            "metadata": metadata,
            "capture_method": "manual" if manual_capture else "automatic",
        },
        "expires_at": int(expires_at.timestamp()),
        "adaptive_pricing": {"enabled": False},
        "success_url": success_url,
        "cancel_url": cancel_url,
    }
    if card_only:
        params["allowed_payment_method_types"] = ["card"]
    if automatic_tax:
        price["tax_behavior"] = "exclusive"
        params["automatic_tax"] = {"enabled": True, "liability": {"type": "self"}}
    key = f"checkout:{payment_id}" if attempt == 1 else f"checkout:{payment_id}:{attempt}"
    made = ask(lambda client: client.v1.checkout.sessions.create(params=params, options={"idempotency_key": key}))
    return _checkout(made)


def checkout(checkout_id: str) -> Checkout:
    """The page as it stands."""
    return _checkout(ask(lambda client: client.v1.checkout.sessions.retrieve(checkout_id)))


def checkout_of(payment_id: uuid.UUID, *, since: datetime) -> Checkout | None:
    """The page of a payment that was first asked for at `since`, where the answer that named it was lost.

    One that has ended is none: nobody can pay there.
    """
    after: str | None = None
    while True:
        # What Stripe's clock says may be a little less than what ours said.
        params = page_of(since - CLOCKS_DIFFER, after)
        page = ask(lambda client, params=params: client.v1.checkout.sessions.list(params=params))  # type: ignore[misc]
        for found in page.data:
            if found.client_reference_id == str(payment_id) and found.status != "expired":
                return _checkout(found)
        if not page.has_more:
            return None
        after = page.data[-1].id


def expire_checkout(checkout_id: str) -> None:
    """Close an open page; refused for one that is complete or closed already."""
    ask(lambda client: client.v1.checkout.sessions.expire(checkout_id))


def _checkout(session: stripe.checkout.Session) -> Checkout:
    intent = session.payment_intent
    intent_id = intent if isinstance(intent, str) or intent is None else intent.id
    tax_cents = session.total_details.amount_tax if session.total_details else 0
    return Checkout(session.id, session.url, session.status or "open", intent_id, tax_cents)


def intent(intent_id: str) -> Intent:
    """A payment intent with its latest charge, freshly read."""
    return _intent(
        ask(
            lambda client: client.v1.payment_intents.retrieve(
                intent_id, params={"expand": ["latest_charge.balance_transaction"]}
            )
        )
    )


def capture(intent_id: str, key: str) -> None:
    """Take authorised money."""
    ask(lambda client: client.v1.payment_intents.capture(intent_id, options={"idempotency_key": key}))


def cancel_intent(intent_id: str, key: str) -> None:
    """Let authorised money go."""
    ask(lambda client: client.v1.payment_intents.cancel(intent_id, options={"idempotency_key": key}))


def _intent(found: stripe.PaymentIntent) -> Intent:
    latest = cast("stripe.Charge | None", found.latest_charge)
    error = found.last_payment_error
    return Intent(
        id=found.id,
        status=found.status,
        currency=found.currency,
        failure=(error.message or error.code) if error else None,
        failure_code=(error.decline_code or error.code) if error else None,
        charge=_charge(latest) if latest is not None else None,
    )


def _charge(found: stripe.Charge) -> Charge:
    details = found.payment_method_details
    card = details.card if details else None
    return Charge(
        id=found.id,
        captured=found.captured,
        amount_captured=found.amount_captured,
        disputed=found.disputed,
        settlement=settlement(found.balance_transaction),
        capture_before=instant(card.capture_before) if card else None,
    )


def refund(*, intent_id: str, amount_cents: int, refund_id: uuid.UUID, attempt: int) -> RefundState:
    """Send money back, once for each refund of ours.

    `attempt` counts from 1, after each refusal that may pass.
    """
    tried_before = f":{attempt}" if attempt > 1 else ""
    return _refund(
        ask(
            lambda client: client.v1.refunds.create(
                params={
                    "payment_intent": intent_id,
                    "amount": amount_cents,
                    "metadata": {"refund_id": str(refund_id)},
                    "expand": list(MOVED),
                },
                options={"idempotency_key": f"refund:{refund_id}{tried_before}"},
            )
        )
    )


def refund_state(stripe_id: str) -> RefundState:
    """A refund as it stands."""
    return _refund(ask(lambda client: client.v1.refunds.retrieve(stripe_id, params={"expand": list(MOVED)})))


def refunds_of(intent_id: str) -> list[RefundState]:
    """Every refund of one intent."""
    expand = [f"data.{name}" for name in MOVED]
    page = ask(
        lambda client: client.v1.refunds.list(params={"payment_intent": intent_id, "limit": 100, "expand": expand})
    )
    return [_refund(found) for found in page.data]


def _refund(found: stripe.Refund) -> RefundState:
    metadata = found.metadata.to_dict() if found.metadata else {}
    return RefundState(
        found.id,
        found.status or "pending",
        found.amount,
        metadata.get("refund_id"),
        found.failure_reason or found.pending_reason,
        settlement(found.balance_transaction),
        settlement(found.failure_balance_transaction),
    )
