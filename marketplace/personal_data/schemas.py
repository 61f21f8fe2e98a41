"""What goes out about one's copies and one's wish to leave, for the API."""

from typing import Any

from marshmallow import Schema, fields

from marketplace.accounts.models import User
from marketplace.personal_data import queries


class ExportSchema(Schema):
    """A copy of everything that is kept of you."""

    id = fields.UUID()
    asked_at = fields.AwareDateTime()
    made_at = fields.AwareDateTime(allow_none=True, metadata={"description": "Null while it is being made"})
    expires_at = fields.AwareDateTime(allow_none=True, metadata={"description": "Until when it can be downloaded"})
    size_bytes = fields.Integer(
        allow_none=True, metadata={"description": "Of the archive; null while it is being made"}
    )


class OpenReasonSchema(Schema):
    """Something that keeps your account from being deleted now."""

    code = fields.String(metadata={"example": "sessions"})
    sentence = fields.String()


class DeletionSchema(Schema):
    """Whether your account is going to be deleted, and what stands against it."""

    due_at = fields.AwareDateTime(allow_none=True, metadata={"description": "When it will be; null where you stay"})
    reasons = fields.Nested(OpenReasonSchema, many=True, metadata={"description": "None where it can be deleted"})


def standing_of(person: User) -> dict[str, Any]:
    """Whether an account is going to be deleted, as DeletionSchema tells it."""
    wish = queries.open_deletion(person.id)
    return {"due_at": wish.due_at if wish else None, "reasons": queries.reasons_against(person)}
