"""What an admin takes back of a payout."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

from marketplace import money
from marketplace.bookings.schemas import LONGEST_REASON, Written, plain_text
from marketplace.coaches.schemas import MoneySchema
from marketplace.payouts.schemas.payouts import PayoutReversalSchema, SignedMoneySchema

HOW_MUCH = "Write an amount like 60.00."
WHY = "Say why: she reads it."


def _why() -> fields.String:
    return fields.String(
        required=True,
        validate=[
            validate.Length(min=1, error=WHY),
            validate.Length(max=LONGEST_REASON, error="Say it in {max} characters or fewer."),
            plain_text,
        ],
        error_messages={"required": WHY},
        metadata={"description": "The coach reads it"},
    )


class TakeBackSchema(Written):
    """So much comes back, and why. `left` is what could be taken back when you looked."""

    amount = fields.Nested(MoneySchema, required=True)
    left = fields.Nested(MoneySchema, required=True)
    reason = _why()


class TakeBackFormSchema(Written):
    """The same from a page, where the amount is typed in the payout's currency; `left` in its minor units."""

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


class ReversalsSchema(Schema):
    """What was taken back of a payout or was to be, and what can still be."""

    items = fields.List(fields.Nested(PayoutReversalSchema))
    left = fields.Nested(SignedMoneySchema)
