"""/written-answers: ordered by a quote, written in time, paid for when they are delivered."""

import uuid
from typing import Any

from flask import Response, url_for

from marketplace import uploads
from marketplace.api.auth import needs
from marketplace.api.idempotency import idempotent
from marketplace.api.multipart import FileSchema
from marketplace.api.resource import Resource
from marketplace.asks.quotes import service as quotes
from marketplace.downloads import saved
from marketplace.errors import NotFound
from marketplace.files.rules.uploads import FORMS
from marketplace.http import actor
from marketplace.written_answers import queries
from marketplace.written_answers.models import AnswerReport
from marketplace.written_answers.schemas import (
    AnswerDecisionSchema,
    AnswerFilesSchema,
    AnswerReportSchema,
    AnswersQuerySchema,
    DeliverySchema,
    FollowUpReplySchema,
    FollowUpSchema,
    NoAnswerResponseSchema,
    NoAnswerSchema,
    PayAnswerSchema,
    WrittenAnswerSchema,
    WrittenAnswersSchema,
    told,
)
from marketplace.written_answers.service import deliveries, files, follow_ups, orders, reports

bp = Resource("written_answers_api", __name__, url_prefix="/api/v1", description="Written answers")


@bp.post("/quotes/<uuid:quote_id>/order")
@needs("write")
@idempotent
@bp.response(201, WrittenAnswerSchema)
@bp.alt_response(409, description="The quote is over, is being paid for already, or is for a session")
def order_answer(quote_id: uuid.UUID) -> tuple[dict[str, Any], dict[str, str]]:
    """Order the written answer of a quote, as whoever asked. Pay for it at `/written-answers/{answer_id}/pay`."""
    answer = quotes.order(actor(), quote_id=quote_id)
    return _told(answer.id), {"Location": url_for(".get_answer", answer_id=answer.id)}


@bp.get("/written-answers")
@needs("read")
@bp.arguments(AnswersQuerySchema, location="query")
@bp.response(200, WrittenAnswersSchema)
def list_answers(asked: dict[str, Any]) -> dict[str, Any]:
    """What you ordered, or as a coach what was ordered of you, the newest first."""
    as_coach = asked["as_"] == "coach"
    found, after = queries.page_for(actor(), as_coach=as_coach, after=asked["after"], limit=asked["limit"])
    return {"items": [told(actor(), answer) for answer in found], "next_cursor": after}


@bp.get("/written-answers/<uuid:answer_id>")
@needs("read")
@bp.response(200, WrittenAnswerSchema)
def get_answer(answer_id: uuid.UUID) -> dict[str, Any]:
    """One, for its mentee and its coach. The answer itself is there for the mentee once it is delivered."""
    return _told(answer_id)


@bp.post("/written-answers/<uuid:answer_id>/pay")
@needs("money")
@bp.response(200, PayAnswerSchema)
@bp.alt_response(409, description="The time to pay is over, or nothing is to be paid")
def pay_for_answer(answer_id: uuid.UUID) -> dict[str, str]:
    """The hosted page on which your card is authorised: the amount is taken when the answer is delivered."""
    return {"url": orders.pay(actor(), answer_id=answer_id)}


@bp.get("/written-answers/<uuid:answer_id>/files")
@needs("read")
@bp.response(200, AnswerFilesSchema)
def list_answer_files(answer_id: uuid.UUID) -> dict[str, Any]:
    """The files of an answer, for its coach and, once it is delivered, for its mentee."""
    return {"items": _told(answer_id)["files"]}


@bp.post("/written-answers/<uuid:answer_id>/files")
@needs("write")
@uploads.takes_files(uploads.ONE_FILE)
@bp.arguments(FileSchema, location="files")
@bp.response(201, AnswerFilesSchema)
@bp.alt_response(409, description="It was sent already, or called off")
def add_answer_file(sent: dict[str, Any], answer_id: uuid.UUID) -> dict[str, Any]:
    """Add a PDF or a picture (JPEG, PNG, WebP) of at most 10 MB as the coach, five in all, before it is sent."""
    if queries.one(actor(), answer_id).coach.user_id != actor().id:
        raise NotFound
    upload = uploads.read(sent["file"], FORMS["attachment"])
    return {"items": files.add_files(actor(), answer_id=answer_id, uploads=[upload])}


@bp.get("/written-answers/<uuid:answer_id>/files/<uuid:answer_file_id>/content")
@needs("read")
@bp.response(200, {"type": "string", "format": "binary"}, content_type="application/octet-stream")
def get_answer_file(answer_id: uuid.UUID, answer_file_id: uuid.UUID) -> Response:
    """The file itself, to be saved."""
    found = queries.file(actor(), answer_id, answer_file_id)
    return saved(found.file, found.name)


@bp.delete("/written-answers/<uuid:answer_id>/files/<uuid:answer_file_id>")
@needs("write")
@bp.response(204)
def remove_answer_file(answer_id: uuid.UUID, answer_file_id: uuid.UUID) -> None:
    """Remove a file as the coach, before the answer is sent."""
    files.remove_file(actor(), answer_id=answer_id, file_id=answer_file_id)


@bp.post("/written-answers/<uuid:answer_id>/deliver")
@needs("write")
@idempotent
@bp.arguments(DeliverySchema)
@bp.response(200, WrittenAnswerSchema)
@bp.alt_response(409, description="It was sent already, called off, or its time is over")
def deliver_answer(data: dict[str, Any], answer_id: uuid.UUID) -> dict[str, Any]:
    """Send the answer as the coach. The amount is then taken, and with it the mentee has the answer."""
    deliveries.deliver(actor(), answer_id=answer_id, **data)
    return _told(answer_id)


@bp.post("/written-answers/<uuid:answer_id>/give-up")
@needs("write")
@idempotent
@bp.response(200, WrittenAnswerSchema)
@bp.alt_response(409, description="It was sent already, called off, or its time is over")
def give_up_answer(answer_id: uuid.UUID) -> dict[str, Any]:
    """Say as the coach that you cannot answer after all: the reserved amount is released."""
    deliveries.give_up(actor(), answer_id=answer_id)
    return _told(answer_id)


@bp.post("/written-answers/<uuid:answer_id>/follow-up")
@needs("write")
@idempotent
@bp.arguments(FollowUpSchema)
@bp.response(200, WrittenAnswerSchema)
@bp.alt_response(409, description="It was asked already, or the seven days are over")
def ask_follow_up(data: dict[str, Any], answer_id: uuid.UUID) -> dict[str, Any]:
    """Ask, as the mentee, the one question that is included."""
    follow_ups.ask_follow_up(actor(), answer_id=answer_id, **data)
    return _told(answer_id)


@bp.post("/written-answers/<uuid:answer_id>/follow-up/reply")
@needs("write")
@idempotent
@bp.arguments(FollowUpReplySchema)
@bp.response(200, WrittenAnswerSchema)
@bp.alt_response(409, description="No question waits for a reply")
def reply_to_follow_up(data: dict[str, Any], answer_id: uuid.UUID) -> dict[str, Any]:
    """Reply to it as the coach."""
    follow_ups.reply(actor(), answer_id=answer_id, **data)
    return _told(answer_id)


@bp.get("/written-answers/<uuid:answer_id>/report")
@needs("read")
@bp.response(200, AnswerReportSchema)
def get_answer_report(answer_id: uuid.UUID) -> AnswerReport:
    """What was said of an answer that is said to be none, and what became of it."""
    found = queries.report_of(queries.one(actor(), answer_id).id)
    if found is None:
        raise NotFound
    return found


@bp.post("/written-answers/<uuid:answer_id>/report")
@needs("write")
@idempotent
@bp.arguments(NoAnswerSchema)
@bp.response(201, AnswerReportSchema)
@bp.alt_response(409, description="It was reported already, or the seven days are over")
def report_answer(data: dict[str, Any], answer_id: uuid.UUID) -> AnswerReport:
    """Say as the mentee that this is no answer. The coach has 72 hours to respond, else it is refunded."""
    return reports.report(actor(), answer_id=answer_id, **data)


@bp.delete("/written-answers/<uuid:answer_id>/report")
@needs("write")
@bp.response(204)
def withdraw_answer_report(answer_id: uuid.UUID) -> None:
    """Withdraw your report as the mentee."""
    reports.withdraw(actor(), answer_id=answer_id)


@bp.post("/written-answers/<uuid:answer_id>/report/response")
@needs("money")
@idempotent
@bp.arguments(NoAnswerResponseSchema)
@bp.response(200, AnswerReportSchema)
@bp.alt_response(409, description="It is settled")
def respond_to_answer_report(data: dict[str, Any], answer_id: uuid.UUID) -> AnswerReport:
    """Respond as the coach: `agree` refunds everything, `disagree` has an admin decide."""
    return reports.respond(actor(), answer_id=answer_id, **data)


@bp.get("/admin/written-answers/reports")
@needs("admin:read")
@bp.response(200, AnswerReportSchema(many=True))
def list_contested_answers() -> Any:
    """Reports of written answers that wait for a decision, the oldest first."""
    return queries.reports_for(actor())


@bp.get("/admin/written-answers/reports/<uuid:answer_report_id>")
@needs("admin:read")
@bp.response(200, AnswerReportSchema)
def get_contested_answer(answer_report_id: uuid.UUID) -> AnswerReport:
    """One report."""
    return queries.report(actor(), answer_report_id)


@bp.post("/admin/written-answers/reports/<uuid:answer_report_id>/decide")
@needs("admin:critical")
@idempotent
@bp.arguments(AnswerDecisionSchema)
@bp.response(200, AnswerReportSchema)
@bp.alt_response(409, description="It is settled")
def decide_answer_report(data: dict[str, Any], answer_report_id: uuid.UUID) -> AnswerReport:
    """Refund everything, or pay the coach. Both read the reason."""
    return reports.decide(actor(), report_id=answer_report_id, **data)


def _told(answer_id: uuid.UUID) -> dict[str, Any]:
    return told(actor(), queries.one(actor(), answer_id))
