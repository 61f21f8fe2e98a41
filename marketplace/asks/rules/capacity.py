"""How many asks a coach takes: open at once, in a week, and closed until a day. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta

USUAL_OPEN_AT_MOST, USUAL_PER_WEEK = 20, 20
MOST_OPEN, MOST_PER_WEEK = 500, 500
WEEK = timedelta(days=7)

CLOSED, FULL, WEEK_FULL, QUEUE = "closed", "full", "week_full", "queue"


@dataclass(frozen=True)
class Capacity:
    """`open_at_most` may wait for an answer at once, `per_week` may come in any seven days, none before `closed_until`.

    That day, by the coach's calendar, is the first on which asks come again.
    """

    open_at_most: int = USUAL_OPEN_AT_MOST
    per_week: int = USUAL_PER_WEEK
    closed_until: date | None = None

    @property
    def ever_takes(self) -> bool:
        """Is there a queue that can move?"""
        return self.open_at_most > 0 and self.per_week > 0

    def refusal(self, *, open_now: int, in_week: int, today: date, in_queue: int = 0) -> str | None:
        """Why one more is not taken: `CLOSED`, `FULL`, `WEEK_FULL`, `QUEUE`; None where it is.

        `in_queue` is how many came before it and wait for a place.
        """
        if self.closed_until is not None and today < self.closed_until:
            return CLOSED
        if open_now >= self.open_at_most:
            return FULL
        if in_week >= self.per_week:
            return WEEK_FULL
        return QUEUE if in_queue else None
