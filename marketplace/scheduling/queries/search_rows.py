"""What a search shows of the coaches it finds, as plain rows.

Making whole objects of them took longer than finding them.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from marketplace import config
from marketplace.scheduling.queries.criteria import SearchCriteria
from marketplace.scheduling.queries.statements import run
from marketplace.scheduling.rules.limits import SessionLimits


@dataclass(frozen=True, slots=True)
class FoundCoach:
    """A coach as shown among others, and the limits over all their offerings."""

    id: uuid.UUID
    handle: str
    name: str
    headline: str
    topics: list[str]
    languages: list[str]
    kinds: list[str]
    timezone: str
    portrait_id: uuid.UUID | None
    limits: SessionLimits


@dataclass(frozen=True, slots=True)
class FoundOffering:
    """What can be booked. Prices are minor units of `currency`; `hours_id` is the schedule that it follows."""

    id: uuid.UUID
    title: str
    kind: str
    minutes: int
    price_cents: int
    currency: str
    buffer_before_minutes: int
    buffer_after_minutes: int
    notice_hours: int
    horizon_days: int
    start_step_minutes: int
    hours_id: uuid.UUID
    limits: SessionLimits
    coach: FoundCoach

    @property
    def coach_id(self) -> uuid.UUID:
        """The key of the coach who offers it."""
        return self.coach.id


def offerings_for(criteria: SearchCriteria, coach_ids: Sequence[uuid.UUID]) -> list[FoundOffering]:
    """What these coaches offer that meets the criteria and can be paid for now, the cheapest first."""
    offered = config.current().offered_currencies()
    rows = run("offerings", {**criteria.parameters(), "coach_ids": list(coach_ids)})
    return [made for row in rows if (made := _made(tuple(row))).currency in offered]


def _made(row: tuple[Any, ...]) -> FoundOffering:
    own, of_coach = SessionLimits(*row[12:16]), SessionLimits(*row[25:])
    coach = FoundCoach(*[*row[16:25], of_coach])
    return FoundOffering(*[*row[:12], own, coach])
