"""Commands: a coach says when she is open and how much; what that comes to is kept in step, and proved."""

from marketplace.scheduling.service.away import add_time_off, keep_holidays, remove_time_off, set_limits
from marketplace.scheduling.service.dates import add_override, clear_date, remove_override, set_overrides
from marketplace.scheduling.service.hours import (
    ScheduleInUse,
    add_schedule,
    remove_schedule,
    rename_schedule,
    set_weekly_hours,
)
from marketplace.scheduling.service.projecting import (
    expand,
    expand_openings,
    prove_free_ranges,
    repair_free_ranges,
    roll_openings,
)

__all__ = [
    "ScheduleInUse",
    "add_override",
    "add_schedule",
    "add_time_off",
    "clear_date",
    "expand",
    "expand_openings",
    "keep_holidays",
    "prove_free_ranges",
    "remove_override",
    "remove_schedule",
    "remove_time_off",
    "rename_schedule",
    "repair_free_ranges",
    "roll_openings",
    "set_limits",
    "set_overrides",
    "set_weekly_hours",
]
