"""What comes in and goes out about refunds beyond the policy."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

from marketplace import money
from marketplace.accounts.schemas import plain_text
from marketplace.bookings.goodwill_refunds.service import PAYERS
from marketplace.bookings.schemas import LONGEST_REASON, Written
from marketplace.coaches.schemas import MoneySchema
from marketplace.languages import gettext as _
from marketplace.languages import lazy_gettext as _l

WHO_PAYS = validate.OneOf(PAYERS, error=_l("Choose split, platform or coach."))


def _payer() -> fields.String:
    return fields.String(required=True, validate=WHO_PAYS, error_messages={"required": _("Choose who pays for it.")})


def _why() -> fields.String:
    return fields.String(
        required=True,
        validate=[
            validate.Length(min=1, error=_("Say why: both read it.")),
            validate.Length(max=LONGEST_REASON, error=_("Say it in {max} characters or fewer.")),
            plain_text,
        ],
        error_messages={"required": _("Say why: both read it.")},
    )


class GoodwillRefundSchema(Written):
    """How much is refunded, at whose cost and why. `left` is what could be refunded when you looked."""

    refund = fields.Nested(MoneySchema, required=True)
    paid_by = _payer()
    reason = _why()
    left = fields.Nested(MoneySchema, required=True)


class GoodwillRefundFormSchema(Written):
    """The same from a page, where the amount is typed in the session's own currency, like 60.00."""

    refund = fields.String(required=True, error_messages={"required": _l("Write an amount like 60.00.")})
    paid_by = _payer()
    reason = _why()

    def __init__(self, currency: str, **options: Any) -> None:
        super().__init__(**options)
        self._currency = currency

    @post_load
    def to_command(self, data: dict[str, Any], **_options: Any) -> dict[str, Any]:
        try:
            return data | {"cents": money.parse(data.pop("refund"), self._currency)}
        except ValueError as error:
            raise ValidationError(_("Write an amount like 60.00."), "refund") from error


class RefundEffectQuerySchema(Schema):
    """Which refund is meant: minor units, and at whose cost."""

    amount = fields.Integer(required=True)
    paid_by = fields.String(load_default=PAYERS[0], validate=WHO_PAYS)


class RefundEffectSchema(Schema):
    """What a refund does to each side, in minor units of `currency`; a fee below zero is our cost."""

    currency = fields.String()
    cents = fields.Integer()
    coach_cents = fields.Integer(metadata={"description": "of it from the coach's share"})
    platform_cents = fields.Integer(metadata={"description": "of it from our fee, or our cost"})
    coach_before_cents = fields.Integer()
    coach_after_cents = fields.Integer()
    fee_before_cents = fields.Integer()
    fee_after_cents = fields.Integer()
    left_cents = fields.Integer(metadata={"description": "what could be refunded before it: `left` of the request"})
    left_after_cents = fields.Integer(metadata={"description": "what could be refunded after it"})
