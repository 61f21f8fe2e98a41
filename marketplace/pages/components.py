"""What the components of templates are given where a few words are not enough."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class NeedsAttention:
    """One line of what needs attention: who, what, until when, and the one thing to do about it.

    `action` are the words of the link to `address`. Whatever has no person of its own (a failed job) has no `who`.
    Where minutes count, `now` is the present instant, from which the time left runs down to `until`.
    """

    what: str
    action: str
    address: str
    who: str = ""
    until: datetime | None = None
    cents: int | None = None
    currency: str = ""
    portrait_id: UUID | None = None
    now: datetime | None = None
