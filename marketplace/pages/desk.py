"""The coach's desk: where she stands, her profile, her offerings, her hours."""

import uuid
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace import clock, config, money
from marketplace.coaches import queries, rules, service
from marketplace.coaches.models import Coach, Offering
from marketplace.coaches.schemas import CoachProfileSchema, OfferingFormSchema
from marketplace.errors import Invalid, NotFound
from marketplace.http import actor
from marketplace.pages.apply import profile_as_typed, profile_choices, submitted_profile
from marketplace.pages.forms import load
from marketplace.scheduling import queries as scheduling
from marketplace.scheduling import service as hours_service
from marketplace.scheduling.rules import WEEKDAYS
from marketplace.signin import signed_in

bp = Blueprint("desk", __name__, url_prefix="/desk")

NEW_OFFERING = {"minutes": 60, "notice_hours": 12, "horizon_days": 60, "buffer_before_minutes": 0}
OFFERING_FIELDS = ("title", "description", "kind", "by_approval", *rules.BOUNDS)
EMPTY_ROWS = (("", ""),)


@bp.get("")
@signed_in
def home() -> ResponseReturnValue:
    """Where she stands and what comes next; for everybody else the way to become a coach."""
    coach = queries.coach_of(actor())
    if coach is None:
        return render_template("desk/not_yet.html")
    offerings = queries.offerings_of(coach.id)
    return render_template("desk/home.html", coach=coach, offerings=offerings, week=scheduling.week_of(coach.id))


@bp.get("/profile")
@signed_in
def profile() -> ResponseReturnValue:
    """Her profile's form."""
    coach = queries.profile_of(actor())
    return _profile_page(coach, profile_as_typed(coach))


@bp.post("/profile")
@signed_in
def save_profile() -> ResponseReturnValue:
    """Change the profile."""
    coach = queries.profile_of(actor())
    try:
        changed = service.edit_profile(actor(), **load(CoachProfileSchema()))
    except Invalid as refusal:
        return _profile_page(coach, submitted_profile(), errors=refusal.fields), 422
    waits = changed.status == "applied"
    flash("Saved. Your profile waits for vetting." if waits else "Saved. Your rate card shows it now.", "success")
    return redirect(url_for(".home"))


def _profile_page(coach: Coach, typed: Mapping[str, Any], **shown: Any) -> str:
    return render_template("desk/profile.html", coach=coach, typed=typed, **profile_choices(), **shown)


@bp.get("/offerings")
@signed_in
def offerings() -> ResponseReturnValue:
    """Every line of her rate card, the retired ones last."""
    coach = queries.profile_of(actor())
    lines = queries.offerings_of(coach.id, active_only=False)
    return render_template("desk/offerings.html", coach=coach, offerings=lines)


@bp.get("/offerings/new")
@signed_in
def new_offering() -> ResponseReturnValue:
    """An empty offering, with the usual values."""
    coach = queries.profile_of(actor())
    usual = NEW_OFFERING | {"buffer_after_minutes": 0, "kind": coach.kinds[0]}
    return _offering_page(coach, usual)


@bp.post("/offerings/new")
@signed_in
def publish_offering() -> ResponseReturnValue:
    """Publish it."""
    coach = queries.profile_of(actor())
    try:
        line = service.publish_offering(actor(), **load(OfferingFormSchema(coach.currency)))
    except Invalid as refusal:
        return _offering_page(coach, _submitted_offering(), errors=refusal.fields), 422
    flash(f"Published: {line.title}, {money.spoken(line.price_cents, line.currency)}.", "success")
    return redirect(url_for(".offerings"))


@bp.get("/offerings/<uuid:offering_id>")
@signed_in
def offering(offering_id: uuid.UUID) -> ResponseReturnValue:
    """One offering's form."""
    line = _active(offering_id)
    typed = {name: getattr(line, name) for name in OFFERING_FIELDS}
    return _offering_page(line.coach, typed | {"price": money.plain(line.price_cents, line.currency)}, line)


@bp.post("/offerings/<uuid:offering_id>")
@signed_in
def save_offering(offering_id: uuid.UUID) -> ResponseReturnValue:
    """Change it for everybody who books from now on."""
    line = _active(offering_id)
    coach = line.coach
    try:
        service.edit_offering(actor(), offering_id=offering_id, **load(OfferingFormSchema(coach.currency)))
    except Invalid as refusal:
        return _offering_page(coach, _submitted_offering(), line, errors=refusal.fields), 422
    flash("Saved. What is booked already keeps its price.", "success")
    return redirect(url_for(".offerings"))


@bp.post("/offerings/<uuid:offering_id>/retire")
@signed_in
def retire_offering(offering_id: uuid.UUID) -> ResponseReturnValue:
    """Take it off the rate card."""
    service.retire_offering(actor(), offering_id=offering_id)
    flash("Retired. Nobody can book it any more; what is booked stays booked.", "success")
    return redirect(url_for(".offerings"))


def _active(offering_id: uuid.UUID) -> Offering:
    line = queries.own_offering(actor(), offering_id)
    if not line.active:
        raise NotFound
    return line


def _submitted_offering() -> dict[str, Any]:
    return request.form.to_dict() | {"by_approval": "by_approval" in request.form}


def _offering_page(coach: Coach, typed: Mapping[str, Any], line: Offering | None = None, **shown: Any) -> str:
    settings = config.current()
    return render_template(
        "desk/offering.html",
        coach=coach,
        line=line,
        typed=typed,
        kinds=[(kind, rules.KINDS[kind]) for kind in coach.kinds],
        loyal_after=money.spoken(money.parse(str(settings.loyal_after), coach.currency), coach.currency),
        floors=[(minutes, rules.price_floor_cents(minutes, coach.currency, settings)) for minutes in (30, 60, 90)],
        **shown,
    )


@bp.get("/hours")
@signed_in
def hours() -> ResponseReturnValue:
    """Her week, with empty rows to fill."""
    coach = queries.profile_of(actor())
    rows: list[list[tuple[str, str]]] = [[] for _ in WEEKDAYS]
    for range_ in scheduling.week_of(coach.id):
        rows[range_.weekday].append((range_.start, "00:00" if range_.end == "24:00" else range_.end))
    return _hours_page(coach, [[*day, *EMPTY_ROWS] for day in rows])


@bp.post("/hours")
@signed_in
def save_hours() -> ResponseReturnValue:
    """Replace the week by what was typed; a row left empty is no range."""
    coach = queries.profile_of(actor())
    rows = _submitted_rows()
    # Where each range stands in the form, so that its error stands there too.
    places = [(day, row) for day in range(7) for row, typed in enumerate(rows[day]) if any(typed)]
    week = [_range(day, *rows[day][row]) for day, row in places]
    try:
        hours_service.set_weekly_hours(actor(), hours=week)
    except Invalid as refusal:
        return _hours_page(coach, rows, _by_row(refusal.fields, places)), 422
    flash("Saved. What is booked already stays booked.", "success")
    return redirect(url_for(".hours"))


def _submitted_rows() -> list[list[tuple[str, str]]]:
    """For each weekday its rows of start and end, as typed."""
    return [
        list(zip(request.form.getlist(f"start-{day}"), request.form.getlist(f"end-{day}"), strict=False))
        for day in range(7)
    ]


def _range(day: int, start: str, end: str) -> dict[str, Any]:
    """A row as the command takes it: a browser's time field knows no 24:00, so an end at 00:00 is midnight."""
    return {"weekday": day, "start": start.strip(), "end": "24:00" if end.strip() == "00:00" else end.strip()}


def _by_row(fields: Mapping[str, list[str]], places: list[tuple[int, int]]) -> dict[str, list[str]]:
    """Errors like 'hours.3.end' under the names of the form's own fields, like 'end-2-0'."""
    named = {}
    for field, sentences in fields.items():
        _hours, *where = field.split(".")
        day, row = places[int(where[0])] if where else (0, 0)
        named[f"{where[1]}-{day}-{row}" if where else "form"] = sentences
    return named


def _hours_page(coach: Coach, rows: list[list[tuple[str, str]]], errors: Mapping[str, list[str]] | None = None) -> str:
    return render_template(
        "desk/hours.html",
        coach=coach,
        week=list(zip(WEEKDAYS, rows, strict=True)),
        errors=errors or {},
        summed_up={place: [_on_its_day(place, words) for words in told] for place, told in (errors or {}).items()},
        now=clock.now(),
    )


def _on_its_day(place: str, sentence: str) -> str:
    """A range's error as the summary tells it, with its weekday."""
    _field, *where = place.split("-")
    return f"{WEEKDAYS[int(where[0])]}: {sentence}" if where else sentence
