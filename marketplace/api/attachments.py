"""/bookings/<id>/attachments: the files of a brief, for the two of the session."""

import uuid
from typing import Any

from flask import Response

from marketplace import uploads
from marketplace.api.auth import needs
from marketplace.api.multipart import FileSchema
from marketplace.api.resource import Resource
from marketplace.bookings.attachments import queries, service
from marketplace.bookings.attachments.schemas import AttachmentListSchema, listed
from marketplace.downloads import attached
from marketplace.files.rules.uploads import FORMS
from marketplace.http import actor

bp = Resource("attachments_api", __name__, url_prefix="/api/v1/bookings", description="Files of a brief")


@bp.get("/<uuid:booking_id>/attachments")
@needs("read")
@bp.response(200, AttachmentListSchema)
def list_attachments(booking_id: uuid.UUID) -> dict[str, Any]:
    """The files of a brief. They exist for its mentee and its coach, for nobody else."""
    return listed(queries.of_booking(actor(), booking_id))


@bp.post("/<uuid:booking_id>/attachments")
@needs("write")
@uploads.takes_files(uploads.ONE_FILE)
@bp.arguments(FileSchema, location="files")
@bp.response(201, AttachmentListSchema)
@bp.alt_response(409, description="The session is over or was called off")
def attach_file(sent: dict[str, Any], booking_id: uuid.UUID) -> dict[str, Any]:
    """Attach a PDF or a picture (JPEG, PNG, WebP) of at most 10 MB to your brief, five in all; answers all of them.

    A picture is written anew as WebP, at most 2560 pixels on a side. The same file twice is there once.
    """
    upload = uploads.read(sent["file"], FORMS["attachment"])
    return listed(service.attach(actor(), booking_id=booking_id, uploads=[upload]))


@bp.get("/<uuid:booking_id>/attachments/<uuid:attachment_id>/content")
@needs("read")
@bp.response(200, {"type": "string", "format": "binary"}, content_type="application/octet-stream")
def get_attachment_content(booking_id: uuid.UUID, attachment_id: uuid.UUID) -> Response:
    """The file itself, to be saved."""
    return attached(queries.one(actor(), booking_id, attachment_id))


@bp.delete("/<uuid:booking_id>/attachments/<uuid:attachment_id>")
@needs("write")
@bp.response(204)
def remove_attachment(booking_id: uuid.UUID, attachment_id: uuid.UUID) -> None:
    """Remove a file from your brief."""
    service.remove(actor(), booking_id=booking_id, attachment_id=attachment_id)
