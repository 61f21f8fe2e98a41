"""Reconciliations as the API takes and answers them."""

from marshmallow import Schema, fields, validate

from marketplace.accounts.schemas import Derived
from marketplace.languages import lazy_gettext as _l
from marketplace.reconciliation import queries
from marketplace.schema_fields import TrueOrFalse


class ReconciliationRequestSchema(Schema):
    """What to compare: everything there ever was, or the last 35 days."""

    everything = TrueOrFalse(load_default=False)


class ReconciliationPageSchema(Schema):
    """Which page of a list."""

    after = fields.UUID(load_default=None, error_messages={"invalid_uuid": _l("Take the cursor from the page before.")})
    limit = fields.Integer(load_default=20, validate=validate.Range(1, 100, error=_l("Ask for 1 to 100.")))


class DifferenceSchema(Schema):
    """One of Stripe's objects on which the ledger differs, in cents; `about`: booking or payout."""

    source = fields.String(attribute="row.source")
    currency = fields.String(attribute="row.currency")
    ledger = fields.Integer(attribute="row.ledger_cents")
    stripe = fields.Integer(attribute="row.stripe_cents")
    difference = fields.Integer(attribute="row.cents")
    about = fields.UUID(allow_none=True)


class ReconciliationSchema(Schema):
    """A reconciliation; `finished_at` is null while the worker is at it."""

    id = fields.UUID()
    since = fields.AwareDateTime(allow_none=True, metadata={"description": "null: everything"})
    asked_at = fields.AwareDateTime()
    finished_at = fields.AwareDateTime(allow_none=True)
    agrees = fields.Boolean()
    compared = fields.Integer()
    failure = fields.String(allow_none=True)
    differences = Derived(DifferenceSchema(many=True), queries.differences_of)


class ReconciliationListSchema(Schema):
    """A page of reconciliations, the latest first; `next_cursor` goes into `after`, null ends it."""

    items = fields.List(fields.Nested(ReconciliationSchema))
    next_cursor = fields.UUID(allow_none=True)
