"""What goes out about how a coach answers."""

from marshmallow import Schema, fields


class AnsweringSchema(Schema):
    """How a coach answered the asks of the last 180 days; null from fewer than five asks.

    A quote, an answer and a no are answers. It orders nothing, here or in the directory.
    """

    asks = fields.Integer(metadata={"description": "answered, or lapsed without an answer", "example": 10})
    answered_percent = fields.Integer(attribute="percent", metadata={"description": "rounded down", "example": 80})
    usual_hours = fields.Integer(
        allow_none=True, metadata={"description": "half of the answers came within so many hours", "example": 47}
    )


class CoachAnsweringSchema(Schema):
    """How a coach answers, or null where there are too few asks to say."""

    answering = fields.Nested(AnsweringSchema, allow_none=True)
