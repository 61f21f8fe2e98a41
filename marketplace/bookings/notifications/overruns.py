"""What is told of an overrun: proposed, answered, over, refunded."""

from typing import Any

from marketplace.bookings.notifications.delivery import tell_both, tell_one
from marketplace.bookings.overruns.models import Overrun
from marketplace.money import spoken


def proposed(overrun: Overrun) -> None:
    """The mentee is asked."""
    booking = overrun.booking
    tell_one(booking, booking.mentee, f"overrun:{overrun.id}", "overrun_proposed", **_facts(overrun))


def ended(overrun: Overrun) -> None:
    """Both are told what became of it."""
    fact = f"overrun-{overrun.status}:{overrun.id}"
    tell_both(overrun.booking, fact, "overrun_ended", became=overrun.status, **_facts(overrun))


def refunded(overrun: Overrun) -> None:
    """Both are told that it is refunded."""
    fact = f"overrun-refunded:{overrun.id}"
    tell_both(overrun.booking, fact, "overrun_ended", became="refunded", **_facts(overrun))


def _facts(overrun: Overrun) -> dict[str, Any]:
    return {"more": overrun.minutes, "overrun_price": spoken(overrun.price_cents, overrun.currency)}
