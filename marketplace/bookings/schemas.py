"""What comes in through both doors."""

from marshmallow import Schema, fields, validate

from marketplace.bookings import rules

BRIEF = validate.Length(
    min=20, max=2000, error="Say in 20 to 2,000 characters what it is about, so that the hour is well spent."
)


class HoldSchema(Schema):
    """A time that somebody wants, and what for."""

    offering_id = fields.UUID(required=True)
    starts_at = fields.AwareDateTime(
        required=True, error_messages={"invalid": "Give a time with its offset, like 2027-03-01T18:00:00+01:00."}
    )
    brief = fields.String(required=True, validate=BRIEF)


class MoneySchema(Schema):
    """An amount in minor units."""

    amount = fields.Integer(required=True, strict=True)
    currency = fields.String(required=True, validate=validate.Length(equal=3))


class CancelSchema(Schema):
    """A cancellation, with the refund that was shown."""

    expected_refund = fields.Nested(MoneySchema, required=True)
    reason = fields.String(load_default="", validate=validate.Length(max=500))


class DecideSchema(Schema):
    """Why a request is declined; shown to the mentee."""

    reason = fields.String(load_default="", validate=validate.Length(max=500))


class CompleteSchema(Schema):
    """How a session ended."""

    outcome = fields.String(
        required=True,
        validate=validate.OneOf(rules.OUTCOMES, error="Say took_place or mentee_no_show."),
    )
