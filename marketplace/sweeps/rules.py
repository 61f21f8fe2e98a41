"""What the hourly sweep looks for, and when."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from marketplace.languages import LazyText
from marketplace.languages import lazy_gettext as _l

# What the hourly sweep looks for, by its name, as an admin reads it.
KINDS: Mapping[str, LazyText] = {
    "messages": _l("Events of Stripe's that never came or were not handled"),
    "payments": _l("Payments whose end we had not heard of"),
    "refunds": _l("Refunds that were meant and not sent, or not settled"),
    "payouts": _l("Payouts that should be on their way, or on their way back"),
}
NAMES: Mapping[str, LazyText] = {
    "messages": _l("Events"),
    "payments": _l("Payments"),
    "refunds": _l("Refunds"),
    "payouts": _l("Payouts"),
}
# The worker sweeps so many minutes past each hour.
SWEEP_MINUTE = 29


def next_sweep(now: datetime) -> datetime:
    """When the worker sweeps next."""
    at = now.replace(minute=SWEEP_MINUTE, second=0, microsecond=0)
    return at if at > now else at + timedelta(hours=1)
