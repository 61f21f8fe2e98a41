"""Payouts, and runs of them."""

from typing import Any

from marshmallow import Schema, fields, pre_dump, validate

from marketplace.accounts.schemas import Derived
from marketplace.coaches.schemas import MoneySchema
from marketplace.languages import lazy_gettext as _l
from marketplace.payouts.models import Payout
from marketplace.payouts.rules.summaries import RunPart, parts
from marketplace.payouts.schemas.amounts import amount
from marketplace.payouts.schemas.reasons import ReasonSchema, told


class PayoutSchema(Schema):
    """One transfer to one coach, as admins are told of it.

    With a None beside it, as its coach is.
    """

    id = fields.UUID()
    run_id = fields.UUID()
    coach = fields.String(metadata={"description": "the coach's handle"})
    amount = fields.Nested(MoneySchema)
    sent = fields.Nested(
        MoneySchema,
        allow_none=True,
        metadata={"description": "what left our balance, where Stripe converts in its currency; null: nothing yet"},
    )
    status = fields.String()
    attempt = fields.Integer()
    reason = fields.Nested(
        ReasonSchema, allow_none=True, metadata={"description": "why it waits, failed or was returned"}
    )
    transfer = fields.String(allow_none=True, metadata={"description": "the transfer's id at Stripe"})
    rail = fields.String(metadata={"description": "stripe, or manual: a person transfers it at our bank"})
    reference = fields.String(allow_none=True, metadata={"description": "the bank's, of a manual transfer"})
    transferred_on = fields.Date(allow_none=True)
    created_at = fields.AwareDateTime()
    sent_at = fields.AwareDateTime(allow_none=True)

    @pre_dump
    def told(self, found: Payout | tuple[Payout, str | None], **_: Any) -> dict[str, Any]:
        payout, coach_name = found if isinstance(found, tuple) else (found, found.coach.user.name)
        same = {name: getattr(payout, name) for name in self.fields if name in Payout.__table__.columns}
        return same | {
            "coach": payout.coach.handle,
            "amount": amount(payout.amount_cents, payout.currency),
            "sent": _sent(payout),
            "transfer": payout.stripe_id,
            "reason": told(payout.reason, coach_name),
        }


def _sent(payout: Payout) -> dict[str, Any] | None:
    if payout.stripe_id is None or payout.sent_cents is None or payout.sent_currency is None:
        return None
    return amount(payout.sent_cents, payout.sent_currency)


class RunPartSchema(Schema):
    """What of a run is in one state and currency.

    `waiting` is approved with a reason why it cannot go yet, `to_transfer` waits for a person's transfer.
    """

    status = fields.String()
    payouts = fields.Integer()
    amount = fields.Nested(MoneySchema)

    @pre_dump
    def told(self, part: RunPart, **_: Any) -> dict[str, Any]:
        return {"status": part.status, "payouts": part.payouts, "amount": amount(part.cents, part.currency)}


class RunSchema(Schema):
    """A run with its payouts, and what of it is in which state."""

    id = fields.UUID()
    proposed_by = fields.UUID(allow_none=True, metadata={"description": "null: the calendar did"})
    proposed_at = fields.AwareDateTime()
    approved_by = fields.UUID(allow_none=True)
    approved_at = fields.AwareDateTime(allow_none=True)
    cancelled_at = fields.AwareDateTime(allow_none=True)
    by_status = Derived(
        RunPartSchema(many=True),
        lambda run: parts([(each.shown_status, each.currency, each.amount_cents) for each in run.payouts]),
        metadata={"description": "what of it is in which state"},
    )
    payouts = fields.List(fields.Nested(PayoutSchema))


class PageSchema(Schema):
    """Which page: `after` is the cursor of the page before."""

    after = fields.UUID(
        load_default=None, allow_none=True, error_messages={"invalid_uuid": _l("Take the cursor from the page before.")}
    )
    limit = fields.Integer(load_default=20, validate=validate.Range(1, 100, error=_l("Ask for 1 to 100.")))


class RunListSchema(Schema):
    """A page of runs, the newest first; `next_cursor` goes into `after`, null ends it."""

    items = fields.List(fields.Nested(RunSchema))
    next_cursor = fields.UUID(allow_none=True)
