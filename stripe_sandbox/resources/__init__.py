"""Stripe's resources, one file each. Importing this package registers every endpoint, timer and renderer."""

from . import (
    account_links,
    accounts,
    balance,
    charges,
    checkout_life,
    checkout_sessions,
    customers,
    disputes,
    events,
    payment_intents,
    payment_methods,
    refunds,
    topups,
    transfers,
    webhook_endpoints,
)

__all__ = [
    "account_links",
    "accounts",
    "balance",
    "charges",
    "checkout_life",
    "checkout_sessions",
    "customers",
    "disputes",
    "events",
    "payment_intents",
    "payment_methods",
    "refunds",
    "topups",
    "transfers",
    "webhook_endpoints",
]
