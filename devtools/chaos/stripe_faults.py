"""What befalls calls to Stripe: lost answers, refusals, and times when it answers nobody. Pure, as is the plan."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# Kind, how often among the others.
STRIPE_FAULTS: tuple[tuple[str, int], ...] = (
    ("fail_before", 4),
    ("fail_after", 5),
    ("drop_before", 3),
    ("drop_after", 5),
    ("slow_before", 1),
    ("slow_after", 1),
    ("rate_limit", 3),
)
# Where: the method and the path, `*` for any.
STRIPE_CALLS: tuple[tuple[str, str, int], ...] = (
    ("POST", "/v1/checkout/sessions", 5),
    ("POST", "/v1/checkout/sessions/*/expire", 3),
    ("POST", "/v1/payment_intents/*/capture", 4),
    ("POST", "/v1/payment_intents/*/cancel", 3),
    ("POST", "/v1/refunds", 6),
    ("POST", "/v1/transfers", 6),
    ("POST", "/v1/transfers/*/reversals", 2),
    ("POST", "/v1/disputes/*", 1),
    ("GET", "/v1/*", 6),
    ("*", "/v1/*", 4),
    ("*", "/v2/*", 1),
)


@dataclass(frozen=True)
class Fault:
    """Something that happens to everybody once operation `at` has begun."""

    at: int
    kind: str
    how: Mapping[str, Any] = field(default_factory=dict)


def _card(code: str, message: str) -> dict[str, Any]:
    return {"status": 402, "type": "card_error", "code": code, "message": message, "stored": True}


def _refused(message: str, code: str | None = None, status: int = 400) -> dict[str, Any]:
    return {"status": status, "code": code, "message": message, "stored": True}


# What Stripe refuses: in words, the call, what it answers, how often among the others.
Refused = tuple[str, str, str, dict[str, Any], int]
MISSING = _refused("No such object", "resource_missing", 404)
REFUSALS: tuple[Refused, ...] = (
    (
        "a card was declined when its money was captured",
        *("POST", "/v1/payment_intents/*/capture"),
        _card("card_declined", "Your card was declined."),
        5,
    ),
    (
        "the balance did not cover a refund",
        *("POST", "/v1/refunds"),
        _refused("Insufficient funds in your Stripe balance to refund this amount."),
        5,
    ),
    (
        "the balance did not cover a transfer",
        *("POST", "/v1/transfers"),
        _refused("You have insufficient available funds in your Stripe account.", "balance_insufficient"),
        3,
    ),
    (
        "the account of a transfer was restricted",
        *("POST", "/v1/transfers"),
        _refused(
            "Your destination account needs to have at least one of the following capabilities enabled: transfers",
            "insufficient_capabilities_for_transfer",
        ),
        3,
    ),
    (
        "the balance of a coach did not cover a reversal",
        *("POST", "/v1/transfers/*/reversals"),
        _refused("Insufficient funds in the destination account.", "balance_insufficient"),
        1,
    ),
    (
        "a page to pay on was refused",
        *("POST", "/v1/checkout/sessions"),
        _refused("No valid payment method types for this Checkout Session."),
        2,
    ),
    ("a page to pay on was unknown", *("GET", "/v1/checkout/sessions/*"), MISSING, 3),
    ("a payment was unknown", *("GET", "/v1/payment_intents/*"), MISSING, 3),
    ("the payment of a refund was unknown", *("POST", "/v1/refunds"), MISSING, 2),
    ("a refund was unknown", *("GET", "/v1/refunds/*"), MISSING, 2),
)

# What Stripe answers to everything for a while: in words, its answer, how often among the others.
OUTAGES: tuple[tuple[str, dict[str, Any], int], ...] = (
    ("Stripe was away for a while", {"status": 503, "type": "api_error", "message": "Stripe is away."}, 3),
    ("our key was rejected for a while", {"status": 401, "message": "Invalid API Key provided: sk_test_***"}, 2),
)
# As good as for ever: an outage ends when it is over.
FOR_A_WHILE = 1_000_000
# One in so many operations is accompanied by one.
EVERY = {"call": 7, "refusal": 20, "outage": 150}
# So many operations long.
OUTAGE_LASTS = (6, 20)


def at_stripe(rng: random.Random, operations: int) -> list[Fault]:
    """All of them."""
    return [*calls(rng, operations), *refusals(rng, operations), *outages(rng, operations)]


def calls(rng: random.Random, operations: int) -> list[Fault]:
    """Single calls that fail, or whose answers are lost."""
    injected = []
    for _ in range(max(1, operations // EVERY["call"])):
        kind = rng.choices(*zip(*STRIPE_FAULTS, strict=True))[0]
        method, path, _weight = rng.choices(STRIPE_CALLS, [weight for *_call, weight in STRIPE_CALLS])[0]
        how = {"kind": kind, "method": method, "path": path, "times": rng.choice((1, 1, 2, 3))}
        injected.append(Fault(rng.randrange(operations), "stripe", how))
    return injected


def refusals(rng: random.Random, operations: int) -> list[Fault]:
    """Single calls that are refused."""
    injected = []
    for _ in range(max(1, operations // EVERY["refusal"])):
        words, method, path, error, _weight = rng.choices(REFUSALS, [weight for *_what, weight in REFUSALS])[0]
        how = {"kind": "error", "method": method, "path": path, "times": rng.choice((1, 1, 2)), "error": error}
        injected.append(Fault(rng.randrange(operations), "refusal", {"words": words, "fault": how}))
    return injected


def outages(rng: random.Random, operations: int) -> list[Fault]:
    """Times when Stripe refuses everything, each over before the next begins."""
    injected = []
    for start in range(EVERY["outage"] // 2, operations, EVERY["outage"]):
        words, error, _weight = rng.choices(OUTAGES, [weight for *_what, weight in OUTAGES])[0]
        end = min(start + rng.randint(*OUTAGE_LASTS), operations)
        how = {"kind": "error", "method": "*", "path": "/v?/*", "times": FOR_A_WHILE, "error": error}
        injected += [Fault(start, "outage", {"words": words, "fault": how}), Fault(end, "outage_over")]
    return injected
