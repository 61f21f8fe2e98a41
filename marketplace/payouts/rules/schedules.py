"""When a coach is paid out by choice: weekly, monthly, or on demand."""

from datetime import datetime

from marketplace.languages import lazy_gettext as _l

WEEKLY, MONTHLY, ON_DEMAND = "weekly", "monthly", "on_demand"
SCHEDULES = {WEEKLY: _l("Every week"), MONTHLY: _l("Every month"), ON_DEMAND: _l("When I ask")}


def is_due_today(schedule: str, now: datetime, *, weekday: int) -> bool:
    """Does the calendar propose payouts of this schedule today (UTC)?

    Weekly on that weekday, Monday being 0; monthly on the first; on demand, any day.
    """
    return {WEEKLY: now.weekday() == weekday, MONTHLY: now.day == 1}.get(schedule, True)
