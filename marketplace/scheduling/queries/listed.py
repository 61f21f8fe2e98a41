"""What a search asks and shows of those whom it meets. Making whole objects of them took longer than finding them."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from marketplace.scheduling.queries.asking import executed
from marketplace.scheduling.queries.wishes import Wish
from marketplace.scheduling.rules.limits import Limits


@dataclass(frozen=True, slots=True)
class FoundCoach:
    """A coach as she is shown among others, and the limits of her hours."""

    id: uuid.UUID
    handle: str
    name: str
    headline: str
    topics: list[str]
    languages: list[str]
    kinds: list[str]
    timezone: str
    limits: Limits


@dataclass(frozen=True, slots=True)
class FoundOffering:
    """What can be booked with her. Prices are minor units of `currency`; `hours_id` is the schedule that it follows."""

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
    limits: Limits
    coach: FoundCoach

    @property
    def coach_id(self) -> uuid.UUID:
        """The key of who offers it."""
        return self.coach.id


OFFERED = """
select l.id, l.title, l.kind, l.minutes, l.price_cents, l.currency, l.buffer_before_minutes, l.buffer_after_minutes,
       l.notice_hours, l.horizon_days, l.start_step_minutes, coalesce(l.schedule_id, l.coach_id),
       l.max_per_day, l.max_per_week, l.max_minutes_per_week, l.longest_streak_minutes,
       c.id, c.handle, u.name, c.headline, c.topics, c.languages, c.kinds, c.timezone,
       v.max_per_day, v.max_per_week, v.max_minutes_per_week, v.longest_streak_minutes
from offerings l join coaches c on c.id = l.coach_id join users u on u.id = c.user_id
join availability v on v.coach_id = c.id
where l.active and l.coach_id = any(:ids) and <wanted> order by l.price_cents, l.id
"""


def offered(wish: Wish, coach_ids: Sequence[uuid.UUID]) -> list[FoundOffering]:
    """What these coaches offer of what is wished, the cheapest first."""
    conditions = wish.of_offerings()
    bound = {name: value for values in conditions.values() for name, value in values.items()}
    rows = executed(OFFERED.replace("<wanted>", " and ".join(conditions) or "true"), {**bound, "ids": list(coach_ids)})
    return [_made(tuple(row)) for row in rows]


def _made(row: tuple[Any, ...]) -> FoundOffering:
    own, of_coach = Limits(*row[12:16]), Limits(*row[24:])
    coach = FoundCoach(*[*row[16:24], of_coach])
    return FoundOffering(*[*row[:12], own, coach])
