"""How an earlier answer is named, and what stands for whoever it was enough for. Pure."""

import hashlib
import hmac
import uuid
from dataclasses import dataclass

from marketplace.accounts.addresses.rules import countable

ANSWER, SHELF = "answer", "shelf"
SOURCES = (ANSWER, SHELF)
# Shown before an ask is sent, of each source.
MOST_SHOWN = 3
# Each is looked at word by word: a thousand take a tenth of a second.
MOST_SEARCHED = 1000


@dataclass(frozen=True)
class Source:
    """A published answer, or something on the shelf."""

    kind: str
    id: uuid.UUID

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"

    @classmethod
    def read(cls, typed: str) -> "Source | None":
        """What `str` wrote; None of anything else."""
        kind, _colon, key = typed.partition(":")
        try:
            return cls(kind, uuid.UUID(key)) if kind in SOURCES else None
        except ValueError:
            return None


def address_digest(email: str, *, key: str) -> str:
    """What is kept of a confirmed address, so that it counts once: keyed, since addresses are soon tried."""
    return hmac.new(key.encode(), f"earlier answer:{countable(email)}".encode(), hashlib.sha256).hexdigest()
