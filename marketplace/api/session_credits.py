"""/credits: sessions that are paid for without a time, scheduled within 60 days or refunded."""

import uuid
from typing import Any

from flask import url_for

from marketplace.api.auth import needs
from marketplace.api.idempotency import idempotent
from marketplace.api.resource import Resource
from marketplace.asks.quotes import service as quotes
from marketplace.bookings.models import Booking
from marketplace.bookings.schemas import BookingSchema, TimeSchema
from marketplace.http import actor
from marketplace.scheduling.queries import free_times
from marketplace.scheduling.schemas.search import SlotsQuerySchema, SlotsSchema
from marketplace.session_credits import queries
from marketplace.session_credits.models import SessionCredit
from marketplace.session_credits.schemas import (
    AllCreditsQuerySchema,
    CreditsQuerySchema,
    PayCreditSchema,
    SessionCreditSchema,
    SessionCreditsSchema,
)
from marketplace.session_credits.service import orders, refunds

bp = Resource("session_credits_api", __name__, url_prefix="/api/v1", description="Session credits")


@bp.post("/quotes/<uuid:quote_id>/credit")
@needs("write")
@idempotent
@bp.response(201, SessionCreditSchema)
@bp.alt_response(409, description="The quote is over, is being paid for already, or is for a written answer")
def buy_credit(quote_id: uuid.UUID) -> tuple[SessionCredit, dict[str, str]]:
    """Take a quote without a time, as whoever asked. Pay for it at `/credits/{credit_id}/pay`; schedule it later."""
    credit = quotes.buy_credit(actor(), quote_id=quote_id)
    return queries.one(actor(), credit.id), {"Location": url_for(".get_credit", credit_id=credit.id)}


@bp.get("/credits")
@needs("read")
@bp.arguments(CreditsQuerySchema, location="query")
@bp.response(200, SessionCreditsSchema)
def list_credits(asked: dict[str, Any]) -> dict[str, Any]:
    """What you paid for without a time, or as a coach what was paid for your sessions, the newest first."""
    as_coach = asked["as_"] == "coach"
    found, after = queries.page_for(actor(), as_coach=as_coach, after=asked["after"], limit=asked["limit"])
    return {"items": found, "next_cursor": after}


@bp.get("/credits/<uuid:credit_id>")
@needs("read")
@bp.response(200, SessionCreditSchema)
def get_credit(credit_id: uuid.UUID) -> SessionCredit:
    """One credit, for its mentee and its coach."""
    return queries.one(actor(), credit_id)


@bp.post("/credits/<uuid:credit_id>/pay")
@needs("money")
@bp.response(200, PayCreditSchema)
@bp.alt_response(409, description="The time to pay is over, or nothing is to be paid")
def pay_for_credit(credit_id: uuid.UUID) -> dict[str, str]:
    """The hosted page on which you pay."""
    return {"url": orders.pay(actor(), credit_id=credit_id)}


@bp.get("/credits/<uuid:credit_id>/slots")
@needs("read")
@bp.arguments(SlotsQuerySchema, location="query")
@bp.response(200, SlotsSchema)
def list_credit_slots(asked: dict[str, Any], credit_id: uuid.UUID) -> dict[str, Any]:
    """The coach's free times of that length."""
    offering = queries.offering_of(queries.one(actor(), credit_id))
    free = free_times.free_times(offering, start=asked["start"], end=asked["end"])
    in_zone = [instant.astimezone(asked["zone"]) for instant in free]
    return {"zone": asked["zone"], "minutes": offering.minutes, "starts_at": in_zone}


@bp.post("/credits/<uuid:credit_id>/schedule")
@needs("write")
@idempotent
@bp.arguments(TimeSchema)
@bp.response(201, BookingSchema)
@bp.alt_response(409, description="The credit was used or refunded, its time is over, or the time is taken")
def schedule_credit(wanted: dict[str, Any], credit_id: uuid.UUID) -> tuple[Booking, dict[str, str]]:
    """Book a free time with a credit, as its mentee: a session that is paid already."""
    booking = orders.schedule(actor(), credit_id=credit_id, **wanted)
    return booking, {"Location": url_for("booking.get_booking", booking_id=booking.id)}


@bp.post("/credits/<uuid:credit_id>/cancel")
@needs("money")
@idempotent
@bp.response(200, SessionCreditSchema)
@bp.alt_response(409, description="A session is scheduled with it, it was refunded, or a bank asks for its money back")
def cancel_credit(credit_id: uuid.UUID) -> SessionCredit:
    """Cancel a credit before a session is scheduled with it, as its mentee: all is refunded to whoever paid."""
    return refunds.cancel(actor(), credit_id=credit_id)


@bp.get("/admin/credits")
@needs("admin:read")
@bp.arguments(AllCreditsQuerySchema, location="query")
@bp.response(200, SessionCreditsSchema)
def list_all_credits(asked: dict[str, Any]) -> dict[str, Any]:
    """Everybody's credits, for admins, the newest first."""
    found, after = queries.page_for_admin(actor(), status=asked["status"], after=asked["after"], limit=asked["limit"])
    return {"items": found, "next_cursor": after}
