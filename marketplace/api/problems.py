"""What refusals look like, for the OpenAPI document; `error_answers.problem` makes them."""

from marshmallow import Schema, fields


class ProblemSchema(Schema):
    """RFC 9457."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True, metadata={"description": "What happened and what to do"})
    errors = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.String()),
        metadata={"description": "What is wrong, by field; only where fields are"},
    )
    limit = fields.String(
        metadata={"description": "Of a body that cannot be read: depth, digits, duplicate, empty, json, number, size…"}
    )


class MissingTimeSchema(Schema):
    """A session of a series that cannot be held."""

    wall_clock = fields.NaiveDateTime(
        required=True, metadata={"description": "in the coach's zone", "format": "date-time-local"}
    )
    why = fields.String(required=True)


class ConflictSchema(ProblemSchema):
    """A problem with what is true now, so that whoever asked may choose anew. Each member only where it helps."""

    nearest = fields.List(fields.AwareDateTime(), metadata={"description": "free times near the one that is taken"})
    free = fields.List(fields.AwareDateTime(), metadata={"description": "times that fit and are free already"})
    missing = fields.List(fields.Nested(MissingTimeSchema), metadata={"description": "what of a series does not fit"})
    refund_cents = fields.Integer(metadata={"description": "what cancelling refunds now, in minor units"})
    refundable_cents = fields.Integer(metadata={"description": "what is left to refund, in minor units"})
    why = fields.String(metadata={"description": "why it is that much"})
    price_cents = fields.Integer(metadata={"description": "what an ask costs now, in minor units"})
    policy = fields.String(metadata={"description": "the name of the terms that hold now"})
    policy_version = fields.UUID()
    sentences = fields.List(fields.String(), metadata={"description": "these terms, in words"})
    machine = fields.String(metadata={"description": "what cannot be moved on", "example": "sponsorship"})
    state = fields.String(metadata={"description": "the state in which it is", "example": "refused"})
    to = fields.String(metadata={"description": "the state to which it cannot come from there", "example": "confirmed"})
