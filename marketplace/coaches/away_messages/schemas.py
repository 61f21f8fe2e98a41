"""What comes in and goes out about away messages."""

from typing import Any

from marshmallow import fields, validate

from marketplace.accounts.schemas import Trimmed, plain_text
from marketplace.coaches.schemas import FILL_IN, saying
from marketplace.languages import lazy_gettext as _l

FILL_THIS_IN: Any = _l("Fill this in.")
KEEP_IT_WITHIN_MAX_CHARACTERS: Any = _l("Keep it within {max} characters.")

LONGEST = 500


class AwayMessageSchema(Trimmed):
    """Words for mentees, and the last date on which they are shown; null: until they are removed."""

    message = fields.String(
        required=True,
        validate=[
            validate.Length(min=1, error=FILL_THIS_IN),
            validate.Length(max=LONGEST, error=KEEP_IT_WITHIN_MAX_CHARACTERS),
            plain_text,
        ],
        error_messages=FILL_IN,
    )
    until = fields.Date(
        load_default=None, allow_none=True, error_messages=saying(_l("Choose a date."), _l("Choose a date."))
    )


class WholeAwayMessageSchema(AwayMessageSchema):
    """The same from a program, which says also that there is no last date."""

    until = fields.Date(
        required=True,
        allow_none=True,
        error_messages=saying(_l("Give a date, or null."), _l("Choose a date.")),
        metadata={"description": "null: until it is removed"},
    )


class ShownAwayMessageSchema(Trimmed):
    """The same as it stands; null where there is none."""

    message = fields.String(attribute="away_message", allow_none=True)
    until = fields.Date(attribute="away_until", allow_none=True)
