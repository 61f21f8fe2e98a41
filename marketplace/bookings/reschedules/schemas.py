"""What comes in and goes out about a session's way to another time."""

from marshmallow import Schema, fields

from marketplace.bookings.schemas import DecideSchema, TimeSchema


class ProposeSchema(TimeSchema, DecideSchema):
    """Another time for a session, and why the coach asks; the mentee reads it."""


class MoveSchema(Schema):
    """A session's way to another time, done or proposed."""

    id = fields.UUID()
    status = fields.String(metadata={"description": "proposed, accepted, declined, withdrawn, lapsed or done"})
    proposed_by = fields.UUID()
    starts_at = fields.AwareDateTime()
    ends_at = fields.AwareDateTime()
    reason = fields.String()
    created_at = fields.AwareDateTime()
    decided_at = fields.AwareDateTime(allow_none=True)


class MoveListSchema(Schema):
    """Every move and proposal of a session, the latest first."""

    items = fields.List(fields.Nested(MoveSchema))
