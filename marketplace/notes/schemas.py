"""What comes in and goes out about notes."""

from typing import Any

from marshmallow import Schema, fields, validate

from marketplace.coaches.schemas import FILL_IN
from marketplace.languages import lazy_gettext
from marketplace.notes import rules
from marketplace.schema_fields import TrueOrFalse

# marshmallow makes text of it when it says it.
_l: Any = lazy_gettext


class NoteSchema(Schema):
    """A note on a session. Unless it is shared, only its author ever reads it."""

    id = fields.UUID(dump_only=True)
    booking_id = fields.UUID(dump_only=True)
    author = fields.String(dump_only=True)
    mine = fields.Boolean(dump_only=True)
    text = fields.String(
        required=True,
        validate=[
            validate.Length(max=rules.LONGEST, error=_l("Keep it under {max} characters; write a second note.")),
            validate.Regexp(r"(?s).*\S", error=_l("Write something.")),
        ],
        error_messages=FILL_IN,
    )
    shared = TrueOrFalse(load_default=False)
    created_at = fields.AwareDateTime(dump_only=True)
    updated_at = fields.AwareDateTime(dump_only=True)


class NoteListSchema(Schema):
    """The notes of one session."""

    items = fields.List(fields.Nested(NoteSchema))
