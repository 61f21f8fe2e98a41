"""Figures of the whole site over time, drawn and as tables."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from marketplace import business_figures, clock
from marketplace.authentication.access import admin_only
from marketplace.business_figures import MonthOfMoney, MonthOfSessions
from marketplace.http import actor
from marketplace.languages import formats
from marketplace.languages import gettext as _
from marketplace.languages import lazy_gettext as _l
from marketplace.pages import tables
from marketplace.pages.charts import LINES, Chart, Series
from marketplace.pages.tables import MONEY, NUMBER, Column

bp = Blueprint("admin_figures", __name__, url_prefix="/admin/figures")

MONEY_COLUMNS = (
    Column("month", _l("Month")),
    Column("gross", _l("Paid by mentees"), kind=MONEY, path="gross_cents"),
    Column("fees", _l("Our fees"), kind=MONEY, path="fees_cents"),
    Column("payouts", _l("Paid out to coaches"), kind=MONEY, path="payouts_cents"),
    Column("refunds", _l("Refunded"), kind=MONEY, path="refunds_cents"),
    Column("disputes", _l("Disputed"), kind=MONEY, path="disputes_cents"),
)
SESSION_COLUMNS = (
    Column("month", _l("Month")),
    Column("held", _l("Sessions that took place"), kind=NUMBER),
    Column("hours", _l("Hours"), kind=NUMBER),
    Column("no_shows", _l("No-shows"), kind=NUMBER),
)


@bp.get("")
@admin_only
def show() -> ResponseReturnValue:
    """The last twelve months: money in each currency, then sessions."""
    months = business_figures.months_to(clock.now().date())
    money = business_figures.money_by_month(actor(), months)
    sessions = business_figures.sessions_by_month(actor(), months)
    labels = [formats.short_month(month) for month in months]
    currencies = sorted({each.currency for each in money})
    by_currency = {code: [each for each in money if each.currency == code] for code in currencies}
    return render_template(
        "admin/figures.html",
        money=[(code, _money_charts(rows, code, labels)) for code, rows in by_currency.items()],
        sessions=_session_charts(sessions, labels),
    )


@bp.get("/money.csv")
@admin_only
def money_csv() -> ResponseReturnValue:
    """Money by month and currency."""
    months = business_figures.months_to(clock.now().date())
    return tables.read(MONEY_COLUMNS, default="month").csv(
        "money-by-month.csv", business_figures.money_by_month(actor(), months)
    )


@bp.get("/sessions.csv")
@admin_only
def sessions_csv() -> ResponseReturnValue:
    """Sessions by month."""
    months = business_figures.months_to(clock.now().date())
    return tables.read(SESSION_COLUMNS, default="month").csv(
        "sessions-by-month.csv", business_figures.sessions_by_month(actor(), months)
    )


def _money_charts(rows: list[MonthOfMoney], currency: str, labels: list[str]) -> list[Chart]:
    came = [
        Series(_("Paid by mentees"), [row.gross_cents for row in rows]),
        Series(_("Paid out to coaches"), [row.payouts_cents for row in rows]),
        Series(_("Our fees"), [row.fees_cents for row in rows]),
    ]
    went = [
        Series(_("Refunded"), [row.refunds_cents for row in rows]),
        Series(_("Disputed"), [row.disputes_cents for row in rows]),
    ]
    named = {"currency": currency.upper()}
    return [
        Chart(_("Paid, paid out and earned by us, in %(currency)s", **named), labels, came, currency, LINES),
        Chart(_("Refunded and disputed, in %(currency)s", **named), labels, went, currency),
    ]


def _session_charts(rows: list[MonthOfSessions], labels: list[str]) -> list[Chart]:
    hours = [Series(_("Hours"), [round(row.hours) for row in rows])]
    missed = [Series(_("No-shows"), [row.no_shows for row in rows])]
    return [
        Chart(_("Hours of mentoring"), labels, hours),
        Chart(_("Sessions to which somebody did not come"), labels, missed),
    ]
