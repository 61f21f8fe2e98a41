"""Who changes a brief, and until when, and how what stands beside its text is kept. Pure."""

import uuid
from collections.abc import Mapping
from datetime import date, datetime

from marketplace.bookings.rules import CLAIMING

# What stands beside what it is about, by the names of an ask's fields; the last one is a day.
DETAILS = ("not_about", "tried", "why_coach", "aim", "by_when")


def may_change(*, person_id: uuid.UUID, mentee_id: uuid.UUID, status: str, starts_at: datetime, now: datetime) -> bool:
    """The mentee, as long as the session is held, asked for or to come."""
    return person_id == mentee_id and status in CLAIMING and now < starts_at


def kept(details: Mapping[str, str | date | None]) -> dict[str, str]:
    """What was said of them, as JSON values; what is empty is not kept."""
    return {name: str(value) for name, value in details.items() if value}
