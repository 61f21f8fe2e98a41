"""Refunds as admins are told of them."""

from marshmallow import Schema, fields

from marketplace.payments.refund_reasons import rules as refund_reasons
from marketplace.payments.rules import REFUND_STATES


class RefundSchema(Schema):
    """A refund, in the payment's currency; `failed` is owed still."""

    id = fields.UUID()
    booking_id = fields.UUID(attribute="payment.subject_id", metadata={"description": "what was paid for"})
    amount_cents = fields.Integer()
    currency = fields.String(attribute="payment.currency")
    reason = fields.String(
        metadata={"description": f"an admin's own words, or one of the codes {', '.join(refund_reasons.WORDS)}"}
    )
    reason_told = fields.String(metadata={"description": "the same in words, in your language"})
    status = fields.String(
        metadata={
            "enum": list(REFUND_STATES.states),
            "description": "held: by a dispute; covered: the mentee's bank paid it back",
        }
    )
    failure = fields.String(allow_none=True)
    intended_at = fields.AwareDateTime()
    settled_at = fields.AwareDateTime(allow_none=True)


class DisputeSchema(Schema):
    """A dispute; `status` is Stripe's word, `evidence` what was sent, `due_by` until when."""

    id = fields.UUID()
    booking_id = fields.UUID(attribute="payment.subject_id", metadata={"description": "what was paid for"})
    amount_cents = fields.Integer()
    fee_cents = fields.Integer(metadata={"description": "what Stripe took for it, in `fee_currency`"})
    fee_currency = fields.String(attribute="payment.fee_currency")
    currency = fields.String(attribute="payment.currency")
    reason = fields.String()
    status = fields.String()
    due_by = fields.AwareDateTime(allow_none=True)
    opened_at = fields.AwareDateTime()
    closed_at = fields.AwareDateTime(allow_none=True)
    submitted_at = fields.AwareDateTime(allow_none=True)
    evidence = fields.Dict(keys=fields.String(), values=fields.String(), allow_none=True)
    refusal = fields.String(allow_none=True)


class DisputeFilterSchema(Schema):
    """Which disputes: those that are decided, or those that are open."""

    closed = fields.Boolean(load_default=False)
