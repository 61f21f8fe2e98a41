"""/coach/coupons: a coach's own; /bookings/…/coupon: a mentee applies one before paying."""

import uuid
from typing import Any

from marketplace.api.auth import needs
from marketplace.api.idempotency import idempotent
from marketplace.api.resource import Resource
from marketplace.bookings.coupon_use import service as coupon_use
from marketplace.bookings.models import Booking
from marketplace.bookings.schemas import BookingSchema
from marketplace.coaches.queries import profile_of
from marketplace.coupons import queries, service
from marketplace.coupons.models import Coupon
from marketplace.coupons.schemas import (
    CodeSchema,
    CouponSchema,
    CouponsQuerySchema,
    CouponsSchema,
    CouponWriteSchema,
)
from marketplace.http import actor

bp = Resource("coupons_api", __name__, url_prefix="/api/v1", description="Coupons of a coach, and using one")

TOO_LATE = "It is too late: the page to pay on was opened, it is paid, or the hold has lapsed"


@bp.get("/coach/coupons")
@needs("read")
@bp.arguments(CouponsQuerySchema, location="query")
@bp.response(200, CouponsSchema)
def list_coupons(wanted: dict[str, Any]) -> dict[str, Any]:
    """Your coupons, the newest first, with how often each is in use."""
    profile_of(actor())
    limit = wanted["limit"]
    found = queries.listed(actor(), after=wanted["after"], limit=limit + 1)
    more = found[limit - 1].id if len(found) > limit else None
    return {"items": coupon_use.with_uses(found[:limit]), "next_cursor": more}


@bp.post("/coach/coupons")
@needs("write")
@idempotent
@bp.arguments(CouponWriteSchema)
@bp.response(201, CouponSchema)
def create_coupon(data: dict[str, Any]) -> queries.Counted:
    """A coupon: a percentage or an amount, never below the floor of a price."""
    return _counted(service.make(actor(), **data))


@bp.get("/coach/coupons/<uuid:coupon_id>")
@needs("read")
@bp.response(200, CouponSchema)
def get_coupon(coupon_id: uuid.UUID) -> queries.Counted:
    """One of yours."""
    return _counted(queries.own(actor(), coupon_id))


@bp.post("/coach/coupons/<uuid:coupon_id>/end")
@needs("write")
@bp.response(200, CouponSchema)
def end_coupon(coupon_id: uuid.UUID) -> queries.Counted:
    """Let nobody use it any more. What it has taken off stays off."""
    return _counted(service.end(actor(), coupon_id=coupon_id))


def _counted(coupon: Coupon) -> queries.Counted:
    return coupon_use.with_uses([coupon])[0]


@bp.post("/bookings/<uuid:booking_id>/coupon")
@needs("write")
@idempotent
@bp.arguments(CodeSchema)
@bp.response(200, BookingSchema)
@bp.alt_response(409, description=TOO_LATE)
@bp.alt_response(429, description="Too many codes that do not work")
def apply_coupon(data: dict[str, Any], booking_id: uuid.UUID) -> Booking:
    """Apply a coupon to a time you hold, and in a series to each of its sessions. Another one gives way to it."""
    return coupon_use.apply_coupon(actor(), booking_id=booking_id, **data)


@bp.delete("/bookings/<uuid:booking_id>/coupon")
@needs("write")
@bp.response(200, BookingSchema)
@bp.alt_response(409, description=TOO_LATE)
def remove_coupon(booking_id: uuid.UUID) -> Booking:
    """Pay the whole price after all."""
    return coupon_use.remove_coupon(actor(), booking_id=booking_id)
