"""What comes in and goes out about attendance, for the pages and the API alike."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, pre_dump, validate

from marketplace import money
from marketplace.accounts.schemas import plain_text
from marketplace.attendance import rules
from marketplace.attendance.models import NoShowReport
from marketplace.bookings.schemas import LONGEST_REASON, Written
from marketplace.coaches.schemas import MoneySchema
from marketplace.languages import gettext as _
from marketplace.languages import lazy_gettext

# marshmallow makes text of it when it says it.
_l: Any = lazy_gettext

TOO_LONG = validate.Length(max=LONGEST_REASON, error=_l("Say it in {max} characters or fewer."))


def _words() -> fields.String:
    return fields.String(load_default="", validate=[TOO_LONG, plain_text])


class NoShowSchema(Written):
    """A report that the other did not come, with words if one likes."""

    words = _words()


class NoShowAnswerSchema(Written):
    """How it was, as the coach says."""

    answer = fields.String(
        required=True,
        validate=validate.OneOf(rules.ANSWERS, error=_l("Say took_place, mentee_no_show or coach_no_show.")),
        error_messages={"required": _l("Choose how it was.")},
    )
    words = _words()


class _VerdictSchema(Written):
    """What an admin decides, and why."""

    verdict = fields.String(
        required=True,
        validate=validate.OneOf(list(rules.VERDICTS), error=_l("Choose refund, pay or split.")),
        error_messages={"required": _l("Choose what becomes of the money.")},
    )
    reason = fields.String(
        required=True,
        validate=[validate.Length(min=1, error=_l("Say why: both read it.")), TOO_LONG, plain_text],
        error_messages={"required": _l("Say why: both read it.")},
    )


class AttendanceDecisionSchema(_VerdictSchema):
    """An admin's decision. `refund` is what is refunded where it is split."""

    refund = fields.Nested(MoneySchema, load_default=None, allow_none=True)


class AttendanceDecisionFormSchema(_VerdictSchema):
    """The same from a page, where the amount is typed in the session's own currency, like 60.00."""

    refund = fields.String(load_default="")

    def __init__(self, currency: str, **options: Any) -> None:
        super().__init__(**options)
        self._currency = currency

    @post_load
    def to_command(self, data: dict[str, Any], **__: Any) -> dict[str, Any]:
        typed = data.pop("refund")
        if data["verdict"] != rules.SHARE or not typed:
            return data
        try:
            return data | {"refund_cents": money.parse(typed, self._currency)}
        except ValueError as error:
            raise ValidationError(_("Write an amount like 60.00."), "refund") from error


class AttendanceReportSchema(Schema):
    """That a coach did not come, and what became of it. `refund_cents` were refunded because of it."""

    id = fields.UUID()
    booking_id = fields.UUID()
    status = fields.String(metadata={"enum": list(rules.STATES.states)})
    words = fields.String()
    reported_at = fields.AwareDateTime()
    answer_by = fields.AwareDateTime(allow_none=True)
    answer = fields.String(allow_none=True, metadata={"description": "took_place, mentee_no_show or coach_no_show"})
    answer_words = fields.String(allow_none=True)
    answered_at = fields.AwareDateTime(allow_none=True)
    settled_at = fields.AwareDateTime(allow_none=True)
    settled_why = fields.String(allow_none=True)
    refund_cents = fields.Integer(allow_none=True, metadata={"description": "in the session's currency"})

    @pre_dump
    def as_data(self, report: NoShowReport, **__: Any) -> dict[str, Any]:
        same = {name: getattr(report, name) for name in self.fields}
        return same | {"answer_by": report.answer_by if report.status == rules.OPEN else None}
