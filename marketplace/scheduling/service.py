"""Commands: a coach says when she is open."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, insert, select

from marketplace.accounts.models import User
from marketplace.audit import service as audit
from marketplace.coaches import queries as coaches
from marketplace.coaches.models import Coach
from marketplace.db import session, transactional, uuid7
from marketplace.errors import Invalid
from marketplace.scheduling import rules
from marketplace.scheduling.models import WeeklyHours
from marketplace.scheduling.rules import Hours

MOST_RANGES = 70


@transactional
def set_weekly_hours(user: User, *, hours: Sequence[Mapping[str, Any]]) -> list[Hours]:
    """Replace the coach's whole week by `hours`, each {"weekday": 0-6, "start": "09:00", "end": "17:00"}.

    Local time of the coach's zone; an end of '24:00' is midnight. Raises Invalid with a field like 'hours.1.end'.
    What is booked stays booked.
    """
    coach = coaches.profile_of(user)
    week = _checked(hours)
    session().execute(select(Coach.id).where(Coach.id == coach.id).with_for_update(key_share=True))
    session().execute(delete(WeeklyHours).where(WeeklyHours.coach_id == coach.id))
    if week:
        session().execute(
            insert(WeeklyHours).values(
                [
                    {
                        "id": uuid7(),
                        "coach_id": coach.id,
                        "weekday": range_.weekday,
                        "start_minute": range_.start_minute,
                        "end_minute": range_.end_minute,
                    }
                    for range_ in week
                ]
            )
        )
    audit.record(user.id, "coach.hours_set", coach.id, ranges=len(week))
    return sorted(week)


def _checked(hours: Sequence[Mapping[str, Any]]) -> list[Hours]:
    if len(hours) > MOST_RANGES:
        raise Invalid(hours=f"Use at most {MOST_RANGES} ranges a week.")
    problems: dict[str, str] = {}
    week = []
    for position, given in enumerate(hours):
        range_ = _hours(given, f"hours.{position}", problems)
        if range_ is not None:
            week.append(range_)
    if problems:
        raise Invalid(None, **problems)
    clash = rules.overlapping(week)
    if clash is not None:
        other, one = week[clash[0]], clash[1]
        day = rules.WEEKDAYS[other.weekday]
        raise Invalid(
            None, **{f"hours.{one}.start": f"This overlaps {day} {other.start} to {other.end}. Join or part them."}
        )
    return week


def _hours(given: Mapping[str, Any], place: str, problems: dict[str, str]) -> Hours | None:
    """One range, or None with its problems noted under `place`."""
    minutes: dict[str, int] = {}
    for name in ("start", "end"):
        try:
            minutes[name] = rules.minute_of_day(str(given.get(name, "")))
        except ValueError:
            problems[f"{place}.{name}"] = "Write a time like 09:00."
    weekday = given.get("weekday")
    if not (isinstance(weekday, int) and 0 <= weekday <= 6):
        problems[f"{place}.weekday"] = "Name the weekday by a number: Monday is 0, Sunday is 6."
    elif len(minutes) == 2 and minutes["start"] >= minutes["end"]:
        problems[f"{place}.end"] = "The end must come after the start."
    elif len(minutes) == 2:
        return Hours(weekday, minutes["start"], minutes["end"])
    return None
