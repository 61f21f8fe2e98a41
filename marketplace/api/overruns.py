"""/bookings/…/overruns and /overruns: minutes beyond a session."""

import uuid
from typing import Any

from marketplace.api.auth import needs
from marketplace.api.idempotency import idempotent
from marketplace.api.resource import Resource
from marketplace.bookings import queries as bookings
from marketplace.bookings.overruns import queries, service
from marketplace.bookings.overruns.models import Overrun
from marketplace.bookings.overruns.schemas import OverrunPageSchema, OverrunSchema, OverrunsSchema, OverrunWriteSchema
from marketplace.coaches.schemas import cents_in
from marketplace.http import actor

bp = Resource("overruns_api", __name__, url_prefix="/api/v1", description="Minutes beyond a session")


@bp.get("/bookings/<uuid:booking_id>/overruns")
@needs("read")
@bp.response(200, OverrunsSchema)
def list_overruns(booking_id: uuid.UUID) -> dict[str, Any]:
    """The overruns of a session of yours, the latest first."""
    return {"overruns": queries.of_session(actor(), booking_id)}


@bp.post("/bookings/<uuid:booking_id>/overruns")
@needs("write")
@idempotent
@bp.arguments(OverrunWriteSchema)
@bp.response(201, OverrunSchema)
@bp.alt_response(409, description="It is too early or too late for one, or one is there already")
def propose_overrun(fields: dict[str, Any], booking_id: uuid.UUID) -> Overrun:
    """Propose minutes more for a price, as the coach, until an hour after the session."""
    price = fields["price"]
    cents = cents_in(bookings.one(actor(), booking_id).currency, price, field="price") if price else None
    return service.propose(actor(), booking_id=booking_id, minutes=fields["minutes"], price_cents=cents)


@bp.post("/overruns/<uuid:overrun_id>/withdraw")
@needs("write")
@bp.response(200, OverrunSchema)
@bp.alt_response(409, description="It is over")
def withdraw_overrun(overrun_id: uuid.UUID) -> Overrun:
    """Take a proposal of yours back, as the coach."""
    return service.withdraw(actor(), overrun_id=overrun_id)


@bp.post("/overruns/<uuid:overrun_id>/decline")
@needs("write")
@bp.response(200, OverrunSchema)
@bp.alt_response(409, description="It is over")
def decline_overrun(overrun_id: uuid.UUID) -> Overrun:
    """Decline to pay, as the mentee."""
    return service.decline(actor(), overrun_id=overrun_id)


@bp.post("/overruns/<uuid:overrun_id>/accept")
@needs("money")
@bp.response(200, OverrunPageSchema)
@bp.alt_response(409, description="It is over")
def accept_overrun(overrun_id: uuid.UUID) -> dict[str, str]:
    """Accept, as the mentee; answers with the page to pay on, the same one each time."""
    return {"checkout_url": service.accept(actor(), overrun_id=overrun_id)}


@bp.post("/overruns/<uuid:overrun_id>/refund")
@needs("money")
@idempotent
@bp.response(200, OverrunSchema)
@bp.alt_response(409, description="It is not paid, is refunded, or is yours already")
def refund_overrun(overrun_id: uuid.UUID) -> Overrun:
    """Refund a paid overrun in full, as the coach."""
    return service.refund(actor(), overrun_id=overrun_id)
