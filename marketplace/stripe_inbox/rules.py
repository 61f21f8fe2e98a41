"""What an event is about, and how long one may be missing."""

import hashlib
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from marketplace.states import StateMachine

RECEIVED, FAILED, HANDLED = "received", "failed", "handled"
# An event has no column for its state: `StripeEvent.state` reads it from when it was handled and why not.
EVENT_STATES = StateMachine(
    "stripe_event",
    frozenset({RECEIVED}),
    {
        RECEIVED: frozenset({FAILED, HANDLED}),
        # Every attempt may fail anew.
        FAILED: frozenset({FAILED, HANDLED}),
        # An admin has it handled once more.
        HANDLED: frozenset({RECEIVED}),
    },
)

KINDS = ("platform", "connect", "thin")
# What each endpoint is to be sent, as its types stand in Stripe's dashboard: it knows no `charge.*`.
EVENTS: dict[str, tuple[str, ...]] = {
    "platform": (
        "checkout.session.completed",
        "checkout.session.async_payment_succeeded",
        "checkout.session.async_payment_failed",
        "checkout.session.expired",
        "payment_intent.amount_capturable_updated",
        "payment_intent.succeeded",
        "payment_intent.canceled",
        "payment_intent.payment_failed",
        "charge.captured",
        "charge.expired",
        "charge.updated",
        "charge.refunded",
        "refund.created",
        "refund.updated",
        "refund.failed",
        "charge.dispute.created",
        "charge.dispute.updated",
        "charge.dispute.closed",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.funds_reinstated",
        "transfer.created",
        "transfer.updated",
        "transfer.reversed",
    ),
    "connect": (
        "payout.paid",
        "payout.failed",
        "account.external_account.created",
        "account.external_account.updated",
        "account.external_account.deleted",
        "account.application.deauthorized",
    ),
    "thin": (
        "v2.core.account[requirements].updated",
        "v2.core.account[configuration.recipient].capability_status_updated",
        "v2.core.account.closed",
    ),
}

# A stored event whose job has been lost is taken up again after so long.
LOST_AFTER = timedelta(minutes=1)
# A sweep asks for everything that was never delivered and that Stripe still keeps.
SWEPT = timedelta(days=30)

# Stripe's ids and types have at most 255 characters; an index of PostgreSQL takes 2,700 bytes.
LONGEST_NAME = 255
# The type under which something is kept that no handler could read.
SET_ASIDE = "set_aside"


def is_event(found: Any) -> bool:
    """Has it what every event has?"""
    return isinstance(found, dict) and _is_name(found.get("id")) and _is_name(found.get("type"))


def _is_name(found: Any) -> bool:
    return isinstance(found, str) and 0 < len(found) <= LONGEST_NAME and found.isascii() and found.isprintable()


def name_of(event: Any) -> str:
    """Under which id it is kept: its own, or one made of all that it says where that is none."""
    own = event.get("id") if isinstance(event, dict) else None
    return str(own) if _is_name(own) else f"unnamed_{hashlib.sha256(written(event).encode()).hexdigest()[:32]}"


def written(event: Any) -> str:
    """What came, as text, whatever it is."""
    return json.dumps(event, default=str)


def object_of(event: Mapping[str, Any]) -> dict[str, Any]:
    """The object that an event carries (v1) or points to (thin); empty without one."""
    data = event.get("data")
    carried = data.get("object") if isinstance(data, dict) else None
    found = carried or event.get("related_object")
    return found if isinstance(found, dict) else {}


def object_id(event: Mapping[str, Any]) -> str | None:
    """The id of that object."""
    found = object_of(event).get("id")
    return found if _is_name(found) else None


def changed_in(event: Mapping[str, Any]) -> set[str]:
    """The names of what an update changed about that object."""
    data = event.get("data")
    before = data.get("previous_attributes") if isinstance(data, dict) else None
    return set(before) if isinstance(before, dict) else set()


def metadata_of(event: Mapping[str, Any]) -> dict[str, Any]:
    """What we wrote on that object."""
    found = object_of(event).get("metadata")
    return found if isinstance(found, dict) else {}
