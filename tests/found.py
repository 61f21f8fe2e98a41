"""Things that tests find, and assert something of each of."""

from collections.abc import Iterable
from typing import TypeVar

T = TypeVar("T")


def some(things: Iterable[T], least: int = 1) -> list[T]:
    """All of them, `least` or more: what is asserted of each of none holds whatever the code does."""
    found = list(things)
    assert len(found) >= least, f"{len(found)} found where there are {least} or more"
    return found
