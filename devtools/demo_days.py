"""Days that have passed in the demo."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from marketplace import clock


@contextmanager
def days_ago(days: float) -> Iterator[None]:
    """Write as if it were so many days ago."""
    machine, now = clock.current(), clock.now()
    machine.freeze(now - timedelta(days=days))
    try:
        yield
    finally:
        machine.freeze(None)
