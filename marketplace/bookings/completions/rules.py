"""When it may be said how a session ended. Pure: `now` is passed in."""

from datetime import datetime, timedelta

from marketplace.bookings.rules import MENTEE_NO_SHOW, TOOK_PLACE

# A session that is not marked counts as held after a day.
COMPLETES_ITSELF_AFTER = timedelta(hours=24)

# How long a coach may take back that the mentee did not come.
TAKEN_BACK_WITHIN = timedelta(minutes=15)


def may_complete(*, ends_at: datetime, starts_at: datetime, outcome: str, now: datetime) -> bool:
    """May its end be said? It took place once it is over; that the mentee did not come is known after the wait."""
    if outcome == TOOK_PLACE:
        return now >= ends_at
    return now >= starts_at + waiting_time(ends_at - starts_at)


def may_take_back(
    *, outcome: str | None, ended_at: datetime | None, by_coach: bool, is_open: bool, now: datetime
) -> bool:
    """May the coach take back that the mentee did not come? `is_open`: nobody contests it, and nothing is paid out."""
    fresh = ended_at is not None and now < ended_at + TAKEN_BACK_WITHIN
    return outcome == MENTEE_NO_SHOW and by_coach and is_open and fresh


def waiting_time(length: timedelta) -> timedelta:
    """How long mentee and coach wait for one another: 10 minutes in sessions of up to 30, else 15."""
    return timedelta(minutes=10 if length <= timedelta(minutes=30) else 15)
