"""Reads: what a coach wrote about her hours, what is free, whether the kept answer is the computed one."""

from marketplace.scheduling.queries.free import free_times, is_free, nearest
from marketplace.scheduling.queries.hours import (
    AwayPage,
    availability_of,
    coach_and_lock,
    dates_of,
    holidays_of,
    overrides_of,
    own_override,
    own_schedule,
    own_time_off,
    plans_of,
    schedules_of,
    time_off_of,
    time_off_page,
    week_of,
)
from marketplace.scheduling.queries.proof import Difference, differences, with_hours
from marketplace.scheduling.queries.search import Found, search
from marketplace.scheduling.queries.taken import taken
from marketplace.scheduling.queries.wishes import Wish

__all__ = [
    "AwayPage",
    "Difference",
    "Found",
    "Wish",
    "availability_of",
    "coach_and_lock",
    "dates_of",
    "differences",
    "free_times",
    "holidays_of",
    "is_free",
    "nearest",
    "overrides_of",
    "own_override",
    "own_schedule",
    "own_time_off",
    "plans_of",
    "schedules_of",
    "search",
    "taken",
    "time_off_of",
    "time_off_page",
    "week_of",
    "with_hours",
]
