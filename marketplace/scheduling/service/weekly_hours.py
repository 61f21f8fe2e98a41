"""Commands: weekly hours, and schedules by name."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.dialects import postgresql

from marketplace.accounts.models import User
from marketplace.audit import service as audit
from marketplace.coaches.models import Coach, Offering, Schedule
from marketplace.db import refusing, session, transactional, uuid7
from marketplace.errors import Conflict, Invalid
from marketplace.languages import formats
from marketplace.languages import gettext as _
from marketplace.languages import lazy_gettext as _l
from marketplace.scheduling.models import WeeklyHours
from marketplace.scheduling.queries import hours as hours_queries
from marketplace.scheduling.rules import hours as hours_rules
from marketplace.scheduling.rules.hours import Hours, Override
from marketplace.scheduling.service.projection import expand

MOST_RANGES = 70
MOST_OVERRIDES = 366
MOST_SCHEDULES = 20
LONGEST_NAME = 60
FARTHEST = timedelta(days=731)
USUAL = _l("Usual week")


class ScheduleInUse(Conflict):
    """Offerings follow this schedule. Give them another, or retire them, first."""


@transactional
def set_weekly_hours(
    user: User, *, hours: Sequence[Mapping[str, Any]], schedule_id: uuid.UUID | None = None
) -> list[Hours]:
    """Replace a schedule's whole week by `hours`, each {"weekday": 0-6, "start": "09:00", "end": "17:00"}.

    Local time of the coach's zone; an end of '24:00' is midnight, an end before the start is the next day's. The
    schedule is the usual one unless named. Raises Invalid with a field like 'hours.1.end'. What is booked stays booked.
    """
    coach = hours_queries.coach_and_lock(user)
    schedule = schedule_key(coach, schedule_id)
    week = _checked(hours)
    session().execute(delete(WeeklyHours).where(WeeklyHours.schedule_id == schedule))
    if week:
        rows = [
            {"id": uuid7(), "schedule_id": schedule, "weekday": h.weekday, "start_minute": h.start_minute}
            | {"end_minute": h.end_minute}
            for h in week
        ]
        session().execute(insert(WeeklyHours).values(rows))
    expand(coach)
    audit.record(user.id, "coach.hours_set", coach.id, ranges=len(week))
    return sorted(week)


@transactional
def add_schedule(user: User, *, name: str) -> Schedule:
    """A further set of hours, still without any. Raises Invalid for a name that is missing or used."""
    coach = hours_queries.coach_and_lock(user)
    schedule_key(coach, None)
    mine = select(func.count()).where(Schedule.coach_id == coach.id)
    if (session().scalar(mine) or 0) >= MOST_SCHEDULES:
        raise Invalid(name=_("Keep at most %(most)s schedules.", most=MOST_SCHEDULES))
    schedule = Schedule(id=uuid7(), coach_id=coach.id, name=_name(name))
    with refusing("schedules_coach_id_name_key", Invalid(name=_("You have a schedule of this name already."))):
        session().add(schedule)
    audit.record(user.id, "schedule.added", schedule.id, name=schedule.name)
    return schedule


@transactional
def rename_schedule(user: User, *, schedule_id: uuid.UUID, name: str) -> Schedule:
    """Rename a schedule. Raises Invalid, NotFound."""
    coach = hours_queries.coach_and_lock(user)
    schedule = hours_queries.own_schedule(coach, schedule_id)
    with refusing("schedules_coach_id_name_key", Invalid(name=_("You have a schedule of this name already."))):
        schedule.name = _name(name)
    audit.record(user.id, "schedule.renamed", schedule.id, name=schedule.name)
    return schedule


@transactional
def remove_schedule(user: User, *, schedule_id: uuid.UUID) -> None:
    """Remove a schedule that no offering follows; retired ones let it go. Raises ScheduleInUse, NotFound."""
    coach = hours_queries.coach_and_lock(user)
    schedule = hours_queries.own_schedule(coach, schedule_id)
    follow = select(Offering.title).where(Offering.schedule_id == schedule.id, Offering.active).order_by(Offering.id)
    following = session().scalars(follow).all()
    if schedule.is_usual:
        raise ScheduleInUse(_("This is your usual schedule: it stays. Empty it instead."))
    if following:
        raise ScheduleInUse(_("%(titles)s follows this schedule. Give it another first.", titles=", ".join(following)))
    for retired in session().scalars(select(Offering).where(Offering.schedule_id == schedule.id)):
        retired.schedule_id = None
    session().flush()
    session().delete(schedule)
    session().flush()
    expand(coach)
    audit.record(user.id, "schedule.removed", schedule_id, name=schedule.name)


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not name or len(name) > LONGEST_NAME:
        raise Invalid(name=_("Give it a name of at most %(most)s characters.", most=LONGEST_NAME))
    return name


def schedule_key(coach: Coach, schedule_id: uuid.UUID | None) -> uuid.UUID:
    """The key of one of the coach's schedules; the usual one is made when it is first needed."""
    if schedule_id is not None and schedule_id != coach.id:
        return hours_queries.own_schedule(coach, schedule_id).id
    usual = postgresql.insert(Schedule).values(id=coach.id, coach_id=coach.id, name=str(USUAL))
    session().execute(usual.on_conflict_do_nothing(index_elements=["id"]))
    return coach.id


def _checked(hours: Sequence[Mapping[str, Any]]) -> list[Hours]:
    if len(hours) > MOST_RANGES:
        raise Invalid(hours=_("Use at most %(most)s ranges a week.", most=MOST_RANGES))
    problems: dict[str, str] = {}
    week = []
    for position, given in enumerate(hours):
        weekday, span = given.get("weekday"), _span(given, f"hours.{position}", problems)
        if not (isinstance(weekday, int) and 0 <= weekday <= 6):
            problems[f"hours.{position}.weekday"] = _("Name the weekday by a number: Monday is 0, Sunday is 6.")
        elif span is not None:
            week.append(Hours(weekday, *span))
    if problems:
        raise Invalid(None, **problems)
    clash = hours_rules.overlapping(week)
    if clash is not None:
        other, one = week[clash[0]], clash[1]
        said = _(
            "This overlaps %(day)s %(start)s to %(end)s. Join or part them.",
            day=formats.weekday(other.weekday),
            start=other.start,
            end=other.end,
        )
        raise Invalid(None, **{f"hours.{one}.start": said})
    return week


def checked_overrides(overrides: Sequence[Mapping[str, Any]], today: date) -> list[Override]:
    """Date overrides as given, checked: see `date_overrides.set_overrides`."""
    if len(overrides) > MOST_OVERRIDES:
        raise Invalid(overrides=_("Name at most %(most)s dates and ranges.", most=MOST_OVERRIDES))
    problems: dict[str, str] = {}
    found: list[Override] = []
    spans: list[tuple[int, int]] = []
    for position, given in enumerate(overrides):
        place, day, kind = f"overrides.{position}", given["date"], given["kind"]
        span = None if kind == hours_rules.CLOSED else _span(given, place, problems)
        if kind not in hours_rules.OVERRIDE_KINDS:
            problems[f"{place}.kind"] = _("Choose closed, hours or extra.")
        if not today <= day <= today + FARTHEST:
            problems[f"{place}.date"] = _("Name a date from today on, within two years.")
        if any(one.date == day and hours_rules.CLOSED in {one.kind, kind} for one in found):
            problems[f"{place}.kind"] = _("A closed day has no other entry.")
        found.append(Override(day, kind, *(span or (None, None))))
        minutes = (day - today).days * 1440
        spans.append((minutes + span[0], minutes + span[1]) if span else (minutes, minutes))
    if problems:
        raise Invalid(None, **problems)
    clash = hours_rules.overlapping_spans(spans)
    if clash is not None:
        other = found[clash[0]]
        said = _("This overlaps %(start)s to %(end)s of yours.", start=other.start, end=other.end)
        raise Invalid(None, **{f"overrides.{clash[1]}.start": said})
    return found


def _span(given: Mapping[str, Any], place: str, problems: dict[str, str]) -> tuple[int, int] | None:
    """Minutes from and to, or None with the problems noted under `place`."""
    minutes: dict[str, int] = {}
    for name in ("start", "end"):
        try:
            minutes[name] = hours_rules.minute_of_day(str(given.get(name) or ""))
        except ValueError:
            problems[f"{place}.{name}"] = _("Write a time like 09:00.")
    if len(minutes) < 2:
        return None
    start, end = minutes["start"], minutes["end"]
    if start == 1440:
        problems[f"{place}.start"] = _("A range starts before midnight: write 00:00 on the next day.")
    elif start == end:
        problems[f"{place}.end"] = _("The end must come after the start; before it, it is the next day's.")
    else:
        return start, hours_rules.end_minute(start, end)
    return None
