"""What a coach wrote: schedules, weekly hours, date overrides, time off, public holidays."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from marketplace import languages
from marketplace.accounts.models import User
from marketplace.coaches import queries as coaches
from marketplace.coaches.models import Coach, Schedule
from marketplace.db import session
from marketplace.errors import Invalid, NotFound
from marketplace.scheduling.models import Availability, DateOverride, TimeOff, WeeklyHours
from marketplace.scheduling.rules.hours import DAY_MINUTES, Hours, Override
from marketplace.scheduling.rules.openings import Plan
from marketplace.scheduling.rules.public_holidays import holidays_between

PAGE = 20
NO_CURSOR = "Take the cursor from the page before."


@dataclass(frozen=True)
class DateOverridesPage:
    """Some date overrides of a schedule, and the cursor that continues after them (None: nowhere)."""

    dates: Sequence[DateOverride]
    next_cursor: str | None


@dataclass(frozen=True)
class TimeOffPage:
    """Some of a coach's time off, and the cursor that continues after it."""

    items: Sequence[TimeOff]
    next_cursor: str | None


def coach_and_lock(user: User) -> Coach:
    """The person's own profile, its row locked until the transaction ends: nobody claims a time meanwhile."""
    coach = coaches.profile_of(user)
    session().execute(select(Coach.id).where(Coach.id == coach.id).with_for_update(key_share=True))
    return coach


def schedules_of(coach_id: uuid.UUID) -> Sequence[Schedule]:
    """A coach's schedules, the usual one first."""
    chosen = select(Schedule).where(Schedule.coach_id == coach_id)
    return session().scalars(chosen.order_by(Schedule.id != coach_id, Schedule.name)).all()


def own_schedule(coach: Coach, schedule_id: uuid.UUID) -> Schedule:
    """A schedule of the coach's own; NotFound for anybody else's."""
    found = session().scalar(select(Schedule).where(Schedule.id == schedule_id, Schedule.coach_id == coach.id))
    if found is None:
        raise NotFound
    return found


def week_of(schedule_id: uuid.UUID) -> list[Hours]:
    """The weekly hours of a schedule from Monday on; the usual schedule of a coach has the coach's key."""
    rows = session().scalars(select(WeeklyHours).where(WeeklyHours.schedule_id == schedule_id))
    return sorted(Hours(row.weekday, row.start_minute, row.end_minute) for row in rows)


def overrides_of(schedule_id: uuid.UUID, since: date | None = None) -> list[Override]:
    """The date overrides of a schedule, in order; with `since` those of that date and later."""
    chosen = select(DateOverride).where(DateOverride.schedule_id == schedule_id)
    rows = session().scalars(chosen if since is None else chosen.where(DateOverride.date >= since))
    found = [row.as_written for row in rows]
    return sorted(found, key=lambda override: (override.date, override.kind, override.start_minute or 0))


def date_overrides_page(
    schedule_id: uuid.UUID, today: date, *, past: bool = False, after: str | None = None, limit: int = PAGE
) -> DateOverridesPage:
    """A page of a schedule's date overrides: from `today` on, the next first; or past, the latest first.

    `after` is the cursor of the page before; Invalid if it is none of ours.
    """
    # Ranges of one date do not overlap and a closed day stands alone, so that its start makes each the only one.
    starts = func.coalesce(DateOverride.start_minute, 0)
    wanted = DateOverride.date < today if past else DateOverride.date >= today
    chosen = select(DateOverride).where(DateOverride.schedule_id == schedule_id, wanted)
    if after is not None:
        here, there = func.row(DateOverride.date, starts), func.row(*_override_cursor(after))
        chosen = chosen.where(here < there if past else here > there)
    order = (DateOverride.date.desc(), starts.desc()) if past else (DateOverride.date, starts)
    found = session().scalars(chosen.order_by(*order).limit(limit + 1)).all()
    last = found[limit - 1] if len(found) > limit else None
    return DateOverridesPage(found[:limit], f"{last.date}.{last.start_minute or 0}" if last is not None else None)


def _override_cursor(cursor: str) -> tuple[date, int]:
    day, _, minute = cursor.partition(".")
    try:
        place = date.fromisoformat(day), int(minute)
    except ValueError as error:
        raise Invalid(after=NO_CURSOR) from error
    if not 0 <= place[1] < DAY_MINUTES:
        raise Invalid(after=NO_CURSOR)
    return place


def own_override(coach: Coach, override_id: uuid.UUID) -> DateOverride:
    """A date override of the coach's own; NotFound for anybody else's."""
    mine = select(Schedule.id).where(Schedule.coach_id == coach.id)
    chosen = select(DateOverride).where(DateOverride.id == override_id, DateOverride.schedule_id.in_(mine))
    found = session().scalar(chosen)
    if found is None:
        raise NotFound
    return found


def time_off_of(coach_id: uuid.UUID, since: date) -> Sequence[TimeOff]:
    """A coach's time off that is not over on `since`, the next first."""
    chosen = select(TimeOff).where(TimeOff.coach_id == coach_id, TimeOff.ends_on >= since)
    return session().scalars(chosen.order_by(TimeOff.starts_on, TimeOff.id)).all()


def time_off_page(
    coach_id: uuid.UUID, today: date, *, past: bool = False, after: str | None = None, limit: int = PAGE
) -> TimeOffPage:
    """A page of time off that is not over `today`, the next first; or past, the latest first. Raises Invalid."""
    wanted = TimeOff.ends_on < today if past else TimeOff.ends_on >= today
    chosen = select(TimeOff).where(TimeOff.coach_id == coach_id, wanted)
    if after is not None:
        here, there = func.row(TimeOff.starts_on, TimeOff.id), func.row(*_time_off_cursor(after))
        chosen = chosen.where(here < there if past else here > there)
    order = (TimeOff.starts_on.desc(), TimeOff.id.desc()) if past else (TimeOff.starts_on, TimeOff.id)
    found = session().scalars(chosen.order_by(*order).limit(limit + 1)).all()
    last = found[limit - 1] if len(found) > limit else None
    return TimeOffPage(found[:limit], f"{last.starts_on}.{last.id}" if last is not None else None)


def _time_off_cursor(cursor: str) -> tuple[date, uuid.UUID]:
    day, _, key = cursor.partition(".")
    try:
        return date.fromisoformat(day), uuid.UUID(key)
    except ValueError as error:
        raise Invalid(after=NO_CURSOR) from error


def own_time_off(coach: Coach, time_off_id: uuid.UUID) -> TimeOff:
    """Time off of the coach's own; NotFound for anybody else's."""
    found = session().scalar(select(TimeOff).where(TimeOff.id == time_off_id, TimeOff.coach_id == coach.id))
    if found is None:
        raise NotFound
    return found


def availability_of(coach_id: uuid.UUID) -> Availability:
    """What holds for all of a coach's schedules; empty where nothing was said yet."""
    found = session().get(Availability, coach_id, populate_existing=True)
    return found or Availability(coach_id=coach_id)


def holidays_of(coach_id: uuid.UUID, first: date, last: date) -> dict[date, str]:
    """The public holidays from `first` to `last` that a coach keeps, with their names as a reader has them."""
    kept = availability_of(coach_id)
    named = languages.current().language
    return holidays_between(kept.holiday_country, kept.holiday_region, first, last, named)


def plans_of(coach: Coach) -> dict[uuid.UUID, Plan]:
    """The plan of each of a coach's schedules, by its key."""
    mine = select(Schedule.id).where(Schedule.coach_id == coach.id)
    kept = availability_of(coach.id)
    weeks: dict[uuid.UUID, list[Hours]] = {key: [] for key in session().scalars(mine)}
    days: dict[uuid.UUID, list[Override]] = {key: [] for key in weeks}
    for row in session().scalars(select(WeeklyHours).where(WeeklyHours.schedule_id.in_(mine))):
        weeks[row.schedule_id].append(Hours(row.weekday, row.start_minute, row.end_minute))
    for one in session().scalars(select(DateOverride).where(DateOverride.schedule_id.in_(mine))):
        days[one.schedule_id].append(one.as_written)
    return {
        key: Plan(tuple(week), coach.timezone, tuple(days[key]), kept.holiday_country, kept.holiday_region)
        for key, week in weeks.items()
    }
