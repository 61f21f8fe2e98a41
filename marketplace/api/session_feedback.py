"""What a session was: said by both sides, and what many said of an offering."""

import uuid
from typing import Any

from marketplace.api.auth import needs
from marketplace.api.resource import Resource
from marketplace.http import actor
from marketplace.session_feedback import queries, service
from marketplace.session_feedback.schemas import (
    FeedbackSchema,
    FeedbackWriteSchema,
    LabelsSchema,
    WrongLabelsSchema,
)

bp = Resource("session_feedback_api", __name__, url_prefix="/api/v1", description="What sessions were")


@bp.get("/bookings/<uuid:booking_id>/feedback")
@needs("read")
@bp.response(200, FeedbackSchema)
def get_feedback(booking_id: uuid.UUID) -> queries.FeedbackAsked:
    """What you said of a session as its mentee or coach. The other side does not see it."""
    return queries.of_party(actor(), booking_id)


@bp.post("/bookings/<uuid:booking_id>/feedback")
@needs("write")
@bp.arguments(FeedbackWriteSchema)
@bp.response(200, FeedbackSchema)
@bp.alt_response(409, description="The session did not take place, or 14 days have passed since its end")
def give_feedback(fields: dict[str, Any], booking_id: uuid.UUID) -> queries.FeedbackAsked:
    """Say which kind of help it was and whether it dealt with what was asked. Said again, it replaces what was said."""
    return service.give(actor(), booking_id=booking_id, **fields)


@bp.get("/coach/labels")
@needs("read")
@bp.response(200, LabelsSchema)
def list_labels() -> dict[str, Any]:
    """What was said of the labels of your published offerings, from five answers on."""
    return {"items": queries.labels_of(actor())}


@bp.get("/admin/labels")
@needs("admin:read")
@bp.response(200, WrongLabelsSchema)
def list_wrong_labels() -> dict[str, Any]:
    """Published offerings whose label is wrong more often than right, of five answers and more."""
    return {"items": queries.wrong_labels(actor())}
