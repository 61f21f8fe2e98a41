"""What the hourly sweep looks for, and when."""

from datetime import datetime, timedelta

# What the hourly sweep looks for, by its name, as an admin reads it.
KINDS = {
    "messages": "Messages of Stripe that never came or were not handled",
    "payments": "Payments whose end we had not heard of",
    "refunds": "Refunds that were meant and not sent, or not settled",
    "payouts": "Payouts that should be on their way, or on their way back",
}
# The worker sweeps so many minutes past each hour.
SWEEP_MINUTE = 29


def next_sweep(now: datetime) -> datetime:
    """When the worker sweeps next."""
    at = now.replace(minute=SWEEP_MINUTE, second=0, microsecond=0)
    return at if at > now else at + timedelta(hours=1)
