"""Reversals of payouts: what an admin takes back, and why."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, pre_dump, validate

from marketplace import money
from marketplace.accounts.schemas import plain_text
from marketplace.bookings.schemas import LONGEST_REASON, Written
from marketplace.coaches.schemas import MoneySchema
from marketplace.languages import lazy_gettext as _l
from marketplace.payouts.models import PayoutReversal
from marketplace.payouts.rules.states import REVERSAL_STATES
from marketplace.payouts.schemas.amounts import SignedMoneySchema, amount
from marketplace.payouts.schemas.reasons import ReasonSchema, told

HOW_MUCH = _l("Write an amount like 60.00.")
WHY = _l("Say why: the coach reads it.")


def _why() -> fields.String:
    return fields.String(
        required=True,
        validate=[
            validate.Length(min=1, error=WHY),
            validate.Length(max=LONGEST_REASON, error=_l("Say it in {max} characters or fewer.")),
            plain_text,
        ],
        error_messages={"required": WHY},
        metadata={"description": "The coach reads it"},
    )


class ReversePayoutSchema(Written):
    """How much is reversed, and why. `left` is what could be reversed when you looked."""

    amount = fields.Nested(MoneySchema, required=True)
    left = fields.Nested(MoneySchema, required=True)
    reason = _why()


class ReversePayoutFormSchema(Written):
    """The same from a page, where the amount is typed in the payout's currency.

    `left` in its minor units.
    """

    amount = fields.String(required=True, error_messages={"required": HOW_MUCH})
    left = fields.Integer(required=True)
    reason = _why()

    def __init__(self, currency: str, **options: Any) -> None:
        super().__init__(**options)
        self._currency = currency

    @post_load
    def to_command(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        try:
            cents = money.parse(data.pop("amount"), self._currency)
        except ValueError as error:
            raise ValidationError(HOW_MUCH, "amount") from error
        return {"cents": cents, "expected_left_cents": data.pop("left"), **data}


class PayoutReversalSchema(Schema):
    """What was reversed of a payout and why.

    `failure` says why Stripe did not, `made_at` when it did.
    """

    id = fields.UUID()
    payout_id = fields.UUID()
    amount = fields.Nested(MoneySchema)
    reason = fields.String()
    status = fields.String(metadata={"enum": list(REVERSAL_STATES.states)})
    attempt = fields.Integer()
    failure = fields.Nested(ReasonSchema, allow_none=True)
    asked_at = fields.AwareDateTime()
    made_at = fields.AwareDateTime(allow_none=True)
    reversal = fields.String(allow_none=True, metadata={"description": "the reversal's id at Stripe"})

    @pre_dump
    def told(self, found: PayoutReversal, **_: Any) -> dict[str, Any]:
        same = {name: getattr(found, name) for name in self.fields if name in PayoutReversal.__table__.columns}
        return same | {
            "amount": amount(found.cents, found.payout.currency),
            "failure": told(found.failure, found.payout.coach.user.name),
            "reversal": found.stripe_id,
        }


class ReversalsSchema(Schema):
    """What was reversed of a payout or was to be, and what can still be."""

    items = fields.List(fields.Nested(PayoutReversalSchema))
    left = fields.Nested(SignedMoneySchema)
