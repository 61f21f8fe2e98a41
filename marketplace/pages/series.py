"""The same hour every week or every other week: what fits, hold it, pay for it at once."""

import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from marketplace import clock
from marketplace.authentication.access import ask_to_sign_in, chosen_zone, kept_when_signed_out, signed_in, viewers_zone
from marketplace.bookings.checkout import service as booking_checkout
from marketplace.bookings.holds.schemas import LONGEST_BRIEF, SHORTEST_BRIEF
from marketplace.bookings.series import queries as series_queries
from marketplace.bookings.series import rules as series_rules
from marketplace.bookings.series import service as booking_series
from marketplace.bookings.series.schemas import SeriesHoldSchema, SeriesPlanSchema
from marketplace.coaches.queries import offering_for_booking
from marketplace.error_answers import status_of
from marketplace.errors import Conflict, FairhourError, Invalid, NotFound, Unavailable
from marketplace.http import actor, viewer
from marketplace.pages import drafts, wording
from marketplace.pages.forms import load
from marketplace.pages.responses import private
from marketplace.pages.session.payment_return import SERIES, notices, overlaps, settle
from marketplace.pages.session.summary import CouponField
from marketplace.pages.wording import MENTEE, Reader
from marketplace.payments.stripe_gateway.client import GatewayRefused
from marketplace.policies import queries as policies

bp = Blueprint("series", __name__)

USUAL_COUNT = 4


@bp.get("/book/<uuid:offering_id>/series")
def plan(offering_id: uuid.UUID) -> ResponseReturnValue:
    """What a series would come to, for everybody, before anybody holds or pays anything."""
    return _plan_page(offering_id, brief=drafts.kept())


@bp.post("/book/<uuid:offering_id>/series")
@kept_when_signed_out
def hold(offering_id: uuid.UUID) -> ResponseReturnValue:
    """Hold all of it, or what fits. A visitor signs in first, and comes back with what was typed.

    Who asks for other weeks sees what fits of them before anything is held.
    """
    brief = request.form.get("brief", "")
    if _asks_for_other_weeks():
        return drafts.keep(make_response(redirect(url_for(".plan", offering_id=offering_id, **_asked()), 303)), brief)
    try:
        wanted = load(SeriesHoldSchema(exclude=["offering_id"]))
    except Invalid as refusal:
        return _plan_page(offering_id, brief=brief, errors=refusal.fields), 422
    if viewer() is None:
        here = url_for(".plan", offering_id=offering_id, **_asked())
        return drafts.keep(make_response(ask_to_sign_in(here)), brief)
    try:
        held = booking_series.hold_series(actor(), offering_id=offering_id, **wanted)
    except NotFound:
        raise
    except FairhourError as refusal:
        return _plan_page(offering_id, brief=brief, errors={"form": [refusal.sentence]}), status_of(refusal)
    return drafts.keep(make_response(redirect(url_for(".show", series_id=held[0].series_id), 303)), "")


def _asks_for_other_weeks() -> bool:
    """Was "Check what fits" pressed, or the choice changed since the page was shown?"""
    shown = {name: request.form.get(f"shown_{name}") for name in ("every_weeks", "count")}
    changed = any(value is not None and value != request.form.get(name) for name, value in shown.items())
    return changed or "check" in request.form


def _asked() -> dict[str, Any]:
    """What the address or the form asks for; a plus that was not quoted arrives as a blank."""
    asked = {name: request.values.get(name, "") for name in ("starts_at", "every_weeks", "count", "zone")}
    asked["starts_at"] = asked["starts_at"].replace(" ", "+")
    return {name: value for name, value in asked.items() if value}


def _plan_page(offering_id: uuid.UUID, **shown: Any) -> Any:
    offering = offering_for_booking(offering_id)
    zone = chosen_zone() or viewers_zone()
    given = {name: value for name, value in _asked().items() if name != "zone"}
    try:
        wanted = SeriesPlanSchema().load({"count": str(USUAL_COUNT)} | given)
    except ValidationError as error:
        if "starts_at" in error.messages:
            return redirect(url_for("coaches.slots", handle=offering.coach.handle, offering_id=offering.id))
        wanted = SeriesPlanSchema().load({"count": USUAL_COUNT, "starts_at": given["starts_at"]})
    planned = booking_series.preview(offering, mentee=viewer(), **wanted)
    version = policies.current(offering.policy_id)
    fitting = [each for each in planned if each.fits]
    return render_template(
        "series/plan.html",
        offering=offering,
        coach=offering.coach,
        wanted=wanted,
        rows=[(each, _when(each, offering, zone)) for each in planned],
        fitting=len(fitting),
        all_fit=len(fitting) == len(planned),
        total_cents=offering.price_cents * len(fitting),
        counts=range(series_rules.FEWEST, series_rules.MOST + 1),
        zone=zone,
        chosen_zone=chosen_zone(),
        policy=policies.terms_of(version),
        policy_version=version.id,
        shortest=SHORTEST_BRIEF,
        longest=LONGEST_BRIEF,
        own=_is_own(offering.coach.user_id),
        **shown,
    )


def _is_own(coach_user_id: uuid.UUID) -> bool:
    person = viewer()
    return person is not None and person.id == coach_user_id


def _when(planned: booking_series.PlannedSession, offering: Any, zone: str) -> str:
    if planned.starts_at is None:
        return booking_series.wall_clock(planned, offering.coach.timezone)
    return clock.spoken(planned.starts_at, zone, planned.starts_at + timedelta(minutes=offering.minutes))


@bp.get("/series/<uuid:series_id>")
@signed_in
def show(series_id: uuid.UUID) -> ResponseReturnValue:
    """All of its sessions. When its mentee comes back from paying, Stripe is asked how it went."""
    return series_page(series_id)


def series_page(series_id: uuid.UUID, *, typed: Mapping[str, str] | None = None, errors: Any = None) -> Response:
    """The page, as a browser may not keep it; NotFound for strangers."""
    together = series_queries.series_of(actor(), series_id)
    came_back, checked = request.args.get("paid"), True
    if came_back is not None and together[0].mentee_id == actor().id:
        checked = settle(together[0])
        together = series_queries.series_of(actor(), series_id)
    zone = viewers_zone()
    rows = [(booking, Reader.of(actor(), booking, zone)) for booking in together]
    first, reader = rows[0]
    held = [booking for booking in together if wording.is_held(booking, reader.now)]
    payable = reader.side == MENTEE and len(held) == len(together) and not wording.is_settling(first)
    return private(
        "series/show.html",
        notices=notices(
            first,
            SERIES,
            came_back=came_back,
            checked=checked,
            payable=payable,
            other=wording.other(first, reader),
            until=reader.when(first.hold_expires_at),
            again_url=url_for("series.show", series_id=series_id, paid=1),
            overlapping=overlaps(together, reader) if payable else (),
        ),
        rows=rows,
        first=first,
        other=wording.other(first, reader),
        as_mentee=reader.side == MENTEE,
        payable=payable,
        settling=reader.side == MENTEE and wording.is_settling(first),
        total_cents=sum(booking.price_cents for booking in together),
        off_cents=sum(booking.discount_cents for booking in together),
        coupon=CouponField.of(first, actor()),
        wording=wording,
        policy=first.terms,
        now=reader.now,
        typed=typed or {},
        errors=errors,
    )


@bp.post("/series/<uuid:series_id>/pay")
@signed_in
def pay(series_id: uuid.UUID) -> ResponseReturnValue:
    """To the hosted page where the card is asked for, once for all of it."""
    together = series_queries.series_of(actor(), series_id)
    try:
        return redirect(booking_checkout.pay(actor(), booking_id=together[0].id), 303)
    except (Conflict, Unavailable, GatewayRefused) as refusal:
        flash(refusal.sentence, "error")
        return redirect(url_for(".show", series_id=series_id), 303)
