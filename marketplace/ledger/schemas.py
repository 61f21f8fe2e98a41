"""The ledger as it is told."""

from marshmallow import Schema, fields, validate

from marketplace.languages import lazy_gettext as _l


class LedgerEntrySchema(Schema):
    """One entry: `cents` of `currency` moved from the credit account to the debit account."""

    id = fields.UUID()
    key = fields.String(metadata={"description": "the fact that it books"})
    debit = fields.String()
    credit = fields.String()
    cents = fields.Integer()
    currency = fields.String()
    subject_id = fields.UUID()
    source = fields.String(allow_none=True, metadata={"description": "Stripe's object"})
    booked_at = fields.AwareDateTime()


class LedgerFilterSchema(Schema):
    """Which entries; `about` is the id of a booking, a payment or a payout."""

    account = fields.String(load_default=None, metadata={"example": "stripe"})
    about = fields.UUID(load_default=None, error_messages={"invalid_uuid": _l("This is no id of ours.")})
    after = fields.UUID(load_default=None, error_messages={"invalid_uuid": _l("Take the cursor from the page before.")})
    limit = fields.Integer(load_default=100, validate=validate.Range(1, 500, error=_l("Ask for 1 to 500.")))


class LedgerEntryListSchema(Schema):
    """A page of entries, the newest first; `next_cursor` goes into `after`, null ends it."""

    items = fields.List(fields.Nested(LedgerEntrySchema))
    next_cursor = fields.UUID(allow_none=True)
