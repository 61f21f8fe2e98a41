"""/coach/hours, schedules, time-off, holidays, limits: when a coach can be booked."""

import uuid
from datetime import date
from typing import Any

from marketplace import clock
from marketplace.api.auth import needs
from marketplace.api.editing import Editable
from marketplace.api.idempotency import idempotent
from marketplace.api.resource import Resource
from marketplace.coaches import queries as coaches
from marketplace.coaches.models import Schedule
from marketplace.http import actor
from marketplace.scheduling.models import TimeOff
from marketplace.scheduling.queries import hours as hours_queries
from marketplace.scheduling.rules.hours import Override
from marketplace.scheduling.schemas.hours import (
    DateOverrideSchema,
    DateOverridesPageSchema,
    DateOverridesQuerySchema,
    DateOverridesSchema,
    HolidaysSchema,
    LimitsSchema,
    NewScheduleSchema,
    NewTimeOffSchema,
    ScheduleListSchema,
    ScheduleSchema,
    TimeOffListSchema,
    TimeOffQuerySchema,
    TimeOffSchema,
    WeekSchema,
)
from marketplace.scheduling.service import date_overrides as date_override_service
from marketplace.scheduling.service import time_off as time_off_service
from marketplace.scheduling.service import weekly_hours

bp = Resource("hours_api", __name__, url_prefix="/api/v1/coach", description="When a coach can be booked, and how much")

WEEK = Editable(WeekSchema, lambda: _week(coaches.profile_of(actor()).id))
WEEK_OF = Editable(WeekSchema, lambda schedule_id: _week(_own(schedule_id)))
SCHEDULE = Editable(ScheduleSchema, lambda schedule_id: _schedule(schedule_id))  # noqa: PLW0108  it stands below
OVERRIDES = Editable(DateOverridesSchema, lambda schedule_id: _overrides(_own(schedule_id)))
HOLIDAYS = Editable(HolidaysSchema, lambda: _holidays())  # noqa: PLW0108  it stands below
LIMITS = Editable(LimitsSchema, lambda: _limits())  # noqa: PLW0108  it stands below


@bp.get("/hours")
@needs("read")
@bp.response(200, WeekSchema)
@WEEK.shown
def get_hours() -> dict[str, Any]:
    """Your usual week, in your own local time. An end before the start is on the next day."""
    return _week(coaches.profile_of(actor()).id)


@bp.put("/hours")
@needs("write")
@bp.arguments(WeekSchema)
@bp.response(200, WeekSchema)
@WEEK.edited
def set_hours(week: dict[str, Any]) -> dict[str, Any]:
    """Replace your usual week. What is booked stays booked."""
    weekly_hours.set_weekly_hours(actor(), **week)
    return _week(coaches.profile_of(actor()).id)


@bp.get("/schedules")
@needs("read")
@bp.response(200, ScheduleListSchema)
def list_schedules() -> dict[str, Any]:
    """Your sets of hours, the usual one first."""
    return {"items": hours_queries.schedules_of(coaches.profile_of(actor()).id)}


@bp.post("/schedules")
@needs("write")
@idempotent
@bp.arguments(NewScheduleSchema)
@bp.response(201, ScheduleSchema)
def add_schedule(schedule: dict[str, Any]) -> Schedule:
    """A further set of hours, still without any. An offering follows it once its `schedule_id` says so."""
    return weekly_hours.add_schedule(actor(), **schedule)


@bp.get("/schedules/<uuid:schedule_id>")
@needs("read")
@bp.response(200, ScheduleSchema)
@bp.alt_response(404, description="It is not yours")
@SCHEDULE.shown
def get_schedule(schedule_id: uuid.UUID) -> Schedule:
    """One of your schedules."""
    return _schedule(schedule_id)


@bp.patch("/schedules/<uuid:schedule_id>")
@needs("write")
@bp.arguments(NewScheduleSchema)
@bp.response(200, ScheduleSchema)
@bp.alt_response(404, description="It is not yours")
@SCHEDULE.edited
def rename_schedule(schedule: dict[str, Any], schedule_id: uuid.UUID) -> Schedule:
    """Rename a schedule."""
    return weekly_hours.rename_schedule(actor(), schedule_id=schedule_id, **schedule)


@bp.delete("/schedules/<uuid:schedule_id>")
@needs("write")
@bp.response(204)
@bp.alt_response(404, description="It is not yours")
@bp.alt_response(409, description="An offering follows it, or it is the usual one")
def remove_schedule(schedule_id: uuid.UUID) -> None:
    """Remove a set of hours that no offering follows."""
    weekly_hours.remove_schedule(actor(), schedule_id=schedule_id)


@bp.get("/schedules/<uuid:schedule_id>/hours")
@needs("read")
@bp.response(200, WeekSchema)
@bp.alt_response(404, description="It is not yours")
@WEEK_OF.shown
def get_schedule_hours(schedule_id: uuid.UUID) -> dict[str, Any]:
    """The week of one of your schedules."""
    return _week(_own(schedule_id))


@bp.put("/schedules/<uuid:schedule_id>/hours")
@needs("write")
@bp.arguments(WeekSchema)
@bp.response(200, WeekSchema)
@bp.alt_response(404, description="It is not yours")
@WEEK_OF.edited
def set_schedule_hours(week: dict[str, Any], schedule_id: uuid.UUID) -> dict[str, Any]:
    """Replace the week of one of your schedules."""
    weekly_hours.set_weekly_hours(actor(), schedule_id=_own(schedule_id), **week)
    return _week(schedule_id)


@bp.get("/schedules/<uuid:schedule_id>/date-overrides")
@needs("read")
@bp.arguments(DateOverridesQuerySchema, location="query")
@bp.response(200, DateOverridesPageSchema)
@bp.alt_response(404, description="It is not yours")
@OVERRIDES.shown
def list_date_overrides(wanted: dict[str, Any], schedule_id: uuid.UUID) -> dict[str, Any]:
    """The date overrides of a schedule, from today on, or those past. All that are to come are one page."""
    today = clock.today(coaches.profile_of(actor()).timezone)
    page = hours_queries.date_overrides_page(_own(schedule_id), today, **wanted)
    return {"overrides": [row.as_written for row in page.dates], "next_cursor": page.next_cursor}


@bp.put("/schedules/<uuid:schedule_id>/date-overrides")
@needs("write")
@bp.arguments(DateOverridesSchema)
@bp.response(200, DateOverridesSchema)
@bp.alt_response(404, description="It is not yours")
@OVERRIDES.edited
def set_date_overrides(given: dict[str, Any], schedule_id: uuid.UUID) -> dict[str, Any]:
    """Replace all date overrides from today on; of one date several ranges, a closed day alone."""
    date_override_service.set_overrides(actor(), overrides=given["overrides"], schedule_id=_own(schedule_id))
    return _overrides(schedule_id)


@bp.post("/schedules/<uuid:schedule_id>/date-overrides")
@needs("write")
@idempotent
@bp.arguments(DateOverrideSchema)
@bp.response(201, DateOverrideSchema)
@bp.alt_response(404, description="It is not yours")
def add_date_override(given: dict[str, Any], schedule_id: uuid.UUID) -> Override:
    """Add a date override: a closed day, other hours than the week's, or hours besides."""
    return date_override_service.add_override(actor(), schedule_id=_own(schedule_id), **given)


@bp.delete("/schedules/<uuid:schedule_id>/date-overrides/<date:day>")
@needs("write")
@bp.response(204)
@bp.alt_response(404, description="It is not yours, or the date has no override")
def clear_date_overrides(schedule_id: uuid.UUID, day: date) -> None:
    """Remove all overrides of one date: the week holds again."""
    date_override_service.clear_date(actor(), schedule_id=_own(schedule_id), date=day)


@bp.get("/time-off")
@needs("read")
@bp.arguments(TimeOffQuerySchema, location="query")
@bp.response(200, TimeOffListSchema)
def list_time_off(wanted: dict[str, Any]) -> hours_queries.TimeOffPage:
    """Your time off, the next first; or that which is past. All that is not over is one page."""
    coach = coaches.profile_of(actor())
    return hours_queries.time_off_page(coach.id, clock.today(coach.timezone), **wanted)


@bp.post("/time-off")
@needs("write")
@idempotent
@bp.arguments(NewTimeOffSchema)
@bp.response(201, TimeOffSchema)
def add_time_off(given: dict[str, Any]) -> TimeOff:
    """Let nobody book you from one day to another. What is booked stays booked."""
    return time_off_service.add_time_off(actor(), **given)


@bp.delete("/time-off/<uuid:time_off_id>")
@needs("write")
@bp.response(204)
@bp.alt_response(404, description="It is not yours")
def remove_time_off(time_off_id: uuid.UUID) -> None:
    """Remove time off."""
    time_off_service.remove_time_off(actor(), time_off_id=time_off_id)


@bp.get("/holidays")
@needs("read")
@bp.response(200, HolidaysSchema)
@HOLIDAYS.shown
def get_holidays() -> dict[str, Any]:
    """On whose public holidays you are closed."""
    return _holidays()


@bp.put("/holidays")
@needs("write")
@bp.arguments(HolidaysSchema)
@bp.response(200, HolidaysSchema)
@HOLIDAYS.edited
def set_holidays(given: dict[str, Any]) -> dict[str, Any]:
    """Be closed on the public holidays of a country, of one of its regions too, or on none."""
    time_off_service.keep_holidays(actor(), **given)
    return _holidays()


@bp.get("/limits")
@needs("read")
@bp.response(200, LimitsSchema)
@LIMITS.shown
def get_limits() -> Any:
    """How much you do at most over all offerings."""
    return _limits()


@bp.put("/limits")
@needs("write")
@bp.arguments(LimitsSchema)
@bp.response(200, LimitsSchema)
@LIMITS.edited
def set_limits(given: dict[str, Any]) -> Any:
    """Say how much you do at most; what is left out, or null, has no limit."""
    return time_off_service.set_limits(actor(), **given)


def _own(schedule_id: uuid.UUID) -> uuid.UUID:
    """The key of one of the actor's own schedules, or NotFound; the usual one exists before it has hours."""
    coach = coaches.profile_of(actor())
    return schedule_id if schedule_id == coach.id else hours_queries.own_schedule(coach, schedule_id).id


def _schedule(schedule_id: uuid.UUID) -> Schedule:
    return hours_queries.own_schedule(coaches.profile_of(actor()), schedule_id)


def _limits() -> Any:
    return hours_queries.availability_of(coaches.profile_of(actor()).id)


def _week(schedule_id: uuid.UUID) -> dict[str, Any]:
    return {"hours": hours_queries.week_of(schedule_id), "timezone": coaches.profile_of(actor()).timezone}


def _holidays() -> dict[str, Any]:
    kept = hours_queries.availability_of(coaches.profile_of(actor()).id)
    return {"country": kept.holiday_country, "region": kept.holiday_region}


def _overrides(schedule_id: uuid.UUID) -> dict[str, Any]:
    coach = coaches.profile_of(actor())
    return {"overrides": hours_queries.overrides_of(schedule_id, since=clock.today(coach.timezone))}
