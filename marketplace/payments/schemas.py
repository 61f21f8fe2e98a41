"""Refunds as admins are told of them."""

from marshmallow import Schema, fields


class RefundSchema(Schema):
    """Money that goes back, in the payment's currency; `failed` is owed still."""

    id = fields.UUID()
    booking_id = fields.UUID(attribute="payment.subject_id", metadata={"description": "what was paid for"})
    amount_cents = fields.Integer()
    currency = fields.String(attribute="payment.currency")
    reason = fields.String()
    status = fields.String(metadata={"description": "intended, pending, succeeded or failed"})
    failure = fields.String(allow_none=True)
    intended_at = fields.AwareDateTime()
    settled_at = fields.AwareDateTime(allow_none=True)
