"""/grants: free sessions, from what a coach chose to give."""

import uuid
from typing import Any

from flask import url_for

from marketplace.api.auth import needs
from marketplace.api.editing import Editable
from marketplace.api.idempotency import idempotent
from marketplace.api.resource import Resource
from marketplace.bookings.models import Booking
from marketplace.bookings.schemas import BookingSchema, TimeSchema
from marketplace.coaches import queries as coaches
from marketplace.http import actor
from marketplace.unpaid_time.grants import queries, service
from marketplace.unpaid_time.grants.models import Grant
from marketplace.unpaid_time.grants.schemas import ChosenMinutesSchema, GrantSchema, GrantWriteSchema, ProBonoSchema

bp = Resource("grants_api", __name__, url_prefix="/api/v1", description="Free sessions that coaches give")


def _now() -> dict[str, int]:
    coach = coaches.profile_of(actor())
    return {"minutes_per_month": queries.budget_of(coach), "left": queries.left_of(coach)}


# How many are left is no part of what is edited.
BUDGET = Editable(ChosenMinutesSchema, _now)


@bp.post("/asks/<uuid:ask_id>/grants")
@needs("write")
@idempotent
@bp.arguments(GrantWriteSchema)
@bp.response(201, GrantSchema)
@bp.alt_response(409, description="So many minutes are not left, one is offered already, or the ask has ended")
def grant_session(fields: dict[str, Any], ask_id: uuid.UUID) -> tuple[Grant, dict[str, str]]:
    """Offer a free session for an ask, as its coach, out of your minutes of this month. It stands for 72 hours."""
    made = service.grant(actor(), ask_id=ask_id, **fields)
    return made, {"Location": url_for(".get_grant", grant_id=made.id)}


@bp.get("/grants/<uuid:grant_id>")
@needs("read")
@bp.response(200, GrantSchema)
def get_grant(grant_id: uuid.UUID) -> Grant:
    """A free session, for whoever asked and for the coach."""
    return queries.one(actor(), grant_id)


@bp.post("/grants/<uuid:grant_id>/take")
@needs("write")
@idempotent
@bp.arguments(TimeSchema)
@bp.response(201, BookingSchema)
@bp.alt_response(409, description="It is over, or the time is taken")
def take_grant(fields: dict[str, Any], grant_id: uuid.UUID) -> tuple[Booking, dict[str, str]]:
    """Book a free time for it, as whoever asked. The session is confirmed at once."""
    booking = service.take(actor(), grant_id=grant_id, **fields)
    return booking, {"Location": url_for("booking.get_booking", booking_id=booking.id)}


@bp.get("/coach/pro-bono")
@needs("read")
@bp.response(200, ProBonoSchema)
@BUDGET.shown
def get_pro_bono() -> dict[str, int]:
    """How many minutes a month you give, and how many are left of this month's."""
    return _now()


@bp.put("/coach/pro-bono")
@needs("write")
@bp.arguments(ProBonoSchema)
@bp.response(200, ProBonoSchema)
@BUDGET.edited
def set_pro_bono(fields: dict[str, Any]) -> dict[str, int]:
    """Choose how many minutes a month you give. What is granted already stands."""
    service.choose_budget(actor(), **fields)
    return _now()
