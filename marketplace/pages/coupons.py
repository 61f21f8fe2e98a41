"""Coupons: a coach makes and ends them, a mentee applies one before paying."""

import uuid
from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from marketplace import money
from marketplace.authentication.access import signed_in
from marketplace.bookings import queries as bookings
from marketplace.bookings.coupon_use import service as coupon_use
from marketplace.bookings.models import Booking
from marketplace.coaches import queries as coaches
from marketplace.coaches.models import Coach
from marketplace.coupons import queries, service
from marketplace.coupons.models import Coupon
from marketplace.coupons.schemas import CodeSchema, CouponFormSchema, CouponsQuerySchema
from marketplace.error_answers import status_of
from marketplace.errors import Conflict, Invalid, NotAllowed, NotFound, TooOften
from marketplace.http import actor
from marketplace.languages import gettext as _
from marketplace.languages import lazy_gettext as _l
from marketplace.pages.forms import load
from marketplace.pages.series import series_page
from marketplace.pages.session.page import session_page

bp = Blueprint("coupons", __name__)

PAGE = 20
STATES = {
    "open": (_l("Can be used"), "good"),
    "not_yet": (_l("Not yet"), "quiet"),
    "used_up": (_l("Used up"), "quiet"),
    "over": (_l("Over"), "quiet"),
    "ended": (_l("Ended"), "quiet"),
}
USUAL = {"uses_each_at_most": 1}


@bp.get("/dashboard/coupons")
@signed_in
def mine() -> ResponseReturnValue:
    """The coach's coupons, the newest first, and the form for another."""
    coach = coaches.profile_of(actor())
    try:
        after = CouponsQuerySchema(only=["after"]).load(request.args)["after"]
    except ValidationError as error:
        raise NotFound from error
    return _page(coach, USUAL, after=after)


@bp.post("/dashboard/coupons")
@signed_in
def make() -> ResponseReturnValue:
    """Another coupon."""
    coach = coaches.profile_of(actor())
    try:
        coupon = service.make(actor(), **load(CouponFormSchema(coach)))
    except (Invalid, Conflict, NotAllowed) as refusal:
        errors = refusal.fields if isinstance(refusal, Invalid) else {"form": [refusal.sentence]}
        typed = request.form.to_dict() | {"offering_ids": request.form.getlist("offering_ids")}
        return _page(coaches.profile_of(actor()), typed, errors=errors), status_of(refusal)
    said = _("%(code)s is made: %(discount)s. Give it to whom you like.", code=coupon.code, discount=takes_off(coupon))
    flash(said, "success")
    return redirect(url_for(".mine"), 303)


@bp.post("/dashboard/coupons/<uuid:coupon_id>/end")
@signed_in
def end(coupon_id: uuid.UUID) -> ResponseReturnValue:
    """Let nobody use it any more."""
    coupon = service.end(actor(), coupon_id=coupon_id)
    flash(_("%(code)s is ended. What it has taken off stays off.", code=coupon.code), "success")
    return redirect(url_for(".mine"), 303)


def takes_off(coupon: Coupon) -> str:
    """'20 % off', '15.00 USD off'."""
    if coupon.percent is not None:
        return _("%(percent)s %% off", percent=coupon.percent)
    return _("%(amount)s off", amount=money.spoken(coupon.amount_cents or 0, coupon.currency))


def _page(coach: Coach, typed: Any, *, after: uuid.UUID | None = None, **shown: Any) -> str:
    listed = queries.listed(actor(), after=after, limit=PAGE + 1)
    offerings = coaches.offerings_of(coach.id, active_only=False)
    more = url_for(".mine", after=listed[PAGE - 1].id) if len(listed) > PAGE else None
    return render_template(
        "dashboard/coupons.html",
        coach=coach,
        rows=[(one.coupon, one.uses, STATES[one.state]) for one in coupon_use.with_uses(listed[:PAGE])],
        takes_off=takes_off,
        titles={each.id: each.title for each in offerings},
        offerings=[(str(each.id), each.title) for each in offerings if each.active],
        typed=typed,
        start=url_for(".mine") if after else None,
        more=more,
        **shown,
    )


@bp.post("/sessions/<uuid:booking_id>/coupon")
@signed_in
def use(booking_id: uuid.UUID) -> ResponseReturnValue:
    """Apply a coupon to a time that is held."""

    def used() -> Booking:
        return coupon_use.apply_coupon(actor(), booking_id=booking_id, **load(CodeSchema()))

    return _changed(booking_id, used, _("Applied. This is what you pay now."))


@bp.post("/sessions/<uuid:booking_id>/coupon/drop")
@signed_in
def drop(booking_id: uuid.UUID) -> ResponseReturnValue:
    """Remove the coupon."""
    return _changed(
        booking_id,
        lambda: coupon_use.remove_coupon(actor(), booking_id=booking_id),
        _("Removed. You pay the full price again."),
    )


def _changed(booking_id: uuid.UUID, command: Callable[[], Booking], outcome: str) -> ResponseReturnValue:
    held = bookings.one(actor(), booking_id)
    series_id = held.series_id
    try:
        command()
    except (Invalid, TooOften) as refusal:
        errors = refusal.fields if isinstance(refusal, Invalid) else {"code": [refusal.sentence]}
        shown: dict[str, Any] = {"errors": errors, "typed": request.form}
        page = series_page(series_id, **shown) if series_id else session_page(booking_id, **shown)
        return make_response(page, status_of(refusal))
    except Conflict as refusal:
        flash(refusal.sentence, "error")
    else:
        flash(outcome, "success")
    if series_id:
        return redirect(url_for("series.show", series_id=series_id), 303)
    return redirect(url_for("session.show", booking_id=booking_id), 303)
