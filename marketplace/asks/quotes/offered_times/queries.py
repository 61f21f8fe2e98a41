"""Which of the times that went with a quote can still be had, and what a coach could offer."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from marketplace import clock
from marketplace.asks import queries as asks
from marketplace.asks.models import Ask
from marketplace.asks.quotes import queries
from marketplace.asks.quotes.models import Quote
from marketplace.coaches.models import Offering
from marketplace.db import session
from marketplace.scheduling.queries import free_times

LOOKED_AT, A_DAY, SHOWN = timedelta(days=14), 2, 12


@dataclass(frozen=True)
class OfferedTime:
    """A time that went with a quote, and whether it is still free."""

    starts_at: datetime
    free: bool


def offered_times(quote: Quote) -> list[OfferedTime]:
    """The times of a quote that can be taken, in order; a time that was taken meanwhile is not free."""
    if not quote.offered_times:
        return []
    offering = as_offered(queries.offering_as_quoted(quote))
    return [OfferedTime(starts_at, free_times.is_free(offering, starts_at)) for starts_at in quote.offered_times]


def to_offer(ask: Ask) -> Sequence[datetime]:
    """Free times of an ask's coach in the next two weeks, two a day at most, for the minutes that were asked for."""
    offering = asks.offering_for(ask.coach, ask.minutes, ask.kind)
    if offering is None:
        return []
    looked_for = as_offered(offering, minutes=ask.minutes, coach=ask.coach)
    start = clock.now()
    found: list[datetime] = []
    days: dict[str, int] = {}
    for starts_at in free_times.free_times(looked_for, start=start, end=start + LOOKED_AT):
        at = starts_at.astimezone(ZoneInfo(ask.coach.timezone))
        if days.setdefault(str(at.date()), 0) < A_DAY and (not found or starts_at - found[-1] >= timedelta(hours=2)):
            days[str(at.date())] += 1
            found.append(starts_at)
    return found[:SHOWN]


def as_offered(offering: Offering, **changes: object) -> Offering:
    """The offering without notice: that protects the coach, who offers by themselves. Not in the session."""
    now = {column.key: getattr(offering, column.key) for column in Offering.__table__.columns}
    return Offering(**now | {"notice_hours": 0} | {"coach": offering.__dict__.get("coach")} | changes)


def is_for_quote(booking_id: uuid.UUID) -> bool:
    """Is a booking the time of a quote?"""
    return session().scalar(select(Quote.id).where(Quote.booking_id == booking_id)) is not None
