"""Limits: sessions a day and a week, minutes a week, minutes without a break."""

import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

# Sessions nearer to each other than this are one streak.
BREAK = timedelta(minutes=15)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class SessionLimits:
    """At most so many; None: no limit. Days and weeks (from Monday) are the coach's own."""

    max_per_day: int | None = None
    max_per_week: int | None = None
    max_minutes_per_week: int | None = None
    longest_streak_minutes: int | None = None

    def __bool__(self) -> bool:
        return self != NO_LIMITS

    @classmethod
    def of(cls, row: Any) -> "SessionLimits":
        """Out of anything with attributes of these names."""
        return cls(*(getattr(row, name) for name in cls.__dataclass_fields__))


NO_LIMITS = SessionLimits()


@dataclass(frozen=True)
class CountedSession:
    """A session that counts, without its buffers."""

    starts_at: datetime
    ends_at: datetime
    offering_id: uuid.UUID


class LimitCheck:
    """Whether one session more keeps the limits of its offering and of its coach, given those there are."""

    def __init__(
        self,
        sessions: Iterable[CountedSession],
        zone: str,
        *,
        offering_id: uuid.UUID,
        own: SessionLimits,
        coach: SessionLimits,
    ) -> None:
        self._zone = ZoneInfo(zone)
        self._sessions = sorted(sessions, key=lambda session: session.starts_at)
        mine = [session for session in self._sessions if session.offering_id == offering_id]
        self._bounds = [(own, *self._counted(mine)), (coach, *self._counted(self._sessions))]
        streaks = [limits.longest_streak_minutes for limits in (own, coach) if limits.longest_streak_minutes]
        self._longest = min(streaks) * MINUTE if streaks else None

    def allows(self, starts_at: datetime, length: timedelta) -> bool:
        """May a session of `length` start then?"""
        day = starts_at.astimezone(self._zone).date()
        week = day - timedelta(days=day.weekday())
        for limits, by_day, by_week, minutes in self._bounds:
            if limits.max_per_day is not None and by_day[day] >= limits.max_per_day:
                return False
            if limits.max_per_week is not None and by_week[week] >= limits.max_per_week:
                return False
            most = limits.max_minutes_per_week
            if most is not None and minutes[week] + length // MINUTE > most:
                return False
        return self._longest is None or self._streak(starts_at, starts_at + length) <= self._longest

    def _counted(self, sessions: list[CountedSession]) -> tuple[Counter[Any], Counter[Any], Counter[Any]]:
        by_day: Counter[Any] = Counter()
        by_week: Counter[Any] = Counter()
        minutes: Counter[Any] = Counter()
        for session in sessions:
            day = session.starts_at.astimezone(self._zone).date()
            week = day - timedelta(days=day.weekday())
            by_day[day] += 1
            by_week[week] += 1
            minutes[week] += (session.ends_at - session.starts_at) // MINUTE
        return by_day, by_week, minutes

    def _streak(self, begins: datetime, ends: datetime) -> timedelta:
        """How long the coach would work without a break, this session included."""
        for session in reversed(self._sessions):
            if session.starts_at < begins and begins - session.ends_at < BREAK:
                begins = session.starts_at
        for session in self._sessions:
            if session.ends_at > ends and session.starts_at - ends < BREAK:
                ends = session.ends_at
        return ends - begins
