"""Written answers: ordered, paid for, written, asked about, perhaps reported."""

import uuid
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace import clock, payment_subjects, uploads
from marketplace.asks.quotes import service as quotes
from marketplace.authentication.access import signed_in
from marketplace.downloads import saved
from marketplace.error_answers import status_of
from marketplace.errors import Conflict, Invalid, NotAllowed, NotFound, Unavailable
from marketplace.http import actor
from marketplace.languages import formats
from marketplace.languages import gettext as _
from marketplace.pages.arguments import id_argument
from marketplace.pages.forms import load
from marketplace.pages.payers import thanked
from marketplace.payments.rules import UNDECIDED
from marketplace.payments.stripe_gateway.client import GatewayRefused
from marketplace.written_answers import queries, rules
from marketplace.written_answers.models import WrittenAnswer
from marketplace.written_answers.schemas import (
    DeliverySchema,
    FollowUpReplySchema,
    FollowUpSchema,
    NoAnswerResponseSchema,
    NoAnswerSchema,
)
from marketplace.written_answers.service import deliveries, files, follow_ups, orders, reports

bp = Blueprint("written_answers", __name__)

TONES = {rules.ORDERED: "warm", rules.SUBMITTED: "warm", rules.UNPAID: "warm", rules.DELIVERED: "good"}


@bp.post("/quotes/<uuid:quote_id>/order")
@signed_in
def order(quote_id: uuid.UUID) -> ResponseReturnValue:
    """Order the written answer of a quote; it is paid for on its own page."""
    try:
        answer = quotes.order(actor(), quote_id=quote_id)
    except NotFound:
        raise
    except (Conflict, NotAllowed) as refusal:
        flash(refusal.sentence, "error")
        return redirect(url_for("asks.mine"), 303)
    return redirect(url_for(".show", answer_id=answer.id), 303)


@bp.get("/written-answers")
@signed_in
def mine() -> ResponseReturnValue:
    """What one ordered or, as a coach, writes."""
    as_coach, after = request.args.get("as") == "coach", id_argument("after")
    found, more = queries.page_for(actor(), as_coach=as_coach, after=after)
    side: dict[str, Any] = {"as": "coach"} if as_coach else {}
    return render_template(
        "written_answers/mine.html",
        answers=found,
        as_coach=as_coach,
        names=rules.STATUS_NAMES,
        tones=TONES,
        start=url_for(".mine", **side) if after else None,
        more=url_for(".mine", after=more, **side) if more else None,
    )


@bp.get("/written-answers/<uuid:answer_id>")
@thanked
@signed_in
def show(answer_id: uuid.UUID) -> ResponseReturnValue:
    """One, as the mentee or the coach may see it."""
    came_back = request.args.get("paid")
    if came_back:
        _settle(queries.one(actor(), answer_id))
    return _page(answer_id, came_back=came_back)


def _settle(answer: WrittenAnswer) -> None:
    """The address proves nothing: Stripe is asked."""
    if answer.payment is not None and answer.payment.status in UNDECIDED:
        try:
            payment_subjects.settle_payment(str(answer.payment.id))
        except (Unavailable, GatewayRefused):
            flash(_("Your payment is being checked. Look again in a moment; nothing was lost."), "warning")


@bp.post("/written-answers/<uuid:answer_id>/pay")
@signed_in
def pay(answer_id: uuid.UUID) -> ResponseReturnValue:
    """To the hosted page where the card is asked for."""
    try:
        return redirect(orders.pay(actor(), answer_id=answer_id), 303)
    except (Conflict, Unavailable, GatewayRefused) as refusal:
        flash(refusal.sentence, "error")
        return _back(answer_id)


@bp.post("/written-answers/<uuid:answer_id>/files")
@signed_in
@uploads.takes_files(uploads.FIVE_FILES)
def add_files(answer_id: uuid.UUID) -> ResponseReturnValue:
    """Add files to an answer that is to be written, all or none."""
    _own(answer_id, as_coach=True)
    chosen = uploads.several("attachment", field=files.FIELD)

    def add() -> None:
        if not chosen:
            raise Invalid(None, **{files.FIELD: _("Choose a PDF, or a JPEG, PNG or WebP picture.")})
        files.add_files(actor(), answer_id=answer_id, uploads=chosen)

    return _done(answer_id, add, _("Added."))


@bp.get("/written-answers/<uuid:answer_id>/files/<uuid:answer_file_id>")
@signed_in
def get_file(answer_id: uuid.UUID, answer_file_id: uuid.UUID) -> Response:
    """The file, to be saved."""
    found = queries.file(actor(), answer_id, answer_file_id)
    return saved(found.file, found.name)


@bp.post("/written-answers/<uuid:answer_id>/files/<uuid:answer_file_id>/remove")
@signed_in
def remove_file(answer_id: uuid.UUID, answer_file_id: uuid.UUID) -> ResponseReturnValue:
    """Remove it before the answer is sent."""
    return _done(
        answer_id,
        lambda: files.remove_file(actor(), answer_id=answer_id, file_id=answer_file_id),
        _("The file is removed."),
    )


@bp.post("/written-answers/<uuid:answer_id>/deliver")
@signed_in
def deliver(answer_id: uuid.UUID) -> ResponseReturnValue:
    """Send the answer."""
    _own(answer_id, as_coach=True)
    return _done(
        answer_id,
        lambda: deliveries.deliver(actor(), answer_id=answer_id, **load(DeliverySchema())),
        _("Sent. It is delivered as soon as the payment is taken, usually within a minute."),
    )


@bp.post("/written-answers/<uuid:answer_id>/give-up")
@signed_in
def give_up(answer_id: uuid.UUID) -> ResponseReturnValue:
    """Say that one cannot answer after all."""
    return _done(
        answer_id,
        lambda: deliveries.give_up(actor(), answer_id=answer_id),
        _("Called off. The reserved amount is released."),
    )


@bp.post("/written-answers/<uuid:answer_id>/follow-up")
@signed_in
def ask_follow_up(answer_id: uuid.UUID) -> ResponseReturnValue:
    """Ask the one question that is included."""
    _own(answer_id, as_coach=False)
    return _done(
        answer_id,
        lambda: follow_ups.ask_follow_up(actor(), answer_id=answer_id, **load(FollowUpSchema())),
        _("Asked."),
    )


@bp.post("/written-answers/<uuid:answer_id>/follow-up/reply")
@signed_in
def reply(answer_id: uuid.UUID) -> ResponseReturnValue:
    """Reply to it."""
    _own(answer_id, as_coach=True)
    return _done(
        answer_id,
        lambda: follow_ups.reply(actor(), answer_id=answer_id, **load(FollowUpReplySchema())),
        _("Replied."),
    )


@bp.post("/written-answers/<uuid:answer_id>/report")
@signed_in
def report(answer_id: uuid.UUID) -> ResponseReturnValue:
    """Say that this is no answer."""
    _own(answer_id, as_coach=False)
    return _done(
        answer_id,
        lambda: reports.report(actor(), answer_id=answer_id, **load(NoAnswerSchema())),
        _("Reported. The coach has 72 hours to respond, else everything is refunded."),
    )


@bp.post("/written-answers/<uuid:answer_id>/report/withdraw")
@signed_in
def withdraw_report(answer_id: uuid.UUID) -> ResponseReturnValue:
    """Withdraw one's report."""
    return _done(answer_id, lambda: reports.withdraw(actor(), answer_id=answer_id), _("Withdrawn."))


@bp.post("/written-answers/<uuid:answer_id>/report/respond")
@signed_in
def respond(answer_id: uuid.UUID) -> ResponseReturnValue:
    """Respond to a report."""
    _own(answer_id, as_coach=True)
    return _done(
        answer_id,
        lambda: reports.respond(actor(), answer_id=answer_id, **load(NoAnswerResponseSchema())),
        _("Said."),
    )


def _own(answer_id: uuid.UUID, *, as_coach: bool) -> WrittenAnswer:
    """Whose it is not does not learn from a fault in the form that it is there."""
    answer = queries.one(actor(), answer_id)
    if (answer.coach.user_id == actor().id) != as_coach:
        raise NotFound
    return answer


def _done(answer_id: uuid.UUID, command: Callable[[], Any], outcome: str) -> ResponseReturnValue:
    try:
        command()
    except Invalid as refusal:
        return _page(answer_id, typed=request.form, errors=refusal.fields), status_of(refusal)
    except Conflict as refusal:
        flash(refusal.sentence, "error")
    else:
        flash(outcome, "success")
    return _back(answer_id)


def _back(answer_id: uuid.UUID) -> ResponseReturnValue:
    return redirect(url_for(".show", answer_id=answer_id), 303)


def _page(answer_id: uuid.UUID, **shown: Any) -> str:
    answer = queries.one(actor(), answer_id)
    is_coach, now = answer.coach.user_id == actor().id, clock.now()
    seen = is_coach or answer.delivered_at is not None
    frozen, report = answer.frozen_at is not None, queries.report_of(answer.id)
    return render_template(
        "written_answers/show.html",
        answer=answer,
        is_coach=is_coach,
        other=answer.mentee.name if is_coach else answer.coach.user.name,
        status=str(rules.STATUS_NAMES[answer.status]),
        tone=TONES.get(answer.status, "quiet"),
        seen=seen,
        files=[
            {"id": file.id, "name": file.name, "size": formats.file_size(file.file.size_bytes)}
            for file in (queries.files_of(answer.id) if seen else ())
        ],
        to_pay=not is_coach and answer.status == rules.UNPAID and now < answer.pay_until,
        to_write=is_coach and rules.may_submit(answer.status, deliver_by=answer.deliver_by, now=now),
        may_follow_up=not is_coach
        and rules.may_follow_up(
            answer.status,
            delivered_at=answer.delivered_at,
            asked=answer.follow_up_at is not None,
            frozen=frozen,
            now=now,
        ),
        to_reply=is_coach
        and answer.status == rules.DELIVERED
        and answer.follow_up_at is not None
        and answer.follow_up_answered_at is None,
        report=report,
        report_waits=report is not None and report.status in rules.UNSETTLED,
        under_way=answer.status in rules.UNDER_WAY,
        given_up=answer.status in rules.GIVEN_UP,
        report_names=rules.REPORT_NAMES,
        may_report=not is_coach
        and rules.may_report(
            answer.status,
            delivered_at=answer.delivered_at,
            follow_up_at=answer.follow_up_at,
            released=answer.released_at is not None,
            now=now,
        ),
        longest=rules.LONGEST_ANSWER,
        **{"typed": {}, "errors": None, "came_back": None} | shown,
    )
