"""How many times may go with a quote, and how long one is held. Pure."""

from collections.abc import Sequence
from datetime import datetime

MOST_TIMES = 5


def held_until(valid_until: datetime, starts_at: datetime) -> datetime:
    """A time is held as long as its quote stands, and no longer than until it begins."""
    return min(valid_until, starts_at)


def in_order(times: Sequence[datetime]) -> list[datetime]:
    """Each once, the first first."""
    return sorted(set(times))
