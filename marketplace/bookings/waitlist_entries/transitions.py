"""The one place where an entry of the waitlist changes its state."""

import uuid
from typing import Any

from marketplace import clock
from marketplace.audit.service import record
from marketplace.bookings.waitlist_entries.models import WaitlistEntry
from marketplace.bookings.waitlist_entries.rules import STATES, WAITING


def transition(entry: WaitlistEntry, to: str, *, by: uuid.UUID | None = None, **facts: Any) -> None:
    """Move an entry to `to`, at the end of the order where it waits again; raises TransitionRefused.

    The caller has locked the entry. `by` is the person who did it, None for the application; `facts` are audited.
    """
    STATES.check(entry.status, to)
    entry.status = to
    if to == WAITING:
        entry.queued_at = clock.now()
    if to in STATES.final:
        entry.ended_at = clock.now()
    record(by, f"waitlist.{to}", entry.id, **facts)
