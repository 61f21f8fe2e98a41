"""What comes in and goes out about reschedules."""

from marshmallow import Schema, fields

from marketplace.bookings.reschedules import rules
from marketplace.bookings.schemas import OptionalReasonSchema, TimeSchema


class ProposalSchema(TimeSchema, OptionalReasonSchema):
    """Another time for a session, and why the coach asks; the mentee reads it."""


class RescheduleSchema(Schema):
    """Another time for a session, done or proposed."""

    id = fields.UUID()
    status = fields.String(metadata={"enum": list(rules.STATES.states)})
    proposed_by = fields.UUID()
    starts_at = fields.AwareDateTime()
    ends_at = fields.AwareDateTime()
    reason = fields.String()
    created_at = fields.AwareDateTime()
    decided_at = fields.AwareDateTime(allow_none=True)


class RescheduleListSchema(Schema):
    """Every reschedule and proposal of a session, the latest first."""

    items = fields.List(fields.Nested(RescheduleSchema))
