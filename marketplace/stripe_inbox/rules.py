"""What an event is about, and how long one may be missing."""

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

# A stored event whose job has been lost is taken up again after so long.
LOST_AFTER = timedelta(minutes=1)
# A sweep asks for everything that was never delivered and that Stripe still keeps.
SWEPT = timedelta(days=30)


def is_event(found: Any) -> bool:
    """Has it what every event has?"""
    return isinstance(found, dict) and isinstance(found.get("id"), str) and isinstance(found.get("type"), str)


def object_of(event: Mapping[str, Any]) -> dict[str, Any]:
    """The object that an event carries (v1) or points to (thin); empty without one."""
    data = event.get("data")
    carried = data.get("object") if isinstance(data, dict) else None
    found = carried or event.get("related_object")
    return found if isinstance(found, dict) else {}


def object_id(event: Mapping[str, Any]) -> str | None:
    """The id of that object."""
    found = object_of(event).get("id")
    return found if isinstance(found, str) else None


def metadata_of(event: Mapping[str, Any]) -> dict[str, Any]:
    """What we wrote on that object."""
    found = object_of(event).get("metadata")
    return found if isinstance(found, dict) else {}
