"""The reconciliation as it is told."""

from typing import Any

from marshmallow import Schema, fields, pre_dump

from marketplace.stripe_inbox.rules import Report


class SinceSchema(Schema):
    """From when on; nothing: everything."""

    since = fields.AwareDateTime(
        load_default=None, error_messages={"invalid": "Write an instant with an offset, like 2027-03-01T00:00:00Z."}
    )


class DifferenceSchema(Schema):
    """One of Stripe's objects of which the ledger says something else; `difference` is how much more the ledger has."""

    source = fields.String()
    currency = fields.String()
    ledger = fields.Integer(attribute="ledger_cents")
    stripe = fields.Integer(attribute="stripe_cents")
    difference = fields.Integer(attribute="cents")


class ReportSchema(Schema):
    """The books compared, in minor units."""

    agrees = fields.Boolean()
    compared = fields.Integer()
    sentence = fields.String()
    totals = fields.Dict(keys=fields.String(), values=fields.Integer())
    differences = fields.List(fields.Nested(DifferenceSchema))

    @pre_dump
    def told(self, report: Report, **_: Any) -> dict[str, Any]:
        told = {name: getattr(report, name) for name in ("agrees", "compared", "totals", "differences")}
        return told | {"sentence": report.spoken()}
