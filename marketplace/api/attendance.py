"""/bookings/…/no-show and /admin/attendance: who did not come, and what an admin decides."""

import uuid
from typing import Any

from marketplace.api.auth import needs
from marketplace.api.idempotency import idempotent
from marketplace.api.resource import Resource
from marketplace.attendance import queries, service
from marketplace.attendance.models import NoShowReport
from marketplace.attendance.schemas import (
    AttendanceDecisionSchema,
    AttendanceReportSchema,
    NoShowAnswerSchema,
    NoShowSchema,
)
from marketplace.bookings.models import Booking
from marketplace.bookings.schemas import BookingSchema
from marketplace.coaches.schemas import cents_in
from marketplace.http import actor

bp = Resource("attendance_api", __name__, url_prefix="/api/v1", description="Attendance: who did not come")


@bp.get("/bookings/<uuid:booking_id>/no-show")
@needs("read")
@bp.response(200, AttendanceReportSchema)
def get_no_show(booking_id: uuid.UUID) -> NoShowReport:
    """What was said about a coach who did not come, and what became of it."""
    return queries.of_booking(actor(), booking_id)


@bp.post("/bookings/<uuid:booking_id>/no-show")
@needs("write")
@idempotent
@bp.arguments(NoShowSchema)
@bp.response(200, BookingSchema)
@bp.alt_response(409, description="Too early, too late, or said already")
def report_no_show(data: dict[str, Any], booking_id: uuid.UUID) -> Booking:
    """Report that the other did not come. A coach may answer; a mentee's absence ends the session."""
    return service.report_no_show(actor(), booking_id=booking_id, **data)


@bp.delete("/bookings/<uuid:booking_id>/no-show")
@needs("write")
@bp.response(204)
def withdraw_no_show(booking_id: uuid.UUID) -> None:
    """Withdraw your report as the mentee."""
    service.withdraw_no_show(actor(), booking_id=booking_id)


@bp.post("/bookings/<uuid:booking_id>/no-show/answer")
@needs("money")
@idempotent
@bp.arguments(NoShowAnswerSchema)
@bp.response(200, BookingSchema)
@bp.alt_response(409, description="It is settled, or the session is not over yet")
def answer_no_show(data: dict[str, Any], booking_id: uuid.UUID) -> Booking:
    """Answer as the coach: `coach_no_show` refunds everything, anything else asks an admin to decide."""
    return service.answer_no_show(actor(), booking_id=booking_id, **data)


@bp.get("/admin/attendance")
@needs("admin:read")
@bp.response(200, AttendanceReportSchema(many=True))
def list_contested_no_shows() -> Any:
    """Reports that wait for a decision, the oldest first."""
    return queries.for_admin(actor())


@bp.get("/admin/attendance/<uuid:report_id>")
@needs("admin:read")
@bp.response(200, AttendanceReportSchema)
def get_attendance_report(report_id: uuid.UUID) -> NoShowReport:
    """One report."""
    return queries.one(actor(), report_id)


@bp.post("/admin/attendance/<uuid:report_id>/decide")
@needs("admin:critical")
@idempotent
@bp.arguments(AttendanceDecisionSchema)
@bp.response(200, AttendanceReportSchema)
@bp.alt_response(409, description="It is settled")
def decide_no_show(data: dict[str, Any], report_id: uuid.UUID) -> NoShowReport:
    """Refund everything, pay the coach, or split with a `refund`. Both read the reason."""
    refund = data.pop("refund")
    currency = queries.one(actor(), report_id).booking.currency
    cents = None if refund is None else cents_in(currency, refund, field="refund")
    return service.decide(actor(), report_id=report_id, refund_cents=cents, **data)
