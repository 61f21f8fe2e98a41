"""What comes in about a dispute."""

from marshmallow import fields, validate

from marketplace.accounts.schemas import plain_text
from marketplace.bookings.schemas import Written


class EvidenceSchema(Written):
    """What an admin adds to the evidence in their own words."""

    statement = fields.String(
        load_default="",
        validate=[validate.Length(max=5000, error="Say it in {max} characters or fewer."), plain_text],
    )
