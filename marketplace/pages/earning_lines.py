"""A coach's earnings line by line: what was paid, refunded, our fee, and theirs."""

from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint
from flask.typing import ResponseReturnValue
from marshmallow import Schema, fields

from marketplace import config
from marketplace.authentication.access import signed_in
from marketplace.coaches import queries as coaches
from marketplace.coaches.models import Coach
from marketplace.http import actor
from marketplace.languages import gettext as _
from marketplace.pages import tables
from marketplace.pages.responses import private
from marketplace.pages.tables import MONEY, TIME, Column
from marketplace.payouts.queries import earning_lines as line_queries
from marketplace.payouts.queries import yearly_summaries as yearly_summary_queries
from marketplace.payouts.queries.earning_lines import EarningLine

bp = Blueprint("earning_lines", __name__, url_prefix="/dashboard/earnings/lines")


class LineFilterSchema(Schema):
    """Which lines: of one currency, of one year on the coach's clock. What the lists do not name asks for nothing."""

    currency = fields.String(load_default="")
    year = fields.String(load_default="")


def _link(line: EarningLine) -> str:
    """Where the line is explained, as a spreadsheet may open it."""
    public_url = config.current().public_url
    if line.booking_id is not None:
        return f"{public_url}/sessions/{line.booking_id}"
    return f"{public_url}/payouts/{line.payout_id}" if line.payout_id is not None else ""


def _columns() -> list[Column]:
    return [
        Column("booked_at", _("Booked"), TIME),
        Column("session", _("Session")),
        Column("mentee", _("Mentee")),
        Column("what", _("What")),
        Column("price", _("Price"), MONEY, path="price_cents"),
        Column("refunded", _("Refunded"), MONEY, path="refunded_cents"),
        Column("fee", _("Our fee"), MONEY, path="fee_cents"),
        Column("amount", _("Yours"), MONEY, path="cents"),
    ]


@bp.get("")
@signed_in
def lines() -> ResponseReturnValue:
    """The lines, the newest first, or all of them as CSV with a link for each."""
    coach = coaches.profile_of(actor())
    asked = tables.read(_columns(), default="-booked_at", filters=LineFilterSchema())
    known = line_queries.currencies_of(coach)
    currency = asked.filters["currency"] if asked.filters["currency"] in known else coach.currency
    years = yearly_summary_queries.years_of(coach)
    period = _period(coach, next((year for year in years if str(year) == asked.filters["year"]), None))
    if asked.as_csv:
        every = line_queries.lines_of(coach, currency, **period)
        with_links = tables.Asked(**vars(asked) | {"columns": [*asked.columns, Column("link", "", path=_link)]})
        return with_links.csv(f"earnings-{currency}.csv", every)
    found = line_queries.lines_of(coach, currency, **period, offset=asked.offset, limit=asked.limit)
    return private(
        "earnings/lines.html",
        coach=coach,
        lines=asked.table(list(found), _("Earnings line by line")),
        currency=currency,
        currencies=[(code, code.upper()) for code in known],
        years=[("", _("All years")), *((str(year), str(year)) for year in years)],
    ), asked.status


def _period(coach: Coach, year: int | None) -> dict[str, Any]:
    if year is None:
        return {}
    begins, ends = yearly_summary_queries.bounds(year, ZoneInfo(coach.timezone))
    return {"begins": begins, "ends": ends}
