"""What a folder and a bucket have in common."""

from typing import Protocol

from marketplace.errors import Unavailable


class StoreUnavailable(Unavailable):
    """We cannot reach the place where our files are kept. Nothing was lost; try again in a minute."""


class Store(Protocol):
    """Keeps bytes under names of ours. Everything may be asked twice."""

    def put(self, name: str, data: bytes, content_type: str) -> None:
        """Keep these bytes; they are there for good once this returns."""

    def get(self, name: str) -> bytes:
        """The bytes; StoreUnavailable where there are none, too: a row says that they were kept."""

    def remove(self, name: str) -> None:
        """Forget them; it is all the same if there are none."""
