"""What comes in and goes out about free sessions, for the pages and the API alike."""

from marshmallow import Schema, fields, validate

from marketplace.accounts.schemas import Trimmed
from marketplace.languages import lazy_gettext as _l
from marketplace.unpaid_time.grants.rules import GRANT_STATES, LEAST_MINUTES, MOST_A_MONTH, MOST_MINUTES

WITHIN = _l("Write a number from {min} to {max}.")


class GrantWriteSchema(Trimmed):
    """A free session of so many minutes."""

    minutes = fields.Integer(required=True, validate=validate.Range(LEAST_MINUTES, MOST_MINUTES, error=WITHIN))


class GrantSchema(Schema):
    """A free session that was granted; `value_cents` is what its minutes cost by the rate card then."""

    id = fields.UUID()
    ask_id = fields.UUID()
    booking_id = fields.UUID(allow_none=True)
    status = fields.String(metadata={"enum": list(GRANT_STATES.states)})
    minutes = fields.Integer()
    value_cents = fields.Integer(metadata={"description": "minor units"})
    currency = fields.String()
    valid_until = fields.AwareDateTime()


class ChosenMinutesSchema(Trimmed):
    """How many minutes a month you give: what an edit of it changes."""

    minutes_per_month = fields.Integer()


class ProBonoSchema(Trimmed):
    """How many minutes a month you give, and how many are left of this month's."""

    minutes_per_month = fields.Integer(required=True, validate=validate.Range(0, MOST_A_MONTH, error=WITHIN))
    left = fields.Integer(dump_only=True)
