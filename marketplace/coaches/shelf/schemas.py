"""What comes in and goes out about shelves."""

from marshmallow import Schema, fields, validate

from marketplace.accounts.schemas import Trimmed, one_line
from marketplace.coaches.schemas import FILL_IN
from marketplace.coaches.shelf.rules import KINDS_OF_ITEM
from marketplace.languages import LANGUAGES
from marketplace.languages import lazy_gettext as _l


class ShelfItemWriteSchema(Trimmed):
    """A book, talk or post: its title, its address, and a line on whom it helps."""

    kind = fields.String(required=True, error_messages=FILL_IN, metadata={"enum": list(KINDS_OF_ITEM)})
    title = fields.String(required=True, error_messages=FILL_IN, validate=one_line)
    url = fields.String(
        required=True, error_messages=FILL_IN, validate=one_line, metadata={"example": "https://example.org/post"}
    )
    line = fields.String(
        required=True,
        error_messages=FILL_IN,
        validate=one_line,
        metadata={"description": "whom it helps, and how"},
    )
    language = fields.String(required=True, error_messages=FILL_IN, metadata={"enum": list(LANGUAGES)})


class PlaceSchema(Trimmed):
    """Where on the shelf: 0 is the first place."""

    position = fields.Integer(required=True, validate=validate.Range(0, 1000, error=_l("Write a number from 0.")))


class PublicShelfItemSchema(Schema):
    """What stands on a coach's shelf."""

    id = fields.UUID()
    kind = fields.String(metadata={"enum": list(KINDS_OF_ITEM)})
    title = fields.String()
    url = fields.String()
    line = fields.String()
    language = fields.String()


class ShelfItemSchema(PublicShelfItemSchema):
    """The same for its coach, with how many it answered before they asked."""

    helped = fields.Integer()


class PublicShelfSchema(Schema):
    """A shelf, in its order."""

    items = fields.List(fields.Nested(PublicShelfItemSchema))


class ShelfSchema(Schema):
    """A shelf, in its order, for its coach."""

    items = fields.List(fields.Nested(ShelfItemSchema))
