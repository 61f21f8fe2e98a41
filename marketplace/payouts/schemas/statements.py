"""Statements: what payouts are made of, line by line."""

from marshmallow import Schema, fields, validate

from marketplace.languages import lazy_gettext as _l
from marketplace.payouts.schemas.payouts import PayoutSchema
from marketplace.payouts.schemas.reversals import PayoutReversalSchema


class PayoutStatementLineSchema(Schema):
    """What one entry brought, or took back, in minor units.

    `what` says what it is where a session was not earned.
    """

    position = fields.Integer()
    entry_id = fields.UUID(allow_none=True, metadata={"description": "the ledger's entry"})
    title = fields.String()
    what = fields.String()
    starts_at = fields.AwareDateTime(allow_none=True)
    booked_at = fields.AwareDateTime(allow_none=True)
    booking_id = fields.UUID(allow_none=True)
    mentee = fields.String(allow_none=True, metadata={"description": "with whom the session was"})
    price_cents = fields.Integer(allow_none=True, metadata={"description": "paid for it; where it was earned"})
    refunded_cents = fields.Integer(allow_none=True, metadata={"description": "refunded of it before it was earned"})
    fee_cents = fields.Integer(allow_none=True, metadata={"description": "our fee on it; where it was earned"})
    cents = fields.Integer()


class PayoutStatementSchema(Schema):
    """A payout and what it is made of: together the lines are its amount."""

    payout = fields.Nested(PayoutSchema)
    lines = fields.List(fields.Nested(PayoutStatementLineSchema))
    reversals = fields.List(fields.Nested(PayoutReversalSchema), metadata={"description": "what was reversed of it"})


class PayoutLinePageSchema(Schema):
    """Which page of a payout's lines: `after` is the position at which the page before ended."""

    after = fields.Integer(
        load_default=0, validate=validate.Range(0, error=_l("Take the cursor from the page before."))
    )
    limit = fields.Integer(load_default=100, validate=validate.Range(1, 500, error=_l("Ask for 1 to 500.")))


class PayoutLineListSchema(Schema):
    """A page of a payout's lines; `next_cursor` goes into `after`, null ends it."""

    items = fields.List(fields.Nested(PayoutStatementLineSchema))
    next_cursor = fields.Integer(allow_none=True)
