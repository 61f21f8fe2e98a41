"""Every start out of weekly hours alone, by the rules that offer them."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from marketplace.scheduling.rules.hours import Hours
from marketplace.scheduling.rules.openings import Interval, Plan, openings
from marketplace.scheduling.rules.slots import REACH, STEP_MINUTES, bounds, free_ranges, starts


def slots(
    hours: Sequence[Hours],
    zone: str,
    *,
    minutes: int,
    before: int,
    after: int,
    busy: Iterable[Interval],
    window_start: datetime,
    window_end: datetime,
    now: datetime,
    notice_hours: int,
    horizon_days: int,
    step_minutes: int = STEP_MINUTES,
) -> list[datetime]:
    """Every start in [window_start, window_end)."""
    earliest, latest = bounds(window_start, window_end, now, notice_hours, horizon_days)
    if earliest >= latest:
        return []
    opened = openings(Plan(tuple(hours), zone), earliest - REACH, latest + timedelta(minutes=minutes))
    return list(
        starts(
            free_ranges(opened, busy),
            zone,
            minutes=minutes,
            before=before,
            after=after,
            earliest=earliest,
            latest=latest,
            step_minutes=step_minutes,
        )
    )
