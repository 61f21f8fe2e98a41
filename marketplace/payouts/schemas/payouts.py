"""What comes in and goes out about banks, balances, runs and payouts."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, pre_dump, pre_load, validate

from marketplace.coaches.schemas import FILL_IN, MoneySchema
from marketplace.payouts.models import ConnectedAccount, Payout, PayoutReversal, PayoutRun
from marketplace.payouts.queries.earnings import Earnings
from marketplace.payouts.rules import payables as rules
from marketplace.payouts.rules.bank_details import BY_HAND, STRIPE
from marketplace.payouts.rules.payables import Part, Payable, parts, shown_status


def amount(cents: int, currency: str) -> dict[str, Any]:
    """Money as the API tells it."""
    return {"amount": cents, "currency": currency}


def amounts(cents_by_currency: dict[str, int]) -> list[dict[str, Any]]:
    """Several currencies, in their alphabet."""
    return [amount(cents, currency) for currency, cents in sorted(cents_by_currency.items())]


class SignedMoneySchema(MoneySchema):
    """An amount that may be negative: a debt."""

    amount = fields.Integer()


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

    @pre_dump
    def told(self, bank: ConnectedAccount | None, **_: Any) -> dict[str, Any]:
        if bank is None or bank.stripe_id is None:
            return {"connected": False, "ready": False, "country": None, "status": None, "checked_at": None}
        told = {"connected": True, "ready": bank.ready, "country": bank.country}
        return told | {"status": bank.capability_status, "checked_at": bank.checked_at}


class PayoutSchema(Schema):
    """One transfer to one coach."""

    id = fields.UUID()
    run_id = fields.UUID()
    coach = fields.String(metadata={"description": "her handle"})
    amount = fields.Nested(MoneySchema)
    status = fields.String()
    attempt = fields.Integer()
    waiting_for = fields.String(allow_none=True)
    transfer = fields.String(allow_none=True, metadata={"description": "the transfer's id at Stripe"})
    rail = fields.String(metadata={"description": "stripe, or by_hand: a person transfers it"})
    reference = fields.String(allow_none=True, metadata={"description": "the bank's, where it was transferred by hand"})
    transferred_on = fields.Date(allow_none=True)
    created_at = fields.AwareDateTime()
    sent_at = fields.AwareDateTime(allow_none=True)

    @pre_dump
    def told(self, payout: Payout, **_: Any) -> dict[str, Any]:
        same = {name: getattr(payout, name) for name in self.fields if name in Payout.__table__.columns}
        return same | {
            "coach": payout.coach.handle,
            "amount": amount(payout.amount_cents, payout.currency),
            "transfer": payout.stripe_id,
        }


class PayoutHoldSchema(Schema):
    """Why a coach's payouts are kept back; she reads it."""

    reason = fields.String(
        required=True,
        validate=validate.Length(max=500, error="Say it in {max} characters or fewer."),
        error_messages=FILL_IN,
        metadata={"description": "The coach reads it"},
    )
    id = fields.UUID(dump_only=True)
    coach_id = fields.UUID(dump_only=True)
    placed_at = fields.AwareDateTime(dump_only=True)
    released_at = fields.AwareDateTime(dump_only=True, allow_none=True)

    @post_load
    def _trimmed(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        reason = data["reason"].strip()
        if not reason:
            raise ValidationError(FILL_IN["required"], "reason")
        return data | {"reason": reason}


class RunPartSchema(Schema):
    """What of a run is in one state and currency; `waiting` is approved with a reason why it cannot go yet,
    `to_transfer` waits for a person's transfer."""

    status = fields.String()
    payouts = fields.Integer()
    amount = fields.Nested(MoneySchema)

    @pre_dump
    def told(self, part: Part, **_: Any) -> dict[str, Any]:
        return {"status": part.status, "payouts": part.payouts, "amount": amount(part.cents, part.currency)}


class PayoutScheduleSchema(Schema):
    """When a coach is paid out: weekly, monthly, or on_demand."""

    schedule = fields.String(
        required=True,
        validate=validate.OneOf(list(rules.SCHEDULES), error="Choose one of {choices}."),
        error_messages=FILL_IN,
    )


class TermsSchema(PayoutScheduleSchema):
    """When a coach is paid out, and whether she asked for a payout."""

    asked_at = fields.AwareDateTime(allow_none=True)


class PayoutStatementLineSchema(Schema):
    """What one entry brought, or took back, in minor units; `what` says what it is where a session was not earned."""

    position = fields.Integer()
    entry_id = fields.UUID(allow_none=True, metadata={"description": "the ledger's entry"})
    title = fields.String()
    what = fields.String()
    starts_at = fields.AwareDateTime(allow_none=True)
    booked_at = fields.AwareDateTime(allow_none=True)
    cents = fields.Integer()


class PayoutReversalSchema(Schema):
    """What was taken back of a payout and why; `failure` says why Stripe did not, `made_at` when it did."""

    id = fields.UUID()
    payout_id = fields.UUID()
    amount = fields.Nested(MoneySchema)
    reason = fields.String()
    status = fields.String(metadata={"enum": ["intended", "made", "failed"]})
    attempt = fields.Integer()
    failure = fields.String(allow_none=True)
    asked_at = fields.AwareDateTime()
    made_at = fields.AwareDateTime(allow_none=True)
    reversal = fields.String(allow_none=True, metadata={"description": "the reversal's id at Stripe"})

    @pre_dump
    def told(self, found: PayoutReversal, **_: Any) -> dict[str, Any]:
        same = {name: getattr(found, name) for name in self.fields if name in PayoutReversal.__table__.columns}
        return same | {"amount": amount(found.cents, found.payout.currency), "reversal": found.stripe_id}


class PayoutStatementSchema(Schema):
    """A payout and what it is made of: together the lines are its amount."""

    payout = fields.Nested(PayoutSchema)
    lines = fields.List(fields.Nested(PayoutStatementLineSchema))
    reversals = fields.List(fields.Nested(PayoutReversalSchema), metadata={"description": "what was taken back of it"})


class RunSchema(Schema):
    """A run with its payouts, and what of it is in which state."""

    id = fields.UUID()
    proposed_by = fields.UUID(allow_none=True, metadata={"description": "null: the calendar did"})
    proposed_at = fields.AwareDateTime()
    approved_by = fields.UUID(allow_none=True)
    approved_at = fields.AwareDateTime(allow_none=True)
    cancelled_at = fields.AwareDateTime(allow_none=True)
    by_status = fields.Method("_by_status", metadata={"description": "what of it is in which state"})
    payouts = fields.List(fields.Nested(PayoutSchema))

    def _by_status(self, run: PayoutRun) -> Any:
        counted = [(shown_status(p.status, p.waiting_for, p.rail), p.currency, p.amount_cents) for p in run.payouts]
        return RunPartSchema(many=True).dump(parts(counted))


class PayableSchema(Schema):
    """What a coach has, and why she gets no payout now (`reason` null: she gets one)."""

    coach_id = fields.UUID()
    coach = fields.String(metadata={"description": "her handle"})
    name = fields.String()
    balance = fields.Nested(SignedMoneySchema)
    payable = fields.Nested(SignedMoneySchema)
    reason = fields.String(allow_none=True)
    rail = fields.String(metadata={"description": "stripe, or by_hand: she gave an account, and a person transfers it"})

    @pre_dump
    def told(self, found: Payable, **_: Any) -> dict[str, Any]:
        return {
            "coach_id": found.coach_id,
            "coach": found.handle,
            "name": found.name,
            "balance": amount(found.balance_cents, found.currency),
            "payable": amount(found.payable_cents, found.currency),
            "reason": found.reason,
            "rail": BY_HAND if found.by_hand else STRIPE,
        }


class PayableListSchema(Schema):
    """What every coach has."""

    items = fields.List(fields.Nested(PayableSchema))


class BalanceSchema(Schema):
    """A coach's money, each line by currency: payable now, waiting for its sessions, paid out so far."""

    payable = fields.List(fields.Nested(SignedMoneySchema))
    waiting = fields.List(fields.Nested(MoneySchema))
    paid_out = fields.List(fields.Nested(MoneySchema))
    payouts = fields.List(fields.Nested(PayoutSchema))
    hold_reason = fields.String(
        allow_none=True, metadata={"description": "why payouts are on hold; null: they are not"}
    )

    @pre_dump
    def told(self, hers: Earnings, **_: Any) -> dict[str, Any]:
        return {
            "payable": amounts(hers.payable),
            "waiting": amounts(hers.waiting),
            "paid_out": amounts(hers.paid_out),
            "payouts": hers.payouts,
            "hold_reason": hers.hold_reason,
        }


class PageSchema(Schema):
    """Which page: `after` is the cursor of the page before."""

    after = fields.UUID(
        load_default=None, allow_none=True, error_messages={"invalid_uuid": "Take the cursor from the page before."}
    )
    limit = fields.Integer(load_default=20, validate=validate.Range(1, 100, error="Ask for 1 to 100."))


class RunListSchema(Schema):
    """A page of runs, the newest first; `next_cursor` goes into `after`, null ends it."""

    items = fields.List(fields.Nested(RunSchema))
    next_cursor = fields.UUID(allow_none=True)


class PayoutLinePageSchema(Schema):
    """Which page of a payout's lines: `after` is the position at which the page before ended."""

    after = fields.Integer(load_default=0, validate=validate.Range(0, error="Take the cursor from the page before."))
    limit = fields.Integer(load_default=100, validate=validate.Range(1, 500, error="Ask for 1 to 500."))


class PayoutLineListSchema(Schema):
    """A page of a payout's lines; `next_cursor` goes into `after`, null ends it."""

    items = fields.List(fields.Nested(PayoutStatementLineSchema))
    next_cursor = fields.Integer(allow_none=True)
