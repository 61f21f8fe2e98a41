"""/waiting: a place in line for a coach's time."""

import uuid
from typing import Any

from flask import url_for

from marketplace.api.auth import needs
from marketplace.api.idempotency import idempotent
from marketplace.api.resource import Resource
from marketplace.http import actor
from marketplace.waitlist import queries, service
from marketplace.waitlist.models import Wait
from marketplace.waitlist.schemas import WaitListSchema, WaitSchema, WaitWriteSchema

bp = Resource("wait", __name__, url_prefix="/api/v1/waiting", description="Being told when there is time")


@bp.post("")
@needs("write")
@idempotent
@bp.arguments(WaitWriteSchema)
@bp.response(201, WaitSchema)
@bp.alt_response(409, description="A time that fits is `free` already, or you wait for it already")
def join(data: dict[str, Any]) -> tuple[Wait, dict[str, str]]:
    """Stand in line. What becomes free is held for you for 20 minutes, when it is your turn; a mail tells you."""
    wait = service.join(actor(), **data)
    return wait, {"Location": url_for("wait.show", wait_id=wait.id)}


@bp.get("")
@needs("read")
@bp.response(200, WaitListSchema)
def browse() -> dict[str, Any]:
    """The lines that you stand in."""
    return {"items": queries.mine(actor())}


@bp.get("/<uuid:wait_id>")
@needs("read")
@bp.response(200, WaitSchema)
def show(wait_id: uuid.UUID) -> Wait:
    """One of them, also when it has ended."""
    return queries.one(actor(), wait_id)


@bp.delete("/<uuid:wait_id>")
@needs("write")
@bp.response(204)
def leave(wait_id: uuid.UUID) -> None:
    """Leave the line. A time that is held for you goes to the next."""
    service.leave(actor(), wait_id=wait_id)
