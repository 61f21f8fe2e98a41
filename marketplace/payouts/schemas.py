"""What comes in and goes out about banks, balances, runs and payouts."""

from typing import Any

from marshmallow import Schema, fields, pre_load

from marketplace.coaches.schemas import FILL_IN, MoneySchema


class BankSchema(Schema):
    """Where a coach's bank is: an ISO 3166-1 alpha-2 code, in either case."""

    country = fields.String(required=True, error_messages=FILL_IN, metadata={"example": "DE"})

    @pre_load
    def _capitals(self, data: Any, **_: Any) -> Any:
        if isinstance(data, dict) and isinstance(data.get("country"), str):
            return {**data, "country": data["country"].strip().upper()}
        return data


class LinkSchema(Schema):
    """Where to go on; the address works once."""

    url = fields.String()


class BankStateSchema(Schema):
    """A coach's bank: `status` is Stripe's word, `ready` whether a payout can be sent there."""

    connected = fields.Boolean()
    ready = fields.Boolean()
    country = fields.String(allow_none=True)
    status = fields.String(allow_none=True)
    checked_at = fields.AwareDateTime(allow_none=True)


class PayoutSchema(Schema):
    """One transfer to one coach."""

    id = fields.UUID()
    run_id = fields.UUID()
    coach = fields.String(attribute="coach.handle")
    amount = fields.Function(lambda payout: {"amount": payout.amount_cents, "currency": payout.currency})
    status = fields.String()
    attempt = fields.Integer()
    waiting_for = fields.String(allow_none=True)
    transfer = fields.String(attribute="stripe_id", allow_none=True)
    created_at = fields.AwareDateTime()
    sent_at = fields.AwareDateTime(allow_none=True)


class RunSchema(Schema):
    """A run with its payouts."""

    id = fields.UUID()
    proposed_by = fields.UUID()
    proposed_at = fields.AwareDateTime()
    approved_by = fields.UUID(allow_none=True)
    approved_at = fields.AwareDateTime(allow_none=True)
    cancelled_at = fields.AwareDateTime(allow_none=True)
    payouts = fields.List(fields.Nested(PayoutSchema))


class PayableSchema(Schema):
    """What a coach has, and why she gets no payout now (`reason` null: she gets one)."""

    coach_id = fields.UUID()
    coach = fields.String(attribute="handle")
    name = fields.String()
    balance = fields.Function(lambda found: {"amount": found.balance_cents, "currency": found.currency})
    payable = fields.Function(lambda found: {"amount": found.payable_cents, "currency": found.currency})
    reason = fields.String(allow_none=True)


class SignedMoneySchema(MoneySchema):
    """An amount that may be negative: a debt."""

    amount = fields.Integer()


class BalanceSchema(Schema):
    """A coach's money, each line by currency: payable now, waiting for its sessions, paid out so far."""

    payable = fields.List(fields.Nested(SignedMoneySchema))
    waiting = fields.List(fields.Nested(MoneySchema))
    paid_out = fields.List(fields.Nested(MoneySchema))
    payouts = fields.List(fields.Nested(PayoutSchema))
