"""Who changes a brief, and until when. Pure."""

import uuid
from datetime import datetime

from marketplace.bookings.rules import CLAIMING


def may_change(*, person_id: uuid.UUID, mentee_id: uuid.UUID, status: str, starts_at: datetime, now: datetime) -> bool:
    """The mentee, as long as the session is held, asked for or to come."""
    return person_id == mentee_id and status in CLAIMING and now < starts_at
