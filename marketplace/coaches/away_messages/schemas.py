"""What comes in and goes out about away messages."""

from marshmallow import fields, validate

from marketplace.accounts.schemas import Trimmed, plain_text
from marketplace.coaches.schemas import FILL_IN, saying

LONGEST = 500


class AwayMessageSchema(Trimmed):
    """Words for mentees, and the last date on which they are shown; null: until they are removed."""

    message = fields.String(
        required=True,
        validate=[
            validate.Length(min=1, error="Fill this in."),
            validate.Length(max=LONGEST, error="Keep it within {max} characters."),
            plain_text,
        ],
        error_messages=FILL_IN,
    )
    until = fields.Date(load_default=None, allow_none=True, error_messages=saying("Choose a date.", "Choose a date."))


class ShownAwayMessageSchema(Trimmed):
    """The same as it stands; null where there is none."""

    message = fields.String(attribute="away_message", allow_none=True)
    until = fields.Date(attribute="away_until", allow_none=True)
