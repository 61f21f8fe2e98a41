"""Which sessions are asked for, and a page of them."""

from marshmallow import Schema, fields, validate

from marketplace.accounts.schemas import Trimmed
from marketplace.bookings.schemas import BookingSchema


class BookingQuerySchema(Trimmed):
    """Which sessions: your own as a mentee or as a coach, those to come or those past."""

    as_ = fields.String(
        data_key="as",
        load_default="mentee",
        validate=validate.OneOf(("mentee", "coach"), error="Choose mentee or coach."),
    )
    past = fields.Boolean(load_default=False, error_messages={"invalid": "Say true or false."})
    after = fields.UUID(
        load_default=None, allow_none=True, error_messages={"invalid_uuid": "Take the cursor from the page before."}
    )
    limit = fields.Integer(load_default=20, validate=validate.Range(1, 100, error="Ask for 1 to 100."))


class BookingListSchema(Schema):
    """A page of sessions; `next_cursor` goes into `after`, null ends it."""

    items = fields.List(fields.Nested(BookingSchema), attribute="bookings")
    next_cursor = fields.UUID(attribute="after", allow_none=True)
