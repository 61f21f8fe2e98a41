"""/waitlist: being offered a coach's time when one becomes free."""

import uuid
from typing import Any

from flask import url_for

from marketplace.api.auth import needs
from marketplace.api.idempotency import idempotent
from marketplace.api.resource import Resource
from marketplace.bookings.waitlist_entries.models import WaitlistEntry
from marketplace.http import actor
from marketplace.waitlist import queries, service
from marketplace.waitlist.schemas import WaitlistEntrySchema, WaitlistJoinSchema, WaitlistSchema

bp = Resource("waitlist_api", __name__, url_prefix="/api/v1/waitlist", description="Waitlist")


@bp.post("")
@needs("write")
@idempotent
@bp.arguments(WaitlistJoinSchema)
@bp.response(201, WaitlistEntrySchema)
@bp.alt_response(409, description="A time that fits is `free` already, or you are on the waitlist for it already")
def join_waitlist(data: dict[str, Any]) -> tuple[WaitlistEntry, dict[str, str]]:
    """Join the waitlist. What becomes free is held for you for 20 minutes when it is your turn; a mail tells you."""
    entry = service.join(actor(), **data)
    return entry, {"Location": url_for(".get_waitlist_entry", entry_id=entry.id)}


@bp.get("")
@needs("read")
@bp.response(200, WaitlistSchema)
def list_waitlist() -> dict[str, Any]:
    """Your entries that have not ended."""
    return {"items": queries.open_entries(actor())}


@bp.get("/<uuid:entry_id>")
@needs("read")
@bp.response(200, WaitlistEntrySchema)
def get_waitlist_entry(entry_id: uuid.UUID) -> WaitlistEntry:
    """One of your entries, also when it has ended."""
    return queries.one(actor(), entry_id)


@bp.delete("/<uuid:entry_id>")
@needs("write")
@bp.response(204)
def leave_waitlist(entry_id: uuid.UUID) -> None:
    """Leave the waitlist. A time that is held for you goes to the next."""
    service.leave(actor(), entry_id=entry_id)
