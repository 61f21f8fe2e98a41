"""Reports that a written answer is none, for admins, and their decisions."""

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.authentication.access import admin_only
from marketplace.bookings.earnings.rules import shares
from marketplace.bookings.schemas import LONGEST_REASON
from marketplace.error_answers import status_of
from marketplace.errors import Conflict, Invalid, NotAllowed
from marketplace.http import actor
from marketplace.languages import gettext as _
from marketplace.money import spoken
from marketplace.pages.forms import load
from marketplace.written_answers import queries, rules
from marketplace.written_answers.schemas import AnswerDecisionSchema
from marketplace.written_answers.service import reports

bp = Blueprint("admin_written_answers", __name__, url_prefix="/admin/attendance/written-answers")


@bp.get("")
@admin_only
def waiting() -> ResponseReturnValue:
    """Reports that wait for a decision, or those that are settled."""
    settled = request.args.get("state") == "settled"
    return render_template(
        "admin/written_answers.html",
        reports=queries.reports_for(actor(), settled=settled),
        settled=settled,
        names=rules.REPORT_NAMES,
    )


@bp.get("/<uuid:answer_report_id>")
@admin_only
def report(answer_report_id: uuid.UUID) -> ResponseReturnValue:
    """Everything that a decision needs."""
    return _page(answer_report_id)


@bp.post("/<uuid:answer_report_id>/decide")
@admin_only
def decide(answer_report_id: uuid.UUID) -> ResponseReturnValue:
    """Decide; both are told at once."""
    queries.report(actor(), answer_report_id)
    try:
        reports.decide(actor(), report_id=answer_report_id, **load(AnswerDecisionSchema()))
    except (Invalid, Conflict, NotAllowed) as refusal:
        errors = refusal.fields if isinstance(refusal, Invalid) else {"form": [refusal.sentence]}
        return _page(answer_report_id, errors=errors, typed=request.form), status_of(refusal)
    flash(_("Decided. Both have been told."), "success")
    return redirect(url_for(".report", answer_report_id=answer_report_id), 303)


def _page(answer_report_id: uuid.UUID, **shown: Any) -> str:
    found = queries.report(actor(), answer_report_id)
    answer = found.about
    coach_cents, _fee = shares(answer.price_cents - answer.refunded_cents, answer.fee_basis_points)
    return render_template(
        "admin/written_answer_report.html",
        report=found,
        answer=answer,
        files=queries.files_of(answer.id),
        names=rules.REPORT_NAMES,
        to_decide=found.status == rules.CONTESTED,
        verdicts=[
            (rules.REFUND, _("Refund everything: %(sum)s", sum=spoken(answer.price_cents, answer.currency))),
            (rules.PAY, _("The coach is paid: %(sum)s after our fee", sum=spoken(coach_cents, answer.currency))),
        ],
        longest=LONGEST_REASON,
        **shown,
    )
