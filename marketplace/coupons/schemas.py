"""What comes in and goes out about coupons, for the pages and the API alike."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import Schema, ValidationError, fields, post_load, pre_dump, validate

from marketplace import money
from marketplace.accounts.schemas import Trimmed
from marketplace.coaches.models import Coach
from marketplace.coaches.schemas import MoneySchema, number_of, saying
from marketplace.coupons.models import Coupon
from marketplace.coupons.queries import Counted
from marketplace.languages import gettext as _
from marketplace.languages import lazy_gettext as _l

ASK_FOR_1_TO_100: Any = _l("Ask for 1 to 100.")
TYPE_THE_CODE_OF_YOUR_COUPON: Any = _l("Type the code of your coupon.")
TAKE_THE_CURSOR_FROM_THE_PAGE: Any = _l("Take the cursor from the page before.")

WITH_OFFSET: Any = _l("Give a time with its offset, like 2027-03-01T18:00:00+01:00.")
A_DAY: Any = _l("Choose a day.")
BY_ID: Any = _l("Name each offering by its id.")


class _WriteSchema(Trimmed):
    """What both doors ask for."""

    code = fields.String(required=True, error_messages=saying(_l("Give it a code.")), metadata={"example": "SPRING-20"})
    percent = fields.Integer(
        load_default=None, allow_none=True, error_messages=number_of("percent"), metadata={"example": 20}
    )
    uses_at_most = fields.Integer(load_default=None, allow_none=True, error_messages=number_of("uses"))
    offering_ids = fields.List(
        fields.UUID(error_messages={"invalid_uuid": BY_ID}),
        load_default=list,
        error_messages=saying(BY_ID, BY_ID),
        metadata={"description": "for which offerings; empty is all of them"},
    )


class CouponWriteSchema(_WriteSchema):
    """A coupon as its coach writes it: either a percentage or an amount."""

    amount: fields.Field[Any] = fields.Nested(MoneySchema, load_default=None, allow_none=True)
    uses_each_at_most = fields.Integer(
        load_default=1,
        allow_none=True,
        error_messages=number_of("uses"),
        metadata={"description": "how often one mentee may use it; null is no limit"},
    )
    valid_from = fields.AwareDateTime(
        load_default=None, allow_none=True, error_messages=saying(WITH_OFFSET, WITH_OFFSET)
    )
    valid_until = fields.AwareDateTime(
        load_default=None, allow_none=True, error_messages=saying(WITH_OFFSET, WITH_OFFSET)
    )

    @post_load
    def to_command(self, data: dict[str, Any], **_more: Any) -> dict[str, Any]:
        amount = data.pop("amount")
        return data if amount is None else data | {"amount_cents": amount["amount"], "currency": amount["currency"]}


class CouponFormSchema(_WriteSchema):
    """The same from a page: the amount in the coach's currency, like '20.00', and whole days of the coach's zone."""

    amount = fields.String(load_default="")
    uses_each_at_most = fields.Integer(load_default=None, allow_none=True, error_messages=number_of("uses"))
    first_day = fields.Date(load_default=None, allow_none=True, error_messages=saying(A_DAY, A_DAY))
    last_day = fields.Date(load_default=None, allow_none=True, error_messages=saying(A_DAY, A_DAY))

    def __init__(self, coach: Coach, **options: Any) -> None:
        super().__init__(**options)
        self._coach = coach

    @post_load
    def to_command(self, data: dict[str, Any], **_more: Any) -> dict[str, Any]:
        typed, first, last = data.pop("amount"), data.pop("first_day"), data.pop("last_day")
        try:
            cents = money.parse(typed, self._coach.currency) if typed else None
        except ValueError as error:
            raise ValidationError(_("Write an amount like 20.00."), "amount") from error
        return data | {
            "amount_cents": cents,
            "valid_from": self._midnight(first) if first else None,
            "valid_until": self._midnight(last + timedelta(days=1)) if last else None,
        }

    def _midnight(self, day: date) -> datetime:
        return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(self._coach.timezone))


class CouponSchema(Schema):
    """A coupon. `uses` counts sessions: a use is free again with a hold that lapses, or once all is refunded."""

    id = fields.UUID()
    code = fields.String()
    percent = fields.Integer(allow_none=True)
    amount = fields.Nested(MoneySchema, allow_none=True)
    uses = fields.Integer()
    uses_at_most = fields.Integer(allow_none=True)
    uses_each_at_most = fields.Integer(allow_none=True)
    valid_from = fields.AwareDateTime(allow_none=True)
    valid_until = fields.AwareDateTime(allow_none=True)
    offering_ids = fields.List(fields.UUID())
    created_at = fields.AwareDateTime()
    ended_at = fields.AwareDateTime(allow_none=True)
    state = fields.String(metadata={"enum": ["open", "not_yet", "used_up", "over", "ended"]})

    @pre_dump
    def as_data(self, counted: Counted, **_more: Any) -> dict[str, Any]:
        coupon = counted.coupon
        amount = {"amount": coupon.amount_cents, "currency": coupon.currency} if coupon.amount_cents else None
        same = {name: getattr(coupon, name) for name in self.fields if name in Coupon.__table__.columns}
        return same | {"amount": amount, "uses": counted.uses, "state": counted.state}


class CouponsSchema(Schema):
    """A page of a coach's coupons, the newest first; `next_cursor` goes into `after`, null ends it."""

    items = fields.List(fields.Nested(CouponSchema))
    next_cursor = fields.UUID(allow_none=True)


class CouponsQuerySchema(Trimmed):
    """Which page."""

    after = fields.UUID(
        load_default=None, allow_none=True, error_messages={"invalid_uuid": TAKE_THE_CURSOR_FROM_THE_PAGE}
    )
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 100, error=ASK_FOR_1_TO_100))


class CodeSchema(Trimmed):
    """A code as it is typed."""

    code = fields.String(
        required=True,
        validate=validate.Length(1, 60, error=TYPE_THE_CODE_OF_YOUR_COUPON),
        error_messages=saying(_l("Type the code of your coupon.")),
    )
