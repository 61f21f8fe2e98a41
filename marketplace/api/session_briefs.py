"""What a session is to be about: both sides read it, its mentee changes it."""

import uuid
from typing import Any

from marketplace.api.auth import needs
from marketplace.api.editing import Editable
from marketplace.api.resource import Resource
from marketplace.asks.briefs import queries
from marketplace.asks.briefs.schemas import SessionBriefSchema, SessionBriefWriteSchema
from marketplace.bookings.briefs import service
from marketplace.http import actor

bp = Resource("session_brief", __name__, url_prefix="/api/v1", description="What sessions are to be about")
BRIEF = Editable(SessionBriefWriteSchema, lambda booking_id: queries.one(actor(), booking_id))


@bp.get("/bookings/<uuid:booking_id>/brief")
@needs("read")
@bp.response(200, SessionBriefSchema)
@BRIEF.shown
def get_brief(booking_id: uuid.UUID) -> queries.SessionBrief:
    """What a session is to be about, with its points while it is ahead."""
    return queries.one(actor(), booking_id)


@bp.put("/bookings/<uuid:booking_id>/brief")
@needs("write")
@bp.arguments(SessionBriefWriteSchema)
@bp.response(200, SessionBriefSchema)
@bp.alt_response(403, description="It is for its mentee to say")
@bp.alt_response(409, description="The session has begun or was called off")
@BRIEF.edited
def change_brief(said: dict[str, Any], booking_id: uuid.UUID) -> queries.SessionBrief:
    """Say anew what a session is to be about. The coach is told, and has the invite with it again."""
    service.change_brief(actor(), booking_id=booking_id, **said)
    return queries.one(actor(), booking_id)
