"""Which sessions are asked for, and a page of them."""

from typing import Any

from marshmallow import Schema, fields, validate

from marketplace.accounts.schemas import Trimmed
from marketplace.bookings.listings import queries
from marketplace.bookings.schemas import BookingSchema
from marketplace.coaches.schemas import in_our_time
from marketplace.languages import lazy_gettext as _l

SEARCH_ERROR: Any = _l("Search for 120 characters or fewer.")
CHOICE_ERROR: Any = _l("Choose one of the list.")
A_DATE: Any = {"invalid": _l("Write a date.")}


class BookingQuerySchema(Trimmed):
    """Which sessions: your own as a mentee or as a coach, those to come or those past."""

    as_ = fields.String(
        data_key="as",
        load_default="mentee",
        validate=validate.OneOf(("mentee", "coach"), error=_l("Choose mentee or coach.")),
    )
    past = fields.Boolean(load_default=False, error_messages={"invalid": _l("Say true or false.")})
    after = fields.UUID(
        load_default=None, allow_none=True, error_messages={"invalid_uuid": "Take the cursor from the page before."}
    )
    limit = fields.Integer(load_default=20, validate=validate.Range(1, 100, error=_l("Ask for 1 to 100.")))


class BookingListSchema(Schema):
    """A page of sessions; `next_cursor` goes into `after`, null ends it."""

    items = fields.List(fields.Nested(BookingSchema), attribute="bookings")
    next_cursor = fields.UUID(attribute="after", allow_none=True)


class BookingSearchSchema(Trimmed):
    """Which of all sessions an admin looks for: words, state, and the days of their start (UTC)."""

    search = fields.String(load_default="", validate=validate.Length(max=120, error=SEARCH_ERROR))
    state = fields.String(load_default="", validate=validate.OneOf(("", *queries.SHOWN_STATES), error=CHOICE_ERROR))
    starts_from = fields.Date(load_default=None, validate=in_our_time, error_messages=A_DATE)
    starts_to = fields.Date(load_default=None, validate=in_our_time, error_messages=A_DATE)
