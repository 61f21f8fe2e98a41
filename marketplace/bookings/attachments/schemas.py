"""What is told of the files of a brief."""

from typing import Any

from marshmallow import Schema, fields

from marketplace.bookings.attachments.models import Attachment


class AttachmentSchema(Schema):
    """A file of a brief. A picture was written anew as WebP; a PDF is as it came."""

    id = fields.UUID()
    name = fields.String(metadata={"description": "what it is saved as", "example": "plan.pdf"})
    content_type = fields.String(attribute="file.content_type", metadata={"enum": ["application/pdf", "image/webp"]})
    size_bytes = fields.Integer(attribute="file.size_bytes")
    added_at = fields.AwareDateTime()


class AttachmentListSchema(Schema):
    """The files of a brief, in the order in which they came."""

    items = fields.List(fields.Nested(AttachmentSchema))


def listed(attachments: Any) -> dict[str, list[Attachment]]:
    """Attachments for an AttachmentListSchema."""
    return {"items": list(attachments)}
