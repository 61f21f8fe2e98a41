"""Invariants and their latest results, as the API answers them."""

from typing import Any

from marshmallow import Schema, fields

from marketplace.invariants.queries import InvariantStatus


class ViolationSchema(Schema):
    """What violates an invariant: `kind` is booking, payment, payout, coach, account, seller, event, job or mail."""

    kind = fields.String()
    id = fields.String()
    description = fields.String(attribute="said", metadata={"description": "what is wrong with it"})
    since = fields.String(allow_none=True)


class InvariantSchema(Schema):
    """An invariant and its latest result. `well` is null before the first evaluation."""

    name = fields.String(attribute="invariant.name")
    sentence = fields.String(attribute="invariant.sentence")
    settles_within_seconds = fields.Integer(attribute="invariant.settles_within.seconds")
    well = fields.Boolean(attribute="result.well", dump_default=None, allow_none=True)
    broken_since = fields.AwareDateTime(attribute="result.broken_since", allow_none=True, dump_default=None)
    evaluated_at = fields.AwareDateTime(attribute="result.looked_at", allow_none=True, dump_default=None)
    took_ms = fields.Integer(attribute="result.took_ms", dump_default=None, allow_none=True)
    count = fields.Integer(attribute="result.count", dump_default=None, allow_none=True)
    failure = fields.String(attribute="result.failure", dump_default=None, allow_none=True)
    violations = fields.List(fields.Nested(ViolationSchema), attribute="result.offenders", dump_default=list)

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        """Answer the default for an invariant that was never evaluated."""
        if isinstance(obj, InvariantStatus) and obj.result is None and attr.startswith("result."):
            return default
        return super().get_attribute(obj, attr, default)
