"""Shelves of coaches: one's own, and as everybody sees them."""

import uuid
from collections.abc import Sequence
from typing import Any

from marketplace.api.auth import needs
from marketplace.api.editing import Editable
from marketplace.api.idempotency import idempotent
from marketplace.api.resource import Resource
from marketplace.coaches import queries as coaches
from marketplace.coaches.shelf import queries, service
from marketplace.coaches.shelf.models import ShelfItem
from marketplace.coaches.shelf.schemas import (
    PlaceSchema,
    PublicShelfItemSchema,
    PublicShelfSchema,
    ShelfItemSchema,
    ShelfItemWriteSchema,
    ShelfSchema,
)
from marketplace.http import actor
from marketplace.request_limits import costs

bp = Resource("shelf_api", __name__, url_prefix="/api/v1", description="Shelves of coaches")

# Its version is what its coach edits: that it answered somebody meanwhile is no other version.
ITEM = Editable(PublicShelfItemSchema, lambda item_id: queries.own(coaches.profile_of(actor()), item_id))

Shelf = dict[str, Sequence[ShelfItem]]


@bp.get("/coaches/<handle>/shelf")
@costs(1)
@bp.response(200, PublicShelfSchema)
def get_public_shelf(handle: str) -> Shelf:
    """Books, talks and posts of a coach, in the coach's order. Needs no token."""
    return {"items": queries.of_coach(coaches.by_handle(handle).id)}


@bp.get("/coach/shelf")
@needs("read")
@bp.response(200, ShelfSchema)
def list_shelf() -> Shelf:
    """Your shelf as a coach, with how many each item answered."""
    return {"items": queries.of_coach(coaches.profile_of(actor()).id)}


@bp.post("/coach/shelf")
@needs("write")
@idempotent
@bp.arguments(ShelfItemWriteSchema)
@bp.response(201, ShelfItemSchema)
@bp.alt_response(409, description="The shelf is full")
def add_shelf_item(fields: dict[str, Any]) -> ShelfItem:
    """Put something at the end of your shelf."""
    return service.add(actor(), **fields)


@bp.get("/coach/shelf/<uuid:item_id>")
@needs("read")
@bp.response(200, ShelfItemSchema)
@ITEM.shown
def get_shelf_item(item_id: uuid.UUID) -> ShelfItem:
    """One of your shelf."""
    return queries.own(coaches.profile_of(actor()), item_id)


@bp.put("/coach/shelf/<uuid:item_id>")
@needs("write")
@bp.arguments(ShelfItemWriteSchema)
@bp.response(200, ShelfItemSchema)
@ITEM.edited
def change_shelf_item(fields: dict[str, Any], item_id: uuid.UUID) -> ShelfItem:
    """Say it otherwise."""
    return service.change(actor(), item_id=item_id, **fields)


@bp.post("/coach/shelf/<uuid:item_id>/move")
@needs("write")
@bp.arguments(PlaceSchema)
@bp.response(200, ShelfSchema)
def move_shelf_item(fields: dict[str, Any], item_id: uuid.UUID) -> Shelf:
    """Put it at another place of your shelf, 0 the first."""
    return {"items": service.move(actor(), item_id=item_id, **fields)}


@bp.delete("/coach/shelf/<uuid:item_id>")
@needs("write")
@bp.response(204)
def take_off_shelf(item_id: uuid.UUID) -> None:
    """Take it off your shelf."""
    service.take_off(actor(), item_id=item_id)
