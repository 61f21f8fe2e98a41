"""What coaches have, what waits, and what was paid out."""

from typing import Any

from marshmallow import Schema, fields, pre_dump

from marketplace.coaches.schemas import MoneySchema
from marketplace.payouts.queries.earnings import Earnings
from marketplace.payouts.rules.payables import Payable
from marketplace.payouts.rules.states import MANUAL, STRIPE
from marketplace.payouts.schemas.amounts import SignedMoneySchema, amount, amounts
from marketplace.payouts.schemas.payouts import PayoutSchema
from marketplace.payouts.schemas.reasons import ReasonSchema, told


class PayableSchema(Schema):
    """What a coach has, and why there is no payout now (`reason` null: there is one)."""

    coach_id = fields.UUID()
    coach = fields.String(metadata={"description": "the coach's handle"})
    name = fields.String()
    balance = fields.Nested(SignedMoneySchema)
    payable = fields.Nested(SignedMoneySchema)
    reason = fields.Nested(ReasonSchema, allow_none=True)
    rail = fields.String(
        metadata={"description": "stripe, or manual: the coach gave an account, and a person transfers it"}
    )

    @pre_dump
    def told(self, found: Payable, **_: Any) -> dict[str, Any]:
        return {
            "coach_id": found.coach_id,
            "coach": found.handle,
            "name": found.name,
            "balance": amount(found.balance_cents, found.currency),
            "payable": amount(found.payable_cents, found.currency),
            "reason": told(found.reason, found.name),
            "rail": MANUAL if found.is_manual else STRIPE,
        }


class PayableListSchema(Schema):
    """What every coach has."""

    items = fields.List(fields.Nested(PayableSchema))


class BalanceSchema(Schema):
    """A coach's money by currency: payable now, waiting for its sessions, paid out so far."""

    payable = fields.List(fields.Nested(SignedMoneySchema))
    waiting = fields.List(fields.Nested(MoneySchema))
    paid_out = fields.List(fields.Nested(MoneySchema))
    payouts = fields.List(fields.Nested(PayoutSchema))
    hold_reason = fields.String(
        allow_none=True, metadata={"description": "why payouts are on hold; null: they are not"}
    )

    @pre_dump
    def told(self, found: Earnings, **_: Any) -> dict[str, Any]:
        return {
            "payable": amounts(found.payable),
            "waiting": amounts(found.waiting),
            "paid_out": amounts(found.paid_out),
            "payouts": [(payout, None) for payout in found.payouts],
            "hold_reason": found.hold_reason,
        }
