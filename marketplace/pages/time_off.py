"""Pages of a coach's time off, public holidays and limits."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from marketplace import clock
from marketplace.authentication.access import signed_in
from marketplace.bookings.holds import queries as hold_queries
from marketplace.coaches import queries as coaches
from marketplace.error_answers import status_of
from marketplace.errors import Invalid, NotFound, Outdated
from marketplace.http import actor
from marketplace.languages import formats, ngettext
from marketplace.languages import gettext as _
from marketplace.pages.editing import EditForm, told
from marketplace.pages.forms import load
from marketplace.scheduling.models import TimeOff
from marketplace.scheduling.queries import hours as hours_queries
from marketplace.scheduling.rules import public_holidays
from marketplace.scheduling.schemas.hours import HolidaysSchema, LimitsSchema, NewTimeOffSchema, TimeOffQuerySchema
from marketplace.scheduling.service import time_off

bp = Blueprint("time_off", __name__, url_prefix="/dashboard/time-off")


def _kept() -> Any:
    return hours_queries.availability_of(coaches.profile_of(actor()).id)


def _kept_holidays() -> dict[str, Any]:
    return {"country": _kept().holiday_country, "region": _kept().holiday_region}


HOLIDAYS = EditForm(HolidaysSchema, _kept_holidays)
LIMITS = EditForm(LimitsSchema, _kept)

YEAR = timedelta(days=366)
PAGE = 20


@bp.get("")
@signed_in
def mine() -> ResponseReturnValue:
    """Time off, public holidays and limits, each with its form; or past time off."""
    given = {name: request.args[name] for name in ("past", "after") if name in request.args}
    try:
        return _page(TimeOffQuerySchema().load(given | {"limit": PAGE}))
    except (ValidationError, Invalid) as error:
        raise NotFound from error


@bp.post("")
@signed_in
def add() -> ResponseReturnValue:
    """Let nobody book the coach from one day to another."""
    coach = coaches.profile_of(actor())
    try:
        added = time_off.add_time_off(actor(), **load(NewTimeOffSchema()))
    except Invalid as refusal:
        return _page(errors=refusal.fields, typed=request.form), 422
    inside = hold_queries.claiming_between(coach.id, added.starts_at, added.ends_at)
    if inside:
        said = ngettext(
            "Saved. %(num)s session lies in these days and stays booked: move or cancel it yourself.",
            "Saved. %(num)s sessions lie in these days and stay booked: move or cancel each yourself.",
            len(inside),
        )
        flash(said, "warning")
    else:
        flash(_("Saved. Nobody can book these days."), "success")
    return redirect(url_for(".mine"), 303)


@bp.post("/<uuid:time_off_id>/remove")
@signed_in
def remove(time_off_id: uuid.UUID) -> ResponseReturnValue:
    """Remove time off."""
    time_off.remove_time_off(actor(), time_off_id=time_off_id)
    flash(_("Removed. Your hours hold again on these days."), "success")
    return redirect(url_for(".mine"), 303)


@bp.post("/holidays")
@signed_in
def keep_holidays() -> ResponseReturnValue:
    """Be closed on the public holidays of a country, or on none."""
    try:
        given = load(HolidaysSchema())
        HOLIDAYS.save(lambda: time_off.keep_holidays(actor(), **given))
    except (Invalid, Outdated) as refusal:
        shown = told(refusal)
        versions = {"holidays_version": shown["version"]}
        return _page(errors=shown["errors"], holidays_typed=request.form, versions=versions), status_of(refusal)
    flash(_("Saved. What is booked on a holiday already stays booked."), "success")
    return redirect(f"{url_for('.mine')}#holidays", 303)


@bp.post("/limits")
@signed_in
def set_limits() -> ResponseReturnValue:
    """Set the limits over all offerings."""
    try:
        given = load(LimitsSchema())
        LIMITS.save(lambda: time_off.set_limits(actor(), **given))
    except (Invalid, Outdated) as refusal:
        shown = told(refusal)
        versions = {"limits_version": shown["version"]}
        return _page(errors=shown["errors"], limits_typed=request.form, versions=versions), status_of(refusal)
    flash(_("Saved. Sessions that are booked count, and stay booked."), "success")
    return redirect(f"{url_for('.mine')}#limits", 303)


def _page(
    wanted: Mapping[str, Any] | None = None,
    *,
    errors: Mapping[str, list[str]] | None = None,
    typed: Mapping[str, Any] | None = None,
    holidays_typed: Mapping[str, Any] | None = None,
    limits_typed: Mapping[str, Any] | None = None,
    versions: Mapping[str, str] | None = None,
) -> str:
    present = {"holidays_version": HOLIDAYS.version(), "limits_version": LIMITS.version()}
    coach = coaches.profile_of(actor())
    today = clock.today(coach.timezone)
    kept = hours_queries.availability_of(coach.id)
    wanted = wanted or {"limit": PAGE}
    past = bool(wanted.get("past"))
    page = hours_queries.time_off_page(coach.id, today, **wanted)
    address: dict[str, Any] = {"past": "yes" if past else None}
    country = (holidays_typed or {}).get("country", kept.holiday_country) or ""
    return render_template(
        "dashboard/time_off.html",
        coach=coach,
        time_off=_with_sessions(coach.id, page.items),
        past=past,
        any_past=bool(hours_queries.time_off_page(coach.id, today, past=True, limit=1).items),
        start=url_for(".mine", **address) if wanted.get("after") else None,
        more=url_for(".mine", **address, after=page.next_cursor) if page.next_cursor else None,
        today=today,
        errors=errors or {},
        typed=typed or {},
        holidays={
            "country": country,
            "region": (holidays_typed or {}).get("region", kept.holiday_region) or "",
        },
        countries=[
            ("", _("None")),
            *formats.countries(public_holidays.COUNTRIES),
        ],
        regions=public_holidays.COUNTRIES.get(country, ()),
        coming=list(hours_queries.holidays_of(coach.id, today, today + YEAR).items())[:12],
        limits=limits_typed or kept,
        **present | dict(versions or {}),
    )


def _with_sessions(coach_id: uuid.UUID, items: Sequence[TimeOff]) -> list[tuple[TimeOff, int]]:
    """Each with the number of sessions that stand in it."""
    if not items:
        return []
    begins, ends = min(one.starts_at for one in items), max(one.ends_at for one in items)
    booked = hold_queries.claiming_between(coach_id, begins, ends)
    return [
        (one, sum(each.starts_at < one.ends_at and each.ends_at > one.starts_at for each in booked)) for one in items
    ]
