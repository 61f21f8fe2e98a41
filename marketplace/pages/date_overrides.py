"""Pages of the date overrides of a schedule, those past behind a link."""

import uuid
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from marketplace import clock
from marketplace.authentication.access import signed_in
from marketplace.coaches import queries as coaches
from marketplace.coaches.models import Coach
from marketplace.errors import Invalid, NotFound
from marketplace.http import actor
from marketplace.languages import gettext as _
from marketplace.pages.forms import load
from marketplace.pages.hours import around, own_key
from marketplace.scheduling.queries import hours as hours_queries
from marketplace.scheduling.rules.hours import OVERRIDE_KINDS
from marketplace.scheduling.schemas.hours import DateOverrideSchema, DateOverridesQuerySchema
from marketplace.scheduling.service import date_overrides

bp = Blueprint("date_overrides", __name__, url_prefix="/dashboard/hours")

PAGE = 20


@bp.get("/<uuid:schedule_id>/date-overrides")
@signed_in
def listed(schedule_id: uuid.UUID) -> ResponseReturnValue:
    """The overrides from today on, with the form for another; or those past."""
    coach = coaches.profile_of(actor())
    given = {name: request.args[name] for name in ("past", "after") if name in request.args}
    try:
        wanted = DateOverridesQuerySchema().load(given | {"limit": PAGE})
        return _page(coach, own_key(coach, schedule_id), wanted)
    except (ValidationError, Invalid) as error:
        raise NotFound from error


@bp.post("/<uuid:schedule_id>/date-overrides")
@signed_in
def add(schedule_id: uuid.UUID) -> ResponseReturnValue:
    """Add an override of one date."""
    coach = coaches.profile_of(actor())
    own = own_key(coach, schedule_id)
    try:
        given = load(DateOverrideSchema())
        if given["kind"] != "closed" and given["end"] == "00:00":
            given["end"] = "24:00"
        date_overrides.add_override(actor(), schedule_id=own, **given)
    except Invalid as refusal:
        return _page(coach, own, {"limit": PAGE}, typed=request.form, errors=refusal.fields), 422
    flash(_("Saved. What is booked already stays booked."), "success")
    return redirect(url_for(".listed", schedule_id=own))


@bp.post("/date-overrides/<uuid:override_id>/remove")
@signed_in
def remove(override_id: uuid.UUID) -> ResponseReturnValue:
    """Remove one: the week holds again on that date."""
    coach = coaches.profile_of(actor())
    schedule_id = hours_queries.own_override(coach, override_id).schedule_id
    date_overrides.remove_override(actor(), override_id=override_id)
    flash(_("Removed. The week holds again on that date."), "success")
    return redirect(url_for(".listed", schedule_id=schedule_id))


def _page(
    coach: Coach,
    schedule_id: uuid.UUID,
    wanted: Mapping[str, Any],
    *,
    typed: Mapping[str, Any] | None = None,
    errors: Mapping[str, list[str]] | None = None,
) -> str:
    today, past = clock.today(coach.timezone), wanted.get("past", False)
    page = hours_queries.date_overrides_page(schedule_id, today, **wanted)
    address: dict[str, Any] = {"schedule_id": schedule_id, "past": "yes" if past else None}
    return render_template(
        "dashboard/date_overrides.html",
        **around(coach, schedule_id),
        dates=page.dates,
        past=past,
        any_past=bool(hours_queries.date_overrides_page(schedule_id, today, past=True, limit=1).dates),
        start=url_for(".listed", **address) if wanted.get("after") else None,
        more=url_for(".listed", **address, after=page.next_cursor) if page.next_cursor else None,
        kinds=list(OVERRIDE_KINDS.items()),
        today=today,
        typed=typed or {},
        errors=errors or {},
    )
