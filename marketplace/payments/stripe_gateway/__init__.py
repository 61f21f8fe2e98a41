"""The one room that knows Stripe's SDK. Each call refuses to run inside a transaction (`db.outside_commands`).

Calls answer with the small frozen shapes below; amounts are minor units, instants UTC. They raise `Unavailable` where
the outcome is unknown or Stripe is down (ask again under the same key), and `GatewayRefused` for a definite no.
"""

from marketplace.payments.stripe_gateway.checkouts import (
    Charge,
    Checkout,
    Intent,
    RefundState,
    cancel_intent,
    capture,
    checkout,
    create_checkout,
    expire_checkout,
    intent,
    refund,
    refund_state,
    refunds_of,
)
from marketplace.payments.stripe_gateway.client import BadSignature, GatewayRefused, configure, verified_event
from marketplace.payments.stripe_gateway.connect import (
    BalanceLine,
    ReversalState,
    TransferState,
    account_status,
    balance_lines,
    create_account,
    onboarding_link,
    reversals_of,
    reverse_transfer,
    transfer,
    transfer_state,
    transfers_of,
    undelivered_events,
)
from marketplace.payments.stripe_gateway.disputes import DisputeLine, DisputeState, dispute, submit_evidence

__all__ = [
    "BadSignature",
    "BalanceLine",
    "Charge",
    "Checkout",
    "DisputeLine",
    "DisputeState",
    "GatewayRefused",
    "Intent",
    "RefundState",
    "ReversalState",
    "TransferState",
    "account_status",
    "balance_lines",
    "cancel_intent",
    "capture",
    "checkout",
    "configure",
    "create_account",
    "create_checkout",
    "dispute",
    "expire_checkout",
    "intent",
    "onboarding_link",
    "refund",
    "refund_state",
    "refunds_of",
    "reversals_of",
    "reverse_transfer",
    "submit_evidence",
    "transfer",
    "transfer_state",
    "transfers_of",
    "undelivered_events",
    "verified_event",
]
