"""What comes in and goes out about sessions that recur."""

from typing import Any

from marshmallow import Schema, fields, pre_dump, validate

from marketplace.bookings.holds.schemas import HoldSchema
from marketplace.bookings.models import Booking
from marketplace.bookings.schemas import BookingSchema, TimeSchema
from marketplace.bookings.series import rules
from marketplace.coaches.schemas import MoneySchema, saying
from marketplace.languages import lazy_gettext as _l

SAY_ALL_OR_FITTING: Any = _l("Say all or fitting.")

WEEKLY: Any = _l("Choose 1 for every week or 2 for every other week.")
HOW_MANY: Any = _l("Choose %(least)s to %(most)s sessions.", least=rules.FEWEST, most=rules.MOST)


class SeriesPlanSchema(TimeSchema):
    """The same hour every week or every other week, so many times; `starts_at` is the first."""

    every_weeks = fields.Integer(
        load_default=1,
        validate=validate.OneOf(rules.EVERY_WEEKS, error=WEEKLY),
        error_messages={"invalid": WEEKLY},
    )
    count = fields.Integer(
        required=True,
        validate=validate.Range(rules.FEWEST, rules.MOST, error=HOW_MANY),
        error_messages=saying(HOW_MANY, HOW_MANY),
    )


class SeriesHoldSchema(HoldSchema, SeriesPlanSchema):
    """A series to hold: all of it or nothing, or what fits of it. Therapy is held one session at a time."""

    class Meta:
        exclude = ("client_place",)

    mode = fields.String(load_default=rules.ALL, validate=validate.OneOf(rules.MODES, error=SAY_ALL_OR_FITTING))


class PlannedSchema(Schema):
    """One session of a series: what the coach's clock shows, when that is, and why it does not fit, if it does not."""

    # By the OpenAPI registry of formats: without an offset, so it is no `date-time`.
    wall_clock = fields.NaiveDateTime(metadata={"format": "date-time-local"})
    starts_at = fields.AwareDateTime(allow_none=True)
    fits = fields.Boolean()
    why_not = fields.String()


class PreviewSchema(Schema):
    """What a series would come to; `price` is that of the sessions that fit."""

    timezone = fields.String(metadata={"description": "the coach's, whose clock it keeps"})
    items = fields.List(fields.Nested(PlannedSchema))
    price = fields.Nested(MoneySchema)


class SeriesSchema(Schema):
    """A series and its sessions, which one payment pays."""

    id = fields.UUID()
    sessions = fields.List(fields.Nested(BookingSchema))
    price = fields.Nested(MoneySchema)

    @pre_dump
    def told(self, sessions: list[Booking], **_more: Any) -> dict[str, Any]:
        total = sum(booking.price_cents for booking in sessions)
        return {
            "id": sessions[0].series_id,
            "sessions": sessions,
            "price": {"amount": total, "currency": sessions[0].currency},
        }
