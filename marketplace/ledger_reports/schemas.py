"""What the API and pages ask of the ledger, and how they answer."""

import re
from datetime import UTC, date
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, pre_dump, validate, validates_schema

from marketplace import clock
from marketplace.languages import lazy_gettext as _l
from marketplace.ledger.queries.balances import SORTS
from marketplace.ledger_reports import rules

DAY: dict[str, Any] = {"invalid": _l("Write a day as 2027-03-31.")}
CURSOR: dict[str, Any] = {"invalid_uuid": _l("Take the cursor from the page before.")}


class AccountFilterSchema(Schema):
    """Which accounts. `search` finds a coach by handle or name, and accounts by their words."""

    search = fields.String(load_default="", validate=validate.Length(max=100, error=_l("Use 100 characters at most.")))
    kind = fields.String(load_default="", metadata={"example": "coach"})
    currency = fields.String(load_default="", metadata={"example": "usd"})
    owing = fields.Boolean(load_default=False, metadata={"description": "only balances below zero"})
    sort = fields.String(load_default="name", validate=validate.OneOf(SORTS, error=_l("Sort by {choices}.")))
    page = fields.Integer(
        load_default=1,
        validate=validate.Range(1, 10_000, error=_l("Pages are numbered from 1.")),
        error_messages={"invalid": _l("Pages are numbered from 1.")},
    )


class PeriodSchema(Schema):
    """From which day to which, both included and in UTC; this month where nothing is said."""

    first = fields.Date(data_key="from", load_default=None, allow_none=True, error_messages=DAY)
    last = fields.Date(data_key="to", load_default=None, allow_none=True, error_messages=DAY)
    after = fields.UUID(load_default=None, allow_none=True, error_messages=CURSOR)

    @validates_schema
    def _in_order(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("first") and data.get("last") and data["first"] > data["last"]:
            raise ValidationError(str(_l("This is before the first day.")), "to")

    @post_load
    def _whole(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        today = clock.now().astimezone(UTC).date()
        first = data["first"] or min(today, data["last"] or today).replace(day=1)
        last = data["last"] or max(first, rules.days_of_month(today)[1])
        return data | {"first": first, "last": last}


class MonthFilterSchema(Schema):
    """Which month; this one where nothing is said."""

    month = fields.String(load_default="", metadata={"example": "2027-03"})

    @post_load
    def _first_day(self, data: dict[str, Any], **_: Any) -> dict[str, date]:
        typed = data["month"].strip()
        if not typed:
            return {"month": clock.now().astimezone(UTC).date().replace(day=1)}
        if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", typed) or typed < "1000":
            raise ValidationError(str(_l("Write a month as 2027-03.")), "month")
        return {"month": date.fromisoformat(f"{typed}-01")}


class AccountSchema(Schema):
    """An account in one currency; amounts in its minor unit. A negative balance is money that somebody owes us."""

    name = fields.String()
    label = fields.String(metadata={"description": "the account in words"})
    currency = fields.String()
    balance = fields.Integer(attribute="balance_cents")
    debit = fields.Integer(attribute="debit_cents")
    credit = fields.Integer(attribute="credit_cents")
    entries = fields.Integer()


class AccountListSchema(Schema):
    """A page of accounts; `next_page` is null on the last."""

    items = fields.List(fields.Nested(AccountSchema))
    next_page = fields.Integer(allow_none=True)


class AccountEntrySchema(Schema):
    """An entry as the account sees it: what it moved, up or down, and the balance after it."""

    id = fields.UUID()
    booked_at = fields.AwareDateTime()
    key = fields.String()
    fact = fields.Function(
        lambda line: rules.fact(line.key, line.debit),
        metadata={"type": "string", "description": "what happened, in words"},
    )
    other = fields.String(metadata={"description": "the account on the other side"})
    amount = fields.Integer(attribute="cents")
    balance = fields.Integer(attribute="balance_cents")
    subject_id = fields.UUID()
    source = fields.String(allow_none=True, metadata={"description": "Stripe's object"})


class AccountStatementSchema(Schema):
    """An account over some days; amounts in the minor unit of `currency`. `next_cursor` goes into `after`."""

    name = fields.String()
    label = fields.String()
    currency = fields.String()
    first = fields.Date(data_key="from")
    last = fields.Date(data_key="to")
    opening = fields.Integer(attribute="opening_cents")
    debit = fields.Integer(attribute="debit_cents")
    credit = fields.Integer(attribute="credit_cents")
    closing = fields.Integer(attribute="closing_cents")
    items = fields.List(fields.Nested(AccountEntrySchema), attribute="lines")
    next_cursor = fields.UUID(allow_none=True)


class MonthLineSchema(Schema):
    """All accounts of one kind and currency in the month."""

    kind = fields.String()
    currency = fields.String()
    opening = fields.Integer(attribute="opening_cents")
    debit = fields.Integer(attribute="debit_cents")
    credit = fields.Integer(attribute="credit_cents")
    closing = fields.Integer(attribute="closing_cents")
    entries = fields.Integer()


class MonthSchema(Schema):
    """A month's totals."""

    month = fields.String()
    items = fields.List(fields.Nested(MonthLineSchema))


class TimelineEventSchema(Schema):
    """Something that happened. Where money moved, `amount` of `currency` went from the credit to the debit account."""

    at = fields.AwareDateTime()
    description = fields.String()
    key = fields.String(allow_none=True)
    amount = fields.Integer(attribute="cents", allow_none=True)
    currency = fields.String(allow_none=True)
    debit = fields.String(allow_none=True)
    credit = fields.String(allow_none=True)
    source = fields.String(allow_none=True)


class RemainingBalanceSchema(Schema):
    """What all this left on an account: debits less credits. Over all accounts of a currency it is zero."""

    account = fields.String(attribute="name")
    label = fields.String()
    currency = fields.String()
    amount = fields.Integer(attribute="cents")


class LedgerTimelineSchema(Schema):
    """Everything that happened to the money of a booking, a payment or a payout, in order of time."""

    booking_ids = fields.List(fields.UUID())
    payment_id = fields.UUID(allow_none=True)
    payout_ids = fields.List(fields.UUID())
    events = fields.List(fields.Nested(TimelineEventSchema))
    balances = fields.List(fields.Nested(RemainingBalanceSchema))

    @pre_dump
    def told(self, timeline: Any, **_: Any) -> dict[str, Any]:
        return {
            "booking_ids": [booking.id for booking in timeline.bookings],
            "payment_id": timeline.payment.id if timeline.payment else None,
            "payout_ids": [payout.id for payout in timeline.payouts],
            "events": timeline.events,
            "balances": timeline.balances,
        }


class ExchangePositionSchema(Schema):
    """What is open of a converted currency, in its minor units, and its worth at Stripe's latest rate."""

    currency = fields.String()
    open = fields.Integer(attribute="cents", metadata={"description": "negative: owed to mentees and coaches"})
    worth = fields.Integer(attribute="worth_cents", metadata={"description": "in the result's currency"})


class ExchangeResultSchema(Schema):
    """What conversions into one currency come to, in its minor units; negative is a loss."""

    currency = fields.String()
    held = fields.Integer(attribute="held_cents")
    result = fields.Integer(attribute="result_cents")
    positions = fields.List(fields.Nested(ExchangePositionSchema))


class ExchangeResultListSchema(Schema):
    """Results of conversions."""

    items = fields.List(fields.Nested(ExchangeResultSchema))
