"""What goes out about session credits, for the pages and the API alike."""

from typing import Any

from marshmallow import Schema, fields, validate

from marketplace.accounts.schemas import Derived, Trimmed
from marketplace.bookings.schemas import BookedCoachSchema, PartySchema
from marketplace.coaches.schemas import MoneySchema
from marketplace.languages import lazy_gettext
from marketplace.session_credits import rules
from marketplace.session_credits.models import SessionCredit

# marshmallow makes text of it when it says it.
_l: Any = lazy_gettext


def _price(credit: SessionCredit) -> dict[str, Any]:
    return {"amount": credit.price_cents, "currency": credit.currency}


def _intro(credit: SessionCredit) -> dict[str, Any]:
    return {"amount": credit.intro_cents, "currency": credit.currency}


def _coach(credit: SessionCredit) -> dict[str, Any]:
    return {"handle": credit.coach.handle, "name": credit.coach.user.name}


class SessionCreditSchema(Schema):
    """A session that is paid for without a time. It is scheduled by `expires_at`, or refunded in full then."""

    id = fields.UUID()
    status = fields.String(metadata={"enum": list(rules.STATES.states), "example": "open"})
    coach = Derived(BookedCoachSchema, _coach)
    mentee = fields.Nested(PartySchema)
    title = fields.String(metadata={"example": "A session of 45 minutes"})
    minutes = fields.Integer()
    price = Derived(MoneySchema, _price)
    intro_credit = Derived(
        MoneySchema, _intro, metadata={"description": "what a paid first session took off the price"}
    )
    intro_id = fields.UUID(allow_none=True, metadata={"description": "that first session"})
    pay_until = fields.AwareDateTime(metadata={"description": "until when it can be paid for"})
    paid_at = fields.AwareDateTime(allow_none=True)
    expires_at = fields.AwareDateTime(allow_none=True, metadata={"description": "60 days after it was paid"})
    booking_id = fields.UUID(allow_none=True, metadata={"description": "the session that was scheduled with it"})
    end_reason = fields.String(
        allow_none=True,
        metadata={"description": "why it lapsed or was refunded", "enum": [*rules.END_REASONS, None]},
    )


class SessionCreditsSchema(Schema):
    """A page of credits; `next_cursor` goes into `after`, null ends it."""

    items = fields.List(fields.Nested(SessionCreditSchema))
    next_cursor = fields.UUID(allow_none=True)


class CreditsQuerySchema(Trimmed):
    """Which credits: those you bought, or as a coach those for your sessions."""

    as_ = fields.String(
        data_key="as",
        load_default="mentee",
        validate=validate.OneOf(("mentee", "coach"), error=_l("Choose mentee or coach.")),
    )
    after = fields.UUID(load_default=None, allow_none=True)
    limit = fields.Integer(
        load_default=20, validate=validate.Range(1, 100, error=_l("Write a number from {min} to {max}."))
    )


class AllCreditsQuerySchema(Trimmed):
    """Which of everybody's credits: of one state, or of any."""

    status = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.OneOf(["", *rules.STATES.states], error=_l("Choose one of {choices}.")),
    )
    after = fields.UUID(load_default=None, allow_none=True)
    limit = fields.Integer(
        load_default=20, validate=validate.Range(1, 100, error=_l("Write a number from {min} to {max}."))
    )


class PayCreditSchema(Schema):
    """The hosted page to pay on, the same one at each call."""

    url = fields.Url(metadata={"example": "https://checkout.stripe.com/c/pay/cs_test_1"})
