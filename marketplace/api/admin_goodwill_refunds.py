"""/admin/bookings/…/refunds: goodwill refunds, beyond the policy."""

import uuid
from dataclasses import asdict
from typing import Any

from marketplace.api.auth import needs
from marketplace.api.idempotency import idempotent
from marketplace.api.resource import Resource
from marketplace.bookings import queries
from marketplace.bookings.goodwill_refunds import service as goodwill_refunds
from marketplace.bookings.goodwill_refunds.schemas import (
    GoodwillRefundSchema,
    RefundEffectQuerySchema,
    RefundEffectSchema,
)
from marketplace.bookings.models import Booking
from marketplace.bookings.schemas import BookingSchema
from marketplace.coaches.schemas import cents_in
from marketplace.http import actor

bp = Resource(
    "admin_goodwill_refunds_api",
    __name__,
    url_prefix="/api/v1/admin/bookings/<uuid:booking_id>/refunds",
    description="Goodwill refunds, beyond the policy",
)


@bp.get("/preview")
@needs("admin:read")
@bp.arguments(RefundEffectQuerySchema, location="query")
@bp.response(200, RefundEffectSchema)
@bp.alt_response(409, description="Nothing can be refunded")
def preview_goodwill_refund(asked: dict[str, Any], booking_id: uuid.UUID) -> dict[str, Any]:
    """What refunding `amount` would do to the coach's share and to our fee."""
    effect = goodwill_refunds.preview(actor(), booking_id=booking_id, cents=asked["amount"], paid_by=asked["paid_by"])
    return asdict(effect) | {"currency": queries.one(actor(), booking_id).currency}


@bp.post("")
@needs("admin:critical")
@idempotent
@bp.arguments(GoodwillRefundSchema)
@bp.response(201, BookingSchema)
@bp.alt_response(409, description="Nothing can be refunded, or `left` is another by now")
def make_goodwill_refund(data: dict[str, Any], booking_id: uuid.UUID) -> Booking:
    """Refund so much beyond the policy, at the cost of who is named. Both read the reason."""
    goodwill_refunds.refundable_cents(actor(), booking_id=booking_id)
    currency = queries.one(actor(), booking_id).currency
    cents = {name: cents_in(currency, data.pop(name), field=name) for name in ("refund", "left")}
    return goodwill_refunds.refund(
        actor(), booking_id=booking_id, cents=cents["refund"], expected_refundable_cents=cents["left"], **data
    )
