"""When a coach is paid out."""

from marshmallow import Schema, fields, validate

from marketplace.coaches.schemas import FILL_IN
from marketplace.languages import lazy_gettext as _l
from marketplace.payouts.rules import schedules as schedule_rules


class PayoutScheduleSchema(Schema):
    """When a coach is paid out: weekly, monthly, or on_demand."""

    schedule = fields.String(
        required=True,
        validate=validate.OneOf(list(schedule_rules.SCHEDULES), error=_l("Choose one of {choices}.")),
        error_messages=FILL_IN,
    )


class PayoutTermsSchema(PayoutScheduleSchema):
    """When a coach is paid out, and whether a payout was asked for."""

    asked_at = fields.AwareDateTime(allow_none=True)
