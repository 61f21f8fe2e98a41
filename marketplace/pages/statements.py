"""What a payout is made of, and a coach's year: as pages, for spreadsheets, on paper."""

import uuid

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from marketplace.authentication.access import signed_in
from marketplace.coaches import queries as coaches
from marketplace.coaches.models import Coach
from marketplace.errors import NotFound
from marketplace.http import actor
from marketplace.pages.earnings import PAYOUT_STATES, chart_of
from marketplace.pages.responses import private
from marketplace.payouts.queries import payout_lines as payout_line_queries
from marketplace.payouts.queries import reversals as reversal_queries
from marketplace.payouts.queries import runs as run_queries
from marketplace.payouts.queries import yearly_summaries as yearly_summary_queries
from marketplace.payouts.service import statement_documents

bp = Blueprint("statements", __name__)

LINES = 100


@bp.get("/payouts/<uuid:payout_id>")
@signed_in
def payout(payout_id: uuid.UUID) -> ResponseReturnValue:
    """One payout, session by session; for its coach and for admins."""
    found = run_queries.visible_payout(actor(), payout_id)
    after = max(request.args.get("after", 0, type=int), 0)
    lines = payout_line_queries.statement_lines(found, after=after, limit=LINES + 1)
    return private(
        "earnings/statement.html",
        payout=found,
        lines=lines[:LINES],
        count=payout_line_queries.count_lines(found.id),
        after=after,
        more=lines[LINES - 1].position if len(lines) > LINES else None,
        reversals=reversal_queries.made_reversals([found]).get(found.id, []),
        states=PAYOUT_STATES,
        own=found.coach.user_id == actor().id,
    )


@bp.get("/payouts/<uuid:payout_id>.csv")
@signed_in
def payout_csv(payout_id: uuid.UUID) -> ResponseReturnValue:
    """The same for a spreadsheet."""
    found = run_queries.visible_payout(actor(), payout_id)
    return _file(
        statement_documents.statement_csv(found, payout_line_queries.statement_lines(found)),
        f"payout-{found.id}.csv",
        "text/csv",
    )


@bp.get("/payouts/<uuid:payout_id>.pdf")
@signed_in
def payout_pdf(payout_id: uuid.UUID) -> ResponseReturnValue:
    """The same on paper."""
    found = run_queries.visible_payout(actor(), payout_id)
    made = statement_documents.statement_pdf(found, payout_line_queries.statement_lines(found))
    return _file(made, f"payout-{found.id}.pdf", "application/pdf")


@bp.get("/dashboard/earnings/<int:number>")
@signed_in
def year(number: int) -> ResponseReturnValue:
    """A year of the coach's, month by month."""
    coach, known = _coach_in(number)
    return private(
        "earnings/year.html",
        coach=coach,
        number=number,
        known=known,
        years=yearly_summary_queries.year_of(coach, number),
        chart_of=chart_of,
    )


@bp.get("/dashboard/earnings/<int:number>.csv")
@signed_in
def year_csv(number: int) -> ResponseReturnValue:
    """The same for a spreadsheet."""
    coach, _ = _coach_in(number)
    return _file(
        statement_documents.year_csv(yearly_summary_queries.year_of(coach, number)),
        f"earnings-{number}.csv",
        "text/csv",
    )


@bp.get("/dashboard/earnings/<int:number>.pdf")
@signed_in
def year_pdf(number: int) -> ResponseReturnValue:
    """The same on paper."""
    coach, _ = _coach_in(number)
    made = statement_documents.year_pdf(coach, number, yearly_summary_queries.year_of(coach, number))
    return _file(made, f"earnings-{number}.pdf", "application/pdf")


def _coach_in(year: int) -> tuple[Coach, list[int]]:
    """The actor's profile and the years with something booked; NotFound for any other year."""
    coach = coaches.profile_of(actor())
    known = yearly_summary_queries.years_of(coach)
    if year not in known:
        raise NotFound
    return coach, known


def _file(content: str | bytes, name: str, kind: str) -> Response:
    answer = Response(content, mimetype=kind)
    answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    answer.headers["Cache-Control"] = "no-store"
    return answer
