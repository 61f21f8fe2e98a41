"""A coach's unpaid time: written down in two taps or by a timer; and the year."""

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import fields

from marketplace import clock
from marketplace.authentication.access import signed_in
from marketplace.coaches import queries as coaches
from marketplace.coaches.models import Coach
from marketplace.db import uuid7
from marketplace.error_answers import status_of
from marketplace.errors import Conflict, Invalid, NotFound
from marketplace.http import actor
from marketplace.languages import formats
from marketplace.languages import gettext as _
from marketplace.pages.arguments import id_argument
from marketplace.pages.charts import STACKED, Chart, Series
from marketplace.pages.editing import EditForm
from marketplace.pages.forms import load
from marketplace.pages.responses import private
from marketplace.unpaid_time import queries
from marketplace.unpaid_time.grants import queries as grants
from marketplace.unpaid_time.grants.schemas import ChosenMinutesSchema
from marketplace.unpaid_time.rules.minutes import BY_HAND, KIND_NAMES, PRO_BONO
from marketplace.unpaid_time.rules.years import OUTCOMES, CoachYear
from marketplace.unpaid_time.schemas import TimerSchema, UnpaidMinutesSchema
from marketplace.unpaid_time.service import documents, entries, timers

bp = Blueprint("unpaid_time", __name__, url_prefix="/dashboard")

# Two taps: a kind, then one of these.
QUICK_MINUTES = (5, 10, 15, 30, 45, 60)


class MinutesFormSchema(UnpaidMinutesSchema):
    """The same with the key of the entry: a form that is sent twice is written once."""

    entry_id = fields.UUID(load_default=None, allow_none=True)


@bp.get("/unpaid-time")
@signed_in
def mine() -> ResponseReturnValue:
    """What was given away of late, and the buttons to write more down."""
    return unpaid_page({})


@bp.post("/unpaid-time")
@signed_in
def log() -> ResponseReturnValue:
    """Write minutes down."""
    return _done(lambda: entries.log(actor(), **load(MinutesFormSchema())), _("Written down."))


@bp.post("/unpaid-time/<uuid:unpaid_id>/reverse")
@signed_in
def reverse(unpaid_id: uuid.UUID) -> ResponseReturnValue:
    """Take minutes back."""
    return _done(lambda: entries.reverse(actor(), entry_id=unpaid_id), _("Taken back."))


@bp.post("/unpaid-time/timer")
@signed_in
def start_timer() -> ResponseReturnValue:
    """Start the timer."""
    return _done(lambda: timers.start(actor(), **load(TimerSchema())), _("The timer runs."))


@bp.post("/unpaid-time/timer/stop")
@signed_in
def stop_timer() -> ResponseReturnValue:
    """Stop the timer, and write down what it says."""
    return _done(lambda: timers.stop(actor()), _("Written down."))


@bp.post("/unpaid-time/timer/discard")
@signed_in
def discard_timer() -> ResponseReturnValue:
    """Stop the timer, and forget what it says."""
    return _done(lambda: timers.discard(actor()), _("The timer was stopped, and nothing was written down."))


def _done(command: Callable[[], Any], outcome: str) -> ResponseReturnValue:
    coaches.profile_of(actor())
    try:
        command()
    except Invalid as refusal:
        return unpaid_page(request.form, errors=refusal.fields), status_of(refusal)
    except Conflict as refusal:
        flash(refusal.sentence, "error")
    else:
        flash(outcome, "success")
    return redirect(url_for(".mine"), 303)


# How many minutes a month are given.
BUDGET = EditForm(ChosenMinutesSchema, lambda: {"minutes_per_month": grants.budget_of(coaches.profile_of(actor()))})


def unpaid_page(typed: Any, **shown: Any) -> Response | str:
    coach, after = coaches.profile_of(actor()), id_argument("after")
    page, timer = queries.page_of(coach, after=after), queries.timer_of(coach)
    chosen = request.args.get("kind") or typed.get("kind", "")
    return render_template(
        "unpaid_time/mine.html",
        coach=coach,
        page=page,
        names=KIND_NAMES,
        not_reversible=PRO_BONO,
        by_hand=BY_HAND,
        chosen=chosen if chosen in BY_HAND else "",
        quick_minutes=QUICK_MINUTES,
        timer=timer,
        budget=grants.budget_of(coach),
        **{"version": BUDGET.version()} | shown,
        budget_left=grants.left_of(coach),
        entry_id=uuid7(),
        today=clock.today(coach.timezone),
        spoken_day=formats.day,
        typed=typed,
        start=url_for(".mine") if after else None,
        more=url_for(".mine", after=page.after) if page.after else None,
    )


@bp.get("/year")
@signed_in
def this_year() -> ResponseReturnValue:
    """On to the year that it is."""
    return redirect(url_for(".year", number=clock.today(coaches.profile_of(actor()).timezone).year))


@bp.get("/year/<int:number>")
@signed_in
def year(number: int) -> ResponseReturnValue:
    """What was asked for in a year, what became of it, and what an hour of all that work came to."""
    coach, known = _coach_in(number)
    found = queries.year_of(coach, number)
    return private(
        "unpaid_time/year.html",
        coach=coach,
        number=number,
        known=known,
        year=found,
        outcomes=OUTCOMES,
        kinds=KIND_NAMES,
        chart=chart_of(found),
        hours=documents.hours,
        amounts=documents.amounts,
    )


def chart_of(found: CoachYear) -> Chart:
    """A year by month: minutes of paid sessions, and unpaid ones."""
    return Chart(
        caption=_("Minutes by month in %(year)s: paid sessions, and unpaid time", year=found.number),
        labels=[formats.short_month(date(found.number, month, 1)) for month in range(1, 13)],
        series=[
            Series(_("Paid sessions"), [each.minutes for each in found.session_months]),
            Series(_("Unpaid time"), [each.minutes for each in found.unpaid_months]),
        ],
        kind=STACKED,
    )


@bp.get("/year/<int:number>.csv")
@signed_in
def year_csv(number: int) -> ResponseReturnValue:
    """Every entry of a year, for a spreadsheet."""
    coach, _known = _coach_in(number)
    made = documents.entries_csv(queries.entries_of_year(coach, number))
    return _file(made, f"unpaid-time-{number}.csv", "text/csv")


@bp.get("/year/<int:number>.pdf")
@signed_in
def year_pdf(number: int) -> ResponseReturnValue:
    """The statement of hours given, on paper."""
    coach, _known = _coach_in(number)
    made = documents.statement_pdf(coach, number, queries.given_in_year(coach, number))
    return _file(made, f"hours-given-{number}.pdf", "application/pdf")


def _coach_in(number: int) -> tuple[Coach, list[int]]:
    coach = coaches.profile_of(actor())
    known = queries.years_of(coach, today=clock.today(coach.timezone))
    if number not in known:
        raise NotFound
    return coach, known


def _file(content: str | bytes, name: str, kind: str) -> Response:
    answer = Response(content, mimetype=kind)
    answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    answer.headers["Cache-Control"] = "no-store"
    return answer
