"""Pages of a coach's weekly hours, and of the schedules that hold them."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace import clock
from marketplace.authentication.access import signed_in
from marketplace.coaches import queries as coaches
from marketplace.coaches.models import Coach, Schedule
from marketplace.error_answers import status_of
from marketplace.errors import Conflict, Invalid, Outdated
from marketplace.http import actor
from marketplace.languages import formats
from marketplace.languages import gettext as _
from marketplace.pages.editing import EditForm, told
from marketplace.pages.forms import load
from marketplace.pages.mentee_view import week_of
from marketplace.scheduling.queries import hours as hours_queries
from marketplace.scheduling.rules.hours import DAY_MINUTES, WEEKDAYS, Hours, minute_of_day
from marketplace.scheduling.schemas.hours import NewScheduleSchema, WeekSchema
from marketplace.scheduling.service import weekly_hours

bp = Blueprint("hours", __name__, url_prefix="/dashboard/hours")

WEEK = EditForm(WeekSchema, lambda schedule_id: {"hours": hours_queries.week_of(schedule_id)})

WORKDAYS = range(5)
COPIES = frozenset(str(day) for day in range(7))


def _named(schedule_id: uuid.UUID) -> Schedule:
    coach = coaches.profile_of(actor())
    named: Schedule = around(coach, own_key(coach, schedule_id))["schedule"]
    return named


NAME = EditForm(NewScheduleSchema, _named)


@dataclass(frozen=True)
class Row:
    """A range as the form shows it; `next_day`: its end is the next day's."""

    start: str = ""
    end: str = ""
    next_day: bool = False

    @classmethod
    def of(cls, hours: Hours) -> "Row":
        """A browser's time field knows no 24:00: midnight is an end at 00:00."""
        return cls(hours.start, "00:00" if hours.end == "24:00" else hours.end, hours.end_minute > DAY_MINUTES)


@bp.app_template_filter("clock")
def on_the_clock(minute: int) -> str:
    """Minutes after midnight as the reader's clock shows them."""
    return formats.minute_of_day(minute)


@bp.get("")
@signed_in
def week() -> ResponseReturnValue:
    """The usual week, with an empty row a day to fill."""
    coach = coaches.profile_of(actor())
    version = WEEK.version(schedule_id=coach.id)
    return _week_page(coach, coach.id, _rows_of(coach.id), version=version)


@bp.post("")
@signed_in
def save_week() -> ResponseReturnValue:
    """Replace the usual week by what was typed."""
    coach = coaches.profile_of(actor())
    return _save(coach, coach.id)


@bp.get("/<uuid:schedule_id>")
@signed_in
def schedule(schedule_id: uuid.UUID) -> ResponseReturnValue:
    """The week of another schedule."""
    coach = coaches.profile_of(actor())
    key = own_key(coach, schedule_id)
    version = WEEK.version(schedule_id=key)
    return _week_page(coach, key, _rows_of(schedule_id), version=version)


@bp.post("/<uuid:schedule_id>")
@signed_in
def save_schedule(schedule_id: uuid.UUID) -> ResponseReturnValue:
    """Replace it by what was typed."""
    coach = coaches.profile_of(actor())
    return _save(coach, own_key(coach, schedule_id))


def _save(coach: Coach, schedule_id: uuid.UUID) -> ResponseReturnValue:
    rows = [
        list(zip(request.form.getlist(f"start-{day}"), request.form.getlist(f"end-{day}"), strict=False))
        for day in range(7)
    ]
    copied = request.form.get("copy", "")
    if copied in COPIES:
        return _copied(coach, schedule_id, rows, int(copied))
    # Where each range stands in the form, so that its error stands there too; a row left empty is no range.
    places = [(day, row) for day in range(7) for row, typed in enumerate(rows[day]) if any(typed)]
    given = [_range(day, *rows[day][row]) for day, row in places]
    try:
        WEEK.save(
            lambda: weekly_hours.set_weekly_hours(actor(), hours=given, schedule_id=schedule_id),
            schedule_id=schedule_id,
        )
    except (Invalid, Outdated) as refusal:
        typed = [_typed(day) for day in rows]
        errors = _by_row(refusal.fields, places) if isinstance(refusal, Invalid) else {"form": [_changed(refusal)]}
        version = told(refusal)["version"]
        return _week_page(coach, schedule_id, typed, errors, version=version), status_of(refusal)
    flash(_("Saved. What is booked already stays booked."), "success")
    return redirect(_address(coach, schedule_id))


def _copied(coach: Coach, schedule_id: uuid.UUID, rows: list[list[tuple[str, str]]], day: int) -> str:
    """The form again, not saved, with one day's ranges on every weekday."""
    week = [rows[day] if number in WORKDAYS or number == day else rows[number] for number in range(7)]
    flash(_("Copied to Monday to Friday. Save the week to keep it."), "info")
    return _week_page(coach, schedule_id, [_typed(each) for each in week], version=request.form.get("version", ""))


def _typed(day: list[tuple[str, str]]) -> list[Row]:
    return [Row(start, end, bool(start) and "00:00" < end < start) for start, end in day]


def _changed(refusal: Outdated) -> str:
    """What the week says since somebody else has changed it."""
    now = [
        f"{formats.weekday(each['weekday'])} {_spoken(each['start'])}-{_spoken(each['end'])}"
        for each in refusal.shown["hours"]
    ]
    if not now:
        return _("These hours were removed meanwhile. What you typed is kept; saving again replaces them.")
    return _(
        "These hours were changed meanwhile to %(hours)s. What you typed is kept; saving again replaces them.",
        hours=", ".join(now),
    )


def _spoken(wall_clock: str) -> str:
    return formats.minute_of_day(minute_of_day(wall_clock))


def _range(day: int, start: str, end: str) -> dict[str, Any]:
    return {"weekday": day, "start": start.strip(), "end": "24:00" if end.strip() == "00:00" else end.strip()}


def _by_row(fields: Mapping[str, list[str]], places: list[tuple[int, int]]) -> dict[str, list[str]]:
    """Errors like 'hours.3.end' under the names of the form's own fields, like 'end-2-0'."""
    named = {}
    for field, sentences in fields.items():
        _first, *where = field.split(".")
        day, row = places[int(where[0])] if where else (0, 0)
        named[f"{where[1]}-{day}-{row}" if where else "form"] = sentences
    return named


def _rows_of(schedule_id: uuid.UUID) -> list[list[Row]]:
    rows: list[list[Row]] = [[] for _ in WEEKDAYS]
    for range_ in hours_queries.week_of(schedule_id):
        rows[range_.weekday].append(Row.of(range_))
    return [[*day, Row()] for day in rows]


def _week_page(
    coach: Coach,
    schedule_id: uuid.UUID,
    rows: list[list[Row]],
    errors: Mapping[str, list[str]] | None = None,
    *,
    name: str | None = None,
    version: str | None = None,
    name_version: str | None = None,
) -> str:
    """`name` is what somebody has just typed to call it by; None: what it is called."""
    told = errors or {}
    return render_template(
        "dashboard/hours.html",
        **around(coach, schedule_id),
        week=[(day, formats.weekday(day), rows[day]) for day in formats.weekdays()],
        preview=_preview(coach, schedule_id),
        errors=told,
        summed_up={place: [_on_its_day(place, words) for words in sentences] for place, sentences in told.items()},
        name=name,
        version=WEEK.version(schedule_id=schedule_id) if version is None else version,
        name_version=NAME.version(schedule_id=schedule_id) if name_version is None else name_version,
        now=clock.now(),
    )


def _on_its_day(place: str, sentence: str) -> str:
    """A range's error as the summary tells it, with its weekday."""
    _first, *where = place.split("-")
    if not where:
        return sentence
    return _("%(weekday)s: %(sentence)s", weekday=formats.weekday(int(where[0])), sentence=sentence)


def _preview(coach: Coach, schedule_id: uuid.UUID) -> dict[str, Any]:
    """What mentees see of the next seven days by these hours, as they are saved: of the first offering that follows."""
    lines = [line for line in coaches.bookable_offerings_of(coach.id) if line.hours_id == schedule_id]
    today = clock.today(coach.timezone)
    days = week_of(coach, lines[0], today, with_sessions=False) if lines else []
    return {"line": lines[0] if lines else None, "days": days}


def around(coach: Coach, schedule_id: uuid.UUID) -> dict[str, Any]:
    """What every page of a schedule shows: its name, where it is saved, and the others."""
    known = list(hours_queries.schedules_of(coach.id)) or [
        Schedule(id=coach.id, coach_id=coach.id, name=str(weekly_hours.USUAL))
    ]
    (chosen,) = [one for one in known if one.id == schedule_id]
    return {
        "coach": coach,
        "schedule": chosen,
        "schedules": [(one, _address(coach, one.id)) for one in known],
        "address": _address(coach, schedule_id),
        "followers": [line for line in coaches.offerings_of(coach.id) if line.hours_id == schedule_id],
    }


def _address(coach: Coach, schedule_id: uuid.UUID) -> str:
    return url_for("hours.week") if schedule_id == coach.id else url_for("hours.schedule", schedule_id=schedule_id)


def own_key(coach: Coach, schedule_id: uuid.UUID) -> uuid.UUID:
    """The key of one of the coach's schedules, or NotFound; the usual one is theirs before it has hours."""
    return schedule_id if schedule_id == coach.id else hours_queries.own_schedule(coach, schedule_id).id


@bp.post("/schedules")
@signed_in
def add_schedule() -> ResponseReturnValue:
    """A further set of hours, to be filled."""
    coach = coaches.profile_of(actor())
    try:
        added = weekly_hours.add_schedule(actor(), **load(NewScheduleSchema()))
    except Invalid as refusal:
        shown = {"errors": refusal.fields, "typed": request.form, "known": hours_queries.schedules_of(coach.id)}
        return render_template("dashboard/new_schedule.html", **shown), 422
    flash(
        _("Added: %(name)s. It is empty until you set its hours, and nothing follows it yet.", name=added.name),
        "success",
    )
    return redirect(url_for(".schedule", schedule_id=added.id))


@bp.get("/schedules/new")
@signed_in
def new_schedule() -> ResponseReturnValue:
    """Its name."""
    coach = coaches.profile_of(actor())
    return render_template(
        "dashboard/new_schedule.html", errors={}, typed={}, known=hours_queries.schedules_of(coach.id)
    )


@bp.post("/<uuid:schedule_id>/name")
@signed_in
def rename(schedule_id: uuid.UUID) -> ResponseReturnValue:
    """Call a schedule otherwise."""
    coach = coaches.profile_of(actor())
    try:
        given = load(NewScheduleSchema())
        renamed = NAME.save(
            lambda: weekly_hours.rename_schedule(actor(), schedule_id=schedule_id, **given), schedule_id=schedule_id
        )
    except (Invalid, Outdated) as refusal:
        rows, typed, shown = _rows_of(own_key(coach, schedule_id)), request.form.get("name", ""), told(refusal)
        errors, version = shown["errors"], shown["version"]
        return _week_page(coach, schedule_id, rows, errors, name=typed, name_version=version), status_of(refusal)
    flash(_("It is called %(name)s now.", name=renamed.name), "success")
    return redirect(_address(coach, schedule_id))


@bp.post("/<uuid:schedule_id>/remove")
@signed_in
def remove(schedule_id: uuid.UUID) -> ResponseReturnValue:
    """Remove a schedule that nothing follows."""
    coach = coaches.profile_of(actor())
    try:
        weekly_hours.remove_schedule(actor(), schedule_id=schedule_id)
    except Conflict as refusal:
        flash(refusal.sentence, "error")
        return redirect(_address(coach, schedule_id))
    flash(_("Removed."), "success")
    return redirect(url_for(".week"))
