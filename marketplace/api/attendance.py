"""/bookings/…/no-show and /admin/cases: who did not come, and what an admin decides."""

import uuid
from typing import Any

from marketplace.api.auth import needs
from marketplace.api.idempotency import idempotent
from marketplace.api.resource import Resource
from marketplace.attendance import queries, service
from marketplace.attendance.models import NoShowReport
from marketplace.attendance.schemas import CaseDecisionSchema, CaseSchema, NoShowAnswerSchema, NoShowSchema
from marketplace.bookings.models import Booking
from marketplace.bookings.schemas import BookingSchema
from marketplace.errors import Invalid
from marketplace.http import actor

bp = Resource("case", __name__, url_prefix="/api/v1", description="Sessions to which somebody did not come")


@bp.get("/bookings/<uuid:booking_id>/no-show")
@needs("read")
@bp.response(200, CaseSchema)
def show(booking_id: uuid.UUID) -> NoShowReport:
    """What was said about a coach who did not come, and what became of it."""
    return queries.of_booking(actor(), booking_id)


@bp.post("/bookings/<uuid:booking_id>/no-show")
@needs("write")
@idempotent
@bp.arguments(NoShowSchema)
@bp.response(200, BookingSchema)
@bp.alt_response(409, description="Too early, too late, or said already")
def report(data: dict[str, Any], booking_id: uuid.UUID) -> Booking:
    """Say that the other did not come: a mentee of her coach, who may answer, or a coach of her mentee."""
    return service.report_no_show(actor(), booking_id=booking_id, **data)


@bp.delete("/bookings/<uuid:booking_id>/no-show")
@needs("write")
@bp.response(204)
def withdraw(booking_id: uuid.UUID) -> None:
    """Take it back as the mentee who said it."""
    service.withdraw_no_show(actor(), booking_id=booking_id)


@bp.post("/bookings/<uuid:booking_id>/no-show/answer")
@needs("money")
@idempotent
@bp.arguments(NoShowAnswerSchema)
@bp.response(200, BookingSchema)
@bp.alt_response(409, description="It is settled, or the session is not over yet")
def answer(data: dict[str, Any], booking_id: uuid.UUID) -> Booking:
    """Answer as the coach: `coach_no_show` gives everything back, anything else asks an admin to decide."""
    return service.answer_no_show(actor(), booking_id=booking_id, **data)


@bp.get("/admin/cases")
@needs("admin")
@bp.response(200, CaseSchema(many=True))
def waiting() -> Any:
    """Cases that wait for a decision, the oldest first."""
    return queries.for_admin(actor())


@bp.get("/admin/cases/<uuid:case_id>")
@needs("admin")
@bp.response(200, CaseSchema)
def case(case_id: uuid.UUID) -> NoShowReport:
    """One case."""
    return queries.one(actor(), case_id)


@bp.post("/admin/cases/<uuid:case_id>/decide")
@needs("admin")
@idempotent
@bp.arguments(CaseDecisionSchema)
@bp.response(200, CaseSchema)
@bp.alt_response(409, description="It is settled")
def decide(data: dict[str, Any], case_id: uuid.UUID) -> NoShowReport:
    """Refund everything, pay the coach, or split with the `refund` that goes back. Both read the reason."""
    refund = data.pop("refund")
    currency = queries.one(actor(), case_id).booking.currency
    if refund is not None and refund["currency"] != currency:
        raise Invalid(**{"refund.currency": f"This session is paid in {currency}."})
    cents = None if refund is None else refund["amount"]
    return service.decide(actor(), case_id=case_id, refund_cents=cents, **data)
