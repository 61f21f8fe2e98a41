"""Checks, comparisons and sweeps as they are told."""

from typing import Any

from marshmallow import Schema, fields, validate

from marketplace.invariants.models import Comparison
from marketplace.invariants.queries.comparisons import differences_of
from marketplace.invariants.queries.results import Standing


class OffenderSchema(Schema):
    """A thing that breaks a check: `kind` is booking, payment, payout, coach, account, seller, event, job, mail."""

    kind = fields.String()
    id = fields.String()
    said = fields.String(metadata={"description": "what is wrong with it"})
    since = fields.String(allow_none=True)


class CheckSchema(Schema):
    """A check and what the last look found. `well` is null before the first look."""

    name = fields.String(attribute="invariant.name")
    sentence = fields.String(attribute="invariant.sentence")
    settles_within_seconds = fields.Integer(attribute="invariant.settles_within.seconds")
    well = fields.Boolean(attribute="result.well", dump_default=None, allow_none=True)
    broken_since = fields.AwareDateTime(attribute="result.broken_since", allow_none=True, dump_default=None)
    looked_at = fields.AwareDateTime(attribute="result.looked_at", allow_none=True, dump_default=None)
    took_ms = fields.Integer(attribute="result.took_ms", dump_default=None, allow_none=True)
    count = fields.Integer(attribute="result.count", dump_default=None, allow_none=True)
    failure = fields.String(attribute="result.failure", dump_default=None, allow_none=True)
    offenders = fields.List(fields.Nested(OffenderSchema), attribute="result.offenders", dump_default=list)

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        """Nothing is known of a check that nobody has looked at."""
        if isinstance(obj, Standing) and obj.result is None and attr.startswith("result."):
            return default
        return super().get_attribute(obj, attr, default)


class WantedComparisonSchema(Schema):
    """What to compare: everything there ever was, or the last 35 days."""

    everything = fields.Boolean(load_default=False)


class ComparisonPageSchema(Schema):
    """Which page of a list."""

    after = fields.UUID(load_default=None, error_messages={"invalid_uuid": "Take the cursor from the page before."})
    limit = fields.Integer(load_default=20, validate=validate.Range(1, 100, error="Ask for 1 to 100."))


class NamedDifferenceSchema(Schema):
    """One of Stripe's objects of which the ledger says something else, in cents; `about`: booking or payout."""

    source = fields.String(attribute="row.source")
    currency = fields.String(attribute="row.currency")
    ledger = fields.Integer(attribute="row.ledger_cents")
    stripe = fields.Integer(attribute="row.stripe_cents")
    difference = fields.Integer(attribute="row.cents")
    about = fields.UUID(allow_none=True)


class ComparisonSchema(Schema):
    """A comparison of the books; `finished_at` is null while the worker is at it."""

    id = fields.UUID()
    since = fields.AwareDateTime(allow_none=True, metadata={"description": "null: everything"})
    asked_at = fields.AwareDateTime()
    finished_at = fields.AwareDateTime(allow_none=True)
    agrees = fields.Boolean()
    compared = fields.Integer()
    failure = fields.String(allow_none=True)
    differences = fields.Method("told", metadata={"type": "array"})

    def told(self, found: Comparison) -> Any:
        """Each with what it is about."""
        return NamedDifferenceSchema(many=True).dump(differences_of(found))


class ComparisonListSchema(Schema):
    """A page of comparisons, the latest first; `next_cursor` goes into `after`, null ends it."""

    items = fields.List(fields.Nested(ComparisonSchema))
    next_cursor = fields.UUID(allow_none=True)


class SweepSchema(Schema):
    """An hourly sweep: how many of each kind it took up, and which kinds could not be looked for."""

    began_at = fields.AwareDateTime()
    took_ms = fields.Integer()
    found = fields.Dict(keys=fields.String(), values=fields.Integer())
    failures = fields.Dict(keys=fields.String(), values=fields.String())
