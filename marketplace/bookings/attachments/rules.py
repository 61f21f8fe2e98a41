"""Who attaches files to a brief, how many, and how long they are kept. Pure."""

import uuid
from datetime import datetime, timedelta

from marketplace.bookings.rules import CLAIMING

MOST = 5


def may_attach(*, person_id: uuid.UUID, mentee_id: uuid.UUID, status: str) -> bool:
    """The mentee, as long as the session is held, asked for or to come."""
    return person_id == mentee_id and status in CLAIMING


def ended_before(now: datetime, *, kept_days: int) -> datetime:
    """Of what ended before this instant no file is kept."""
    return now - timedelta(days=kept_days)
