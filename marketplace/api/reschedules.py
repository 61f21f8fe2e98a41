"""/bookings/…/reschedule and /reschedules: another time for the same session."""

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from marshmallow import Schema

from marketplace.api.auth import needs
from marketplace.api.idempotency import idempotent
from marketplace.api.resource import Resource
from marketplace.bookings import queries
from marketplace.bookings.models import Booking
from marketplace.bookings.reschedules import queries as reschedule_queries
from marketplace.bookings.reschedules import service as reschedules
from marketplace.bookings.reschedules.models import Reschedule
from marketplace.bookings.reschedules.schemas import ProposalSchema, RescheduleListSchema, RescheduleSchema
from marketplace.bookings.schemas import BookingSchema, TimeSchema
from marketplace.http import actor
from marketplace.scheduling.schemas.search import SlotsQuerySchema, SlotsSchema

bp = Resource(
    "reschedules_api",
    __name__,
    url_prefix="/api/v1/bookings/<uuid:booking_id>",
    description="Another time for the same session",
)

TAKEN = "The time is taken, or it may not be moved any more"


def _command(rule: str, answer: type[Schema], *, conflict: str, status: int = 200) -> Any:
    """Post what changes a session's time, once for each `Idempotency-Key`; `conflict` says when that is refused."""

    def decorate(view: Callable[..., Any]) -> Any:
        answering = bp.response(status, answer)(bp.alt_response(409, description=conflict)(view))
        return bp.post(rule)(needs("write")(idempotent(answering)))

    return decorate


@bp.get("/reschedule")
@needs("read")
@bp.arguments(SlotsQuerySchema, location="query")
@bp.response(200, SlotsSchema)
@bp.alt_response(409, description="It cannot be moved")
def list_reschedule_slots(asked: dict[str, Any], booking_id: uuid.UUID) -> dict[str, Any]:
    """The times to which you may reschedule it, or propose to as its coach."""
    booking = queries.one(actor(), booking_id)
    found = reschedules.times(actor(), booking_id=booking_id, start=asked["start"], end=asked["end"])
    minutes = int((booking.ends_at - booking.starts_at).total_seconds()) // 60
    return {"zone": asked["zone"], "minutes": minutes, "starts_at": _told_in(asked["zone"], found)}


def _told_in(zone: Any, instants: list[datetime]) -> list[datetime]:
    return [instant.astimezone(zone) for instant in instants]


@_command("/reschedule", BookingSchema, conflict=TAKEN)
@bp.arguments(TimeSchema)
def reschedule_booking(data: dict[str, Any], booking_id: uuid.UUID) -> Booking:
    """Move your session to a free time, at once; nothing is paid again. A taken one is refused with the `nearest`."""
    return reschedules.reschedule(actor(), booking_id=booking_id, **data)


@bp.get("/reschedules")
@needs("read")
@bp.response(200, RescheduleListSchema)
def list_reschedules(booking_id: uuid.UUID) -> dict[str, Any]:
    """Every reschedule and proposal, the latest first."""
    return {"items": reschedule_queries.reschedules_of(actor(), booking_id)}


@_command("/reschedules", RescheduleSchema, conflict=TAKEN, status=201)
@bp.arguments(ProposalSchema)
def propose_reschedule(data: dict[str, Any], booking_id: uuid.UUID) -> Reschedule:
    """Propose another time as its coach. Nothing changes unless the mentee accepts."""
    return reschedules.propose(actor(), booking_id=booking_id, **data)


@_command(
    "/reschedules/<uuid:reschedule_id>/accept",
    BookingSchema,
    conflict="Answered already, or somebody else has the time by now",
)
def accept_reschedule(booking_id: uuid.UUID, reschedule_id: uuid.UUID) -> Booking:
    """Accept your coach's proposal: the session moves."""
    return reschedules.accept(actor(), booking_id=booking_id, reschedule_id=reschedule_id)


@_command("/reschedules/<uuid:reschedule_id>/decline", RescheduleSchema, conflict="Answered already")
def decline_reschedule(booking_id: uuid.UUID, reschedule_id: uuid.UUID) -> Reschedule:
    """Leave the session where it is."""
    return reschedules.decline(actor(), booking_id=booking_id, reschedule_id=reschedule_id)


@_command("/reschedules/<uuid:reschedule_id>/withdraw", RescheduleSchema, conflict="Answered already")
def withdraw_reschedule(booking_id: uuid.UUID, reschedule_id: uuid.UUID) -> Reschedule:
    """Take your proposal back."""
    return reschedules.withdraw(actor(), booking_id=booking_id, reschedule_id=reschedule_id)
