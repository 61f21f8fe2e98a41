"""Sweeps as the API answers them."""

from marshmallow import Schema, fields


class SweepSchema(Schema):
    """An hourly sweep: how many of each kind it took up, and which kinds could not be looked for."""

    began_at = fields.AwareDateTime()
    took_ms = fields.Integer()
    found = fields.Dict(keys=fields.String(), values=fields.Integer())
    failures = fields.Dict(keys=fields.String(), values=fields.String())
