"""What comes in and goes out about overruns, for the pages and the API alike."""

from typing import Any

from marshmallow import Schema, fields, pre_dump, validate

from marketplace.accounts.schemas import Trimmed
from marketplace.bookings.overruns.models import Overrun
from marketplace.bookings.overruns.rules import LEAST_MINUTES, MOST_MINUTES, OVERRUN_STATES
from marketplace.coaches.schemas import MoneySchema
from marketplace.languages import lazy_gettext as _l

WITHIN = _l("Write a number from {min} to {max}.")


class OverrunMinutesSchema(Trimmed):
    """So many minutes more than were booked."""

    minutes = fields.Integer(required=True, validate=validate.Range(LEAST_MINUTES, MOST_MINUTES, error=WITHIN))


class OverrunWriteSchema(OverrunMinutesSchema):
    """The same with a price, the session's own rate without one; never more than that."""

    price = fields.Nested(MoneySchema, load_default=None, allow_none=True)


class OverrunSchema(Schema):
    """Minutes beyond a session, and what became of them."""

    id = fields.UUID()
    booking_id = fields.UUID()
    status = fields.String(metadata={"enum": list(OVERRUN_STATES.states)})
    minutes = fields.Integer()
    price = fields.Nested(MoneySchema)
    refunded = fields.Nested(MoneySchema)
    lapses_at = fields.AwareDateTime()

    @pre_dump
    def told(self, found: Overrun, **_options: Any) -> dict[str, Any]:
        same = {name: getattr(found, name) for name in ("id", "booking_id", "status", "minutes", "lapses_at")}
        return same | {
            "price": {"amount": found.price_cents, "currency": found.currency},
            "refunded": {"amount": found.refunded_cents, "currency": found.currency},
        }


class OverrunsSchema(Schema):
    """The overruns of a session, the latest first."""

    overruns = fields.List(fields.Nested(OverrunSchema))


class OverrunPageSchema(Schema):
    """Where it is paid for."""

    checkout_url = fields.Url()
