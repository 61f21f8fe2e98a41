"""/ask-queue: places in the queues of coaches who take no further asks now."""

import uuid
from typing import Any

from flask import url_for

from marketplace.api.auth import needs
from marketplace.api.idempotency import idempotent
from marketplace.api.resource import Resource
from marketplace.asks.queue import queries, service
from marketplace.asks.queue.models import QueuePlace
from marketplace.asks.queue.schemas import (
    QueuePlaceSchema,
    QueuePlacesQuerySchema,
    QueuePlacesSchema,
    QueuePlaceWriteSchema,
)
from marketplace.asks.schemas import expected_cents
from marketplace.coaches import queries as coaches
from marketplace.http import actor

bp = Resource("ask_queue_api", __name__, url_prefix="/api/v1", description="Queues of coaches who take no asks now")


@bp.post("/ask-queue")
@needs("write")
@idempotent
@bp.arguments(QueuePlaceWriteSchema)
@bp.response(201, QueuePlaceSchema)
@bp.alt_response(409, description="The coach never takes any, you wait already, or the price has changed")
def take_place(fields: dict[str, Any]) -> tuple[QueuePlace, dict[str, str]]:
    """Have an ask wait until the coach takes one more; it is then sent by itself, in order of coming.

    Where there is room it is sent at once, and `status` is `sent`.
    """
    handle, shown = fields.pop("coach"), fields.pop("expected_price")
    expected = expected_cents(shown, coaches.by_handle(handle).currency)
    place = service.join(actor(), handle=handle, expected_price_cents=expected, **fields)
    return place, {"Location": url_for(".get_place", place_id=place.id)}


@bp.get("/ask-queue")
@needs("read")
@bp.arguments(QueuePlacesQuerySchema, location="query")
@bp.response(200, QueuePlacesSchema)
def list_places(wanted: dict[str, Any]) -> queries.PlacePage:
    """Your places in queues, the latest first."""
    return queries.page_of(actor(), **wanted)


@bp.get("/ask-queue/<uuid:place_id>")
@needs("read")
@bp.response(200, QueuePlaceSchema)
def get_place(place_id: uuid.UUID) -> QueuePlace:
    """One place of yours."""
    return queries.one(actor(), place_id)


@bp.post("/ask-queue/<uuid:place_id>/leave")
@needs("write")
@bp.response(200, QueuePlaceSchema)
def leave_place(place_id: uuid.UUID) -> QueuePlace:
    """Leave a queue. Harmless where the ask was sent, or the place is over."""
    return service.leave(actor(), place_id=place_id)
