"""What comes in and goes out about any booking, for the pages and the API alike."""

from datetime import UTC, datetime
from typing import Any

from marshmallow import Schema, fields, pre_dump, pre_load, validate

from marketplace.accounts.schemas import Trimmed, plain_text
from marketplace.bookings import rules
from marketplace.bookings.models import Booking
from marketplace.coaches.schemas import MoneySchema, saying
from marketplace.languages import lazy_gettext as _l
from marketplace.payments.rules import PAYMENT_STATES

LONGEST_REASON = 500

# Far enough for everybody, near enough that no zone's offset leaves the calendar.
TIMES = validate.Range(
    datetime(2000, 1, 1, tzinfo=UTC),
    datetime(2200, 1, 1, tzinfo=UTC),
    error=_l("Choose one of the times that are shown."),
)
WITH_OFFSET = _l("Give a time with its offset, like 2027-03-01T18:00:00+01:00.")


class Written(Trimmed):
    """A schema whose texts may have several lines, each ending in one newline as it is counted."""

    @pre_load
    def newlines(self, data: Any, **_: Any) -> Any:
        if not isinstance(data, dict):
            return data
        return {name: value.replace("\r\n", "\n") if isinstance(value, str) else value for name, value in data.items()}


class TimeSchema(Trimmed):
    """A time of an offering."""

    starts_at = fields.AwareDateTime(
        required=True,
        validate=TIMES,
        error_messages=saying(WITH_OFFSET, WITH_OFFSET),
        metadata={"description": "ISO 8601"},
    )


def reason_field() -> fields.String:
    """A reason that may be left out; never one of the codes, by which the site says why."""
    too_long = validate.Length(max=LONGEST_REASON, error=_l("Say it in {max} characters or fewer."))
    own_words = validate.NoneOf(rules.END_REASONS, error=_l("Say it in your own words."))
    return fields.String(load_default="", validate=[too_long, own_words, plain_text])


class OptionalReasonSchema(Written):
    """A reason, which the other person of the session reads."""

    reason = reason_field()


class PartySchema(Schema):
    """The coach or the mentee; only a coach has a handle."""

    name = fields.String()


class BookedCoachSchema(PartySchema):
    """The coach of a session."""

    handle = fields.String()


class PaymentStateSchema(Schema):
    """How a payment stands. `failure` is why the last attempt to pay did not succeed.

    `settling_since`: a bank debit is under way since then, and the time is kept until the session's `hold_expires_at`.
    With `card_only` the session begins too soon for a debit. `tax` is what is laid on top of all it pays for, in minor
    units: with `tax_on_top` 0 until the page that one pays on has told it.
    """

    status = fields.String(metadata={"enum": list(PAYMENT_STATES.states)})
    failure = fields.String(attribute="failure_told", allow_none=True)
    settling_since = fields.AwareDateTime(allow_none=True)
    card_only = fields.Boolean()
    tax_on_top = fields.Boolean(attribute="automatic_tax")
    tax = fields.Integer(attribute="tax_cents")


class BookingSchema(Schema):
    """A session, from the hold to its end. `hold_expires_at` and `decide_by` are null once they matter no more."""

    id = fields.UUID()
    offering_id = fields.UUID()
    series_id = fields.UUID(allow_none=True)
    status = fields.String(metadata={"enum": list(rules.STATES.states)})
    outcome = fields.String(allow_none=True, metadata={"enum": [*rules.OUTCOMES, None]})
    starts_at = fields.AwareDateTime()
    ends_at = fields.AwareDateTime()
    hold_expires_at = fields.AwareDateTime(allow_none=True)
    decide_by = fields.AwareDateTime(allow_none=True)
    coach = fields.Nested(BookedCoachSchema)
    mentee = fields.Nested(PartySchema)
    title = fields.String()
    kind = fields.String()
    brief = fields.String()
    by_approval = fields.Boolean()
    price = fields.Nested(MoneySchema, metadata={"description": "what is paid, once the discount is taken off"})
    discount = fields.Nested(MoneySchema)
    credit = fields.Nested(MoneySchema, metadata={"description": "what a paid first session took off the price"})
    credit_for = fields.UUID(allow_none=True, metadata={"description": "that first session"})
    intro = fields.Boolean(metadata={"description": "a first session that counts for the first full one"})
    client_place = fields.String(
        allow_none=True, metadata={"description": "where a client of therapy is during the session (ISO 3166)"}
    )
    preparation_minutes = fields.Integer(metadata={"description": "included in the price"})
    coupon = fields.String(attribute="coupon_code", allow_none=True, metadata={"description": "what took it off"})
    refunded = fields.Nested(MoneySchema)
    policy = fields.List(fields.String(), metadata={"description": "the rules of cancelling as they were sold"})
    policy_name = fields.String(
        attribute="terms.label", metadata={"description": "their name and version; '' before policies had names"}
    )
    payment = fields.Nested(PaymentStateSchema, allow_none=True)
    end_reason = fields.String(
        allow_none=True,
        metadata={"description": f"what a person wrote, or one of the codes {', '.join(rules.END_REASONS)}"},
    )
    created_at = fields.AwareDateTime()

    @pre_dump
    def told(self, booking: Booking, **_: Any) -> dict[str, Any]:
        same = {name: getattr(booking, name) for name in self.fields if name in Booking.__table__.columns}
        return same | {
            "hold_expires_at": booking.hold_expires_at if booking.status == rules.HELD else None,
            "decide_by": booking.decide_by if booking.status == rules.REQUESTED else None,
            "coach": {"handle": booking.coach.handle, "name": booking.coach.user.name},
            "mentee": booking.mentee,
            "price": {"amount": booking.price_cents, "currency": booking.currency},
            "discount": {"amount": booking.discount_cents, "currency": booking.currency},
            "credit": {"amount": booking.credit_cents, "currency": booking.currency},
            "coupon_code": booking.coupon_code,
            "refunded": {"amount": booking.refunded_cents, "currency": booking.currency},
            "policy": booking.terms.sentences(),
            "terms": booking.terms,
            "payment": booking.payment,
        }
