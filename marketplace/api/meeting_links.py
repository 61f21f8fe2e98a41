"""The meeting link of a session, and a coach's own."""

import uuid

from marketplace.api.auth import needs
from marketplace.api.editing import Editable
from marketplace.api.resource import Resource
from marketplace.bookings.meeting_links import service as meeting_links
from marketplace.bookings.meeting_links.schemas import CoachMeetingSchema, MeetingLinkSchema, MeetingSchema
from marketplace.coaches.models import Coach
from marketplace.coaches.queries import profile_of
from marketplace.http import actor

bp = Resource("meeting_api", __name__, url_prefix="/api/v1", description="Meeting links of sessions")

OWN_LINK = Editable(CoachMeetingSchema, lambda: profile_of(actor()))


@bp.get("/bookings/<uuid:booking_id>/meeting")
@needs("read")
@bp.response(200, MeetingSchema)
@bp.alt_response(404, description="Not a confirmed session of yours")
def get_meeting(booking_id: uuid.UUID) -> meeting_links.MeetingAccess:
    """The meeting link of a session, from 10 minutes before; for its mentee and coach alone."""
    return meeting_links.meeting_of(actor(), booking_id=booking_id)


@bp.get("/coach/meeting-link")
@needs("read")
@bp.response(200, CoachMeetingSchema)
@OWN_LINK.shown
def get_meeting_link() -> Coach:
    """Your own link; null where each session has a room of its own."""
    return profile_of(actor())


@bp.put("/coach/meeting-link")
@needs("write")
@bp.arguments(MeetingLinkSchema)
@bp.response(200, CoachMeetingSchema)
@OWN_LINK.edited
def set_meeting_link(data: dict[str, str | None]) -> Coach:
    """Meet at your own link, or with null in a room of each session's own. Sessions ahead get their invite again."""
    return meeting_links.set_meeting_link(actor(), **data)
