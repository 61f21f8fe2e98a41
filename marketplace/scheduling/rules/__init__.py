"""From wall-clock hours to instants that can be booked. Pure.

An hour counts by what the coach's own clock shows. Where clocks jump ahead the missing times open nothing; where they
go back, the time that is shown twice is open twice.
"""

from marketplace.scheduling.rules.days_off import COUNTRIES, country_name, holidays_between
from marketplace.scheduling.rules.hours import (
    CLOSED,
    DAY_MINUTES,
    EXTRA,
    OVERRIDE_KINDS,
    REPLACED,
    WEEKDAYS,
    Hours,
    Override,
    end_minute,
    minute_of_day,
    overlapping,
    overlapping_spans,
    wall_clock,
)
from marketplace.scheduling.rules.limits import NO_LIMITS, Ledger, Limits, Session
from marketplace.scheduling.rules.openings import Interval, Plan, day_bounds, openings
from marketplace.scheduling.rules.slots import (
    REACH,
    START_STEPS,
    STEP_MINUTES,
    Free,
    bounds,
    free_ranges,
    slots,
    starts,
)
from marketplace.scheduling.rules.windows import windows

__all__ = [
    "CLOSED",
    "COUNTRIES",
    "DAY_MINUTES",
    "EXTRA",
    "NO_LIMITS",
    "OVERRIDE_KINDS",
    "REACH",
    "REPLACED",
    "START_STEPS",
    "STEP_MINUTES",
    "WEEKDAYS",
    "Free",
    "Hours",
    "Interval",
    "Ledger",
    "Limits",
    "Override",
    "Plan",
    "Session",
    "bounds",
    "country_name",
    "day_bounds",
    "end_minute",
    "free_ranges",
    "holidays_between",
    "minute_of_day",
    "openings",
    "overlapping",
    "overlapping_spans",
    "slots",
    "starts",
    "wall_clock",
    "windows",
]
