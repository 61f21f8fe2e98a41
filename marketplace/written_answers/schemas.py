"""What comes in and goes out about written answers, for the pages and the API alike."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, pre_dump, validate

from marketplace.accounts.models import User
from marketplace.accounts.schemas import Trimmed, plain_text
from marketplace.bookings.schemas import LONGEST_REASON, BookedCoachSchema, PartySchema, Written
from marketplace.coaches.schemas import MoneySchema
from marketplace.languages import gettext as _
from marketplace.languages import lazy_gettext
from marketplace.written_answers import queries, rules
from marketplace.written_answers.models import AnswerReport, WrittenAnswer

# marshmallow makes text of it when it says it.
_l: Any = lazy_gettext


def _words(longest: int) -> fields.String:
    def check(words: str) -> None:
        if len(words) > longest:
            raise ValidationError(_("Keep this within %(most)s characters.", most=longest))
        plain_text(words)

    return fields.String(load_default="", validate=check)


class DeliverySchema(Written):
    """The answer, in Markdown. Files are added before it is sent."""

    answer = _words(rules.LONGEST_ANSWER)


class FollowUpSchema(Written):
    """The question that is included."""

    question = _words(rules.LONGEST_FOLLOW_UP)


class FollowUpReplySchema(Written):
    """The reply to it, in Markdown."""

    reply = _words(rules.LONGEST_ANSWER)


class NoAnswerSchema(Written):
    """Why this is no answer."""

    words = fields.String(
        required=True,
        validate=[
            validate.Length(min=1, error=_l("Say what is missing: the coach reads it.")),
            validate.Length(max=LONGEST_REASON, error=_l("Say it in {max} characters or fewer.")),
            plain_text,
        ],
        error_messages={"required": _l("Say what is missing: the coach reads it.")},
    )


class NoAnswerResponseSchema(Written):
    """What the coach says to that: `agree` refunds everything, `disagree` has an admin decide."""

    response = fields.String(
        required=True,
        validate=validate.OneOf((rules.AGREES, rules.DISAGREES), error=_l("Say agree or disagree.")),
        error_messages={"required": _l("Choose what you say.")},
        metadata={"enum": [rules.AGREES, rules.DISAGREES]},
    )
    words = _words(LONGEST_REASON)


class AnswerDecisionSchema(Written):
    """An admin's decision, `refund` or `pay`, and why; both read it."""

    verdict = fields.String(
        required=True,
        validate=validate.OneOf(list(rules.VERDICTS), error=_l("Choose refund or pay.")),
        error_messages={"required": _l("Choose what becomes of the money.")},
        metadata={"enum": list(rules.VERDICTS)},
    )
    reason = fields.String(
        required=True,
        validate=[
            validate.Length(min=1, error=_l("Say why: both read it.")),
            validate.Length(max=LONGEST_REASON, error=_l("Say it in {max} characters or fewer.")),
            plain_text,
        ],
        error_messages={"required": _l("Say why: both read it.")},
    )


class PayAnswerSchema(Schema):
    """The hosted page to pay on, the same one at each call."""

    url = fields.String()


class AnswerFileSchema(Schema):
    """A file of an answer. A picture was written anew as WebP; a PDF is as it came."""

    id = fields.UUID()
    name = fields.String(metadata={"description": "what it is saved as", "example": "plan.pdf"})
    content_type = fields.String(attribute="file.content_type", metadata={"enum": ["application/pdf", "image/webp"]})
    size_bytes = fields.Integer(attribute="file.size_bytes")
    added_at = fields.AwareDateTime()


class AnswerFilesSchema(Schema):
    """The files of an answer, in the order in which they came."""

    items = fields.List(fields.Nested(AnswerFileSchema))


class WrittenAnswerSchema(Schema):
    """A written answer. `answer` and its files are there for the mentee from `delivered_at` on, when it is paid."""

    id = fields.UUID()
    status = fields.String(metadata={"enum": list(rules.STATES.states)})
    coach = fields.Nested(BookedCoachSchema)
    mentee = fields.Nested(PartySchema)
    title = fields.String()
    question = fields.String()
    minutes = fields.Integer()
    price = fields.Nested(MoneySchema)
    refunded = fields.Nested(MoneySchema)
    pay_until = fields.AwareDateTime()
    deliver_by = fields.AwareDateTime()
    created_at = fields.AwareDateTime()
    ordered_at = fields.AwareDateTime(allow_none=True)
    answer = fields.String(allow_none=True)
    files = fields.List(fields.Nested(AnswerFileSchema))
    submitted_at = fields.AwareDateTime(allow_none=True)
    delivered_at = fields.AwareDateTime(allow_none=True)
    ended_at = fields.AwareDateTime(allow_none=True)
    follow_up = fields.String(allow_none=True)
    follow_up_at = fields.AwareDateTime(allow_none=True)
    follow_up_answer = fields.String(allow_none=True)
    follow_up_answered_at = fields.AwareDateTime(allow_none=True)


class WrittenAnswersSchema(Schema):
    """A page of written answers; `next_cursor` goes into `after`, null ends it."""

    items = fields.List(fields.Nested(WrittenAnswerSchema))
    next_cursor = fields.UUID(allow_none=True)


class AnswersQuerySchema(Trimmed):
    """Which: those you ordered, or as a coach those you write."""

    as_ = fields.String(
        data_key="as",
        load_default="mentee",
        validate=validate.OneOf(("mentee", "coach"), error=_l("Choose mentee or coach.")),
    )
    after = fields.UUID(load_default=None, allow_none=True)
    limit = fields.Integer(
        load_default=20, validate=validate.Range(1, 100, error=_l("Write a number from {min} to {max}."))
    )


class AnswerReportSchema(Schema):
    """A report that what was delivered is no answer, and what became of it."""

    id = fields.UUID()
    answer_id = fields.UUID()
    status = fields.String(metadata={"enum": list(rules.REPORTS.states)})
    words = fields.String()
    reported_at = fields.AwareDateTime()
    answer_by = fields.AwareDateTime(allow_none=True)
    answer_words = fields.String(allow_none=True)
    answered_at = fields.AwareDateTime(allow_none=True)
    settled_at = fields.AwareDateTime(allow_none=True)
    settled_why = fields.String(allow_none=True)

    @pre_dump
    def as_data(self, report: AnswerReport, **__: Any) -> dict[str, Any]:
        same = {name: getattr(report, name) for name in self.fields}
        return same | {"answer_by": report.answer_by if report.status == rules.OPEN else None}


def told(reader: User, answer: WrittenAnswer) -> dict[str, Any]:
    """An answer for a WrittenAnswerSchema, as this reader may see it: before it is delivered the coach alone."""
    same = {column.key: getattr(answer, column.key) for column in WrittenAnswer.__table__.columns}
    seen = answer.delivered_at is not None or answer.coach.user_id == reader.id
    if not seen:
        same |= {"answer": None, "submitted_at": None}
    return same | {
        "coach": {"handle": answer.coach.handle, "name": answer.coach.user.name},
        "mentee": answer.mentee,
        "price": {"amount": answer.price_cents, "currency": answer.currency},
        "refunded": {"amount": answer.refunded_cents, "currency": answer.currency},
        "files": list(queries.files_of(answer.id)) if seen else [],
    }
