"""Objects in the shape of the SDK's resource classes."""

import typing
from functools import cache
from typing import Any

import stripe

Obj = dict[str, Any]

# Optional at the SDK means "may be null" and "may be absent"; these are absent unless asked for.
_ABSENT = frozenset(
    {
        "deleted", "line_items", "refunds", "sources", "subscriptions", "tax_ids", "cash_balance", "tax",
        "source", "level3", "secret", "currency_options", "tiers", "connect_reserved", "instant_available",
        "issuing", "invoice_credit_balance", "refund_and_dispute_prefunding", "individual", "company",
        "groups", "future_requirements", "previous_attributes", "snapshot_event", "changes", "amount_details",
        "presentment_details", "test_clock", "account", "context", "destination_details",
    }
)  # fmt: skip


@cache
def _nullable(resource: type) -> tuple[str, ...]:
    hints = resource.__annotations__
    return tuple(
        name
        for name, hint in hints.items()
        if name not in _ABSENT and not name.startswith("_") and type(None) in typing.get_args(hint)
    )


def shape(resource: type[stripe.StripeObject], **fields: Any) -> Obj:
    """A dict with `fields`, `object` set, and null for every other field that Stripe always sends."""
    known = resource.__annotations__
    base: Obj = dict.fromkeys(_nullable(resource))  # type: ignore[arg-type]  # mypy: a class is hashable
    base |= {"object": getattr(resource, "OBJECT_NAME", None)}
    if "livemode" in known:
        base["livemode"] = False
    return {**base, **fields}
