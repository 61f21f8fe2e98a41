"""/bookings: hold a time, pay for it, answer, cancel, complete."""

import uuid
from typing import Any

from flask import url_for

from marketplace.api.auth import needs
from marketplace.api.idempotency import idempotent
from marketplace.api.resource import Resource
from marketplace.bookings import queries
from marketplace.bookings.approvals import service as approvals
from marketplace.bookings.cancellations import service as cancellations
from marketplace.bookings.cancellations.schemas import CancellationQuoteSchema, CancelSchema
from marketplace.bookings.checkout import service as booking_checkout
from marketplace.bookings.checkout.schemas import PayLinkSchema
from marketplace.bookings.completions import service as completions
from marketplace.bookings.completions.schemas import CompleteSchema
from marketplace.bookings.holds import queries as hold_queries
from marketplace.bookings.holds import service as holds
from marketplace.bookings.holds.schemas import HoldSchema
from marketplace.bookings.listings import queries as booking_listings
from marketplace.bookings.listings.schemas import BookingListSchema, BookingQuerySchema
from marketplace.bookings.models import Booking
from marketplace.bookings.schemas import BookingSchema, OptionalReasonSchema
from marketplace.coaches.schemas import cents_in
from marketplace.http import actor

bp = Resource("booking", __name__, url_prefix="/api/v1/bookings", description="Sessions, from the hold to their end")


@bp.post("")
@needs("write")
@idempotent
@bp.arguments(HoldSchema)
@bp.response(201, BookingSchema)
@bp.alt_response(409, description="The time is taken, or you hold too many")
def hold_booking(data: dict[str, Any]) -> tuple[Booking, dict[str, str]]:
    """Hold a free time, unpaid, until `hold_expires_at`. A taken one is refused with the `nearest` free ones."""
    booking = holds.hold(actor(), **data)
    return booking, {"Location": url_for("booking.get_booking", booking_id=booking.id)}


@bp.get("")
@needs("read")
@bp.arguments(BookingQuerySchema, location="query")
@bp.response(200, BookingListSchema)
def list_bookings(wanted: dict[str, Any]) -> booking_listings.BookingPage:
    """Your sessions: those to come, the next one first; with `past`, the others, the latest first."""
    as_coach = wanted.pop("as_") == "coach"
    return booking_listings.page_for(actor(), as_coach=as_coach, **wanted)


@bp.get("/<uuid:booking_id>")
@needs("read")
@bp.response(200, BookingSchema)
def get_booking(booking_id: uuid.UUID) -> Booking:
    """One session."""
    return queries.one(actor(), booking_id)


@bp.post("/<uuid:booking_id>/pay")
@needs("money")
@bp.response(200, PayLinkSchema)
def pay_booking(booking_id: uuid.UUID) -> dict[str, Any]:
    """Where to pay for a time you hold, and what else you have then. Asking again answers the same page."""
    url = booking_checkout.pay(actor(), booking_id=booking_id)
    return {"url": url, "overlapping": hold_queries.overlapping([queries.one(actor(), booking_id)])}


@bp.get("/<uuid:booking_id>/cancellation")
@needs("read")
@bp.response(200, CancellationQuoteSchema)
def quote_cancellation(booking_id: uuid.UUID) -> dict[str, Any]:
    """What cancelling now would bring back, exactly, and why."""
    booking = queries.one(actor(), booking_id)
    quote = cancellations.quote_cancellation(actor(), booking_id=booking_id)
    return {
        "refund": {"amount": quote.refund_cents, "currency": booking.currency},
        "kept": {"amount": quote.kept_cents, "currency": booking.currency},
        "why": quote.why,
    }


@bp.post("/<uuid:booking_id>/cancel")
@needs("money")
@idempotent
@bp.arguments(CancelSchema)
@bp.response(200, BookingSchema)
@bp.alt_response(409, description="Another amount would be refunded by now, or it is too late")
def cancel_booking(data: dict[str, Any], booking_id: uuid.UUID) -> Booking:
    """Cancel for exactly the refund that `cancellation` showed. A hold is released with 0."""
    currency = queries.one(actor(), booking_id).currency
    cents = cents_in(currency, data["expected_refund"], field="expected_refund")
    return cancellations.cancel(actor(), booking_id=booking_id, expected_refund_cents=cents, reason=data["reason"])


@bp.post("/<uuid:booking_id>/approve")
@needs("write")
@idempotent
@bp.response(200, BookingSchema)
def approve_booking(booking_id: uuid.UUID) -> Booking:
    """Accept a request as its coach: the money is taken, and with it the session is confirmed."""
    return approvals.approve(actor(), booking_id=booking_id)


@bp.post("/<uuid:booking_id>/decline")
@needs("write")
@idempotent
@bp.arguments(OptionalReasonSchema)
@bp.response(200, BookingSchema)
def decline_booking(data: dict[str, Any], booking_id: uuid.UUID) -> Booking:
    """Decline a request as its coach: the time is free again and nothing is taken."""
    return approvals.decline(actor(), booking_id=booking_id, **data)


@bp.post("/<uuid:booking_id>/complete")
@needs("write")
@idempotent
@bp.arguments(CompleteSchema)
@bp.response(200, BookingSchema)
def complete_booking(data: dict[str, Any], booking_id: uuid.UUID) -> Booking:
    """Say as its coach how a session ended."""
    return completions.complete(actor(), booking_id=booking_id, **data)


@bp.post("/<uuid:booking_id>/complete/undo")
@needs("write")
@bp.response(200, BookingSchema)
@bp.alt_response(409, description="It is more than 15 minutes ago, contested, or nobody said so")
def take_back_no_show(booking_id: uuid.UUID) -> Booking:
    """Take back, within 15 minutes, that the mentee did not come."""
    return completions.take_back(actor(), booking_id=booking_id)
