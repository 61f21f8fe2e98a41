"""/series: the same hour every week or every other week, paid at once."""

import uuid
from collections.abc import Sequence
from typing import Any

from flask import url_for

from marketplace.api.auth import needs
from marketplace.api.idempotency import idempotent
from marketplace.api.resource import Resource
from marketplace.bookings.checkout import service as booking_checkout
from marketplace.bookings.checkout.schemas import PayLinkSchema
from marketplace.bookings.holds import queries as hold_queries
from marketplace.bookings.models import Booking
from marketplace.bookings.series import queries as series_queries
from marketplace.bookings.series import service as booking_series
from marketplace.bookings.series.schemas import PreviewSchema, SeriesHoldSchema, SeriesPlanSchema, SeriesSchema
from marketplace.coaches.queries import offering_for_booking
from marketplace.http import actor
from marketplace.request_limits import costs

bp = Resource("series_api", __name__, url_prefix="/api/v1", description="Sessions that recur, paid at once")


@bp.get("/offerings/<uuid:offering_id>/series")
@costs(2)
@bp.arguments(SeriesPlanSchema, location="query")
@bp.response(200, PreviewSchema)
@bp.alt_response(404, description="No such offering can be booked")
def preview_series(plan: dict[str, Any], offering_id: uuid.UUID) -> dict[str, Any]:
    """What a series would come to, and what of it does not fit. Needs no token."""
    offering = offering_for_booking(offering_id)
    planned = booking_series.preview(offering, **plan)
    total = offering.price_cents * sum(each.fits for each in planned)
    price = {"amount": total, "currency": offering.currency}
    return {"timezone": offering.coach.timezone, "items": planned, "price": price}


@bp.post("/series")
@needs("write")
@idempotent
@bp.arguments(SeriesHoldSchema)
@bp.response(201, SeriesSchema)
@bp.alt_response(409, description="Something of it does not fit: `missing` says what and why; nothing is held")
def hold_series(data: dict[str, Any]) -> tuple[Sequence[Booking], dict[str, str]]:
    """Hold a series, unpaid; with `mode` fitting what is free of it. Pay any of its sessions to pay for all."""
    held = booking_series.hold_series(actor(), **data)
    return held, {"Location": url_for("series_api.get_series", series_id=held[0].series_id)}


@bp.get("/series/<uuid:series_id>")
@needs("read")
@bp.response(200, SeriesSchema)
def get_series(series_id: uuid.UUID) -> Sequence[Booking]:
    """A series and its sessions."""
    return series_queries.series_of(actor(), series_id)


@bp.post("/series/<uuid:series_id>/pay")
@needs("money")
@bp.response(200, PayLinkSchema)
def pay_series(series_id: uuid.UUID) -> dict[str, Any]:
    """Where to pay for all of it, and what else you have then. Asking again answers the same page."""
    together = series_queries.series_of(actor(), series_id)
    url = booking_checkout.pay(actor(), booking_id=together[0].id)
    return {"url": url, "overlapping": hold_queries.overlapping(together)}
