"""Unmet demand: for coaches as a page, for admins as a page and a file."""

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.asks.demand import queries
from marketplace.asks.demand.queries import UnmetDemand
from marketplace.asks.demand.rules import FEWEST, LOOKED_BACK_DAYS
from marketplace.authentication.access import admin_only, signed_in
from marketplace.coaches.spoken_languages.rules import language_name
from marketplace.http import actor
from marketplace.languages import gettext as _
from marketplace.languages import lazy_gettext as _l
from marketplace.pages import tables
from marketplace.pages.responses import private
from marketplace.pages.tables import NUMBER, Column

bp = Blueprint("unmet_demand", __name__)

COLUMNS = (
    Column("topic", _l("Topic"), sorts=True),
    Column("language", _l("Language"), sorts=True),
    Column("declined", _l("Declined"), kind=NUMBER, sorts=True),
    Column("lapsed", _l("Not answered"), kind=NUMBER, sorts=True),
    Column("waiting", _l("Waiting"), kind=NUMBER, sorts=True),
    Column("searched", _l("Searched, not found"), kind=NUMBER, sorts=True),
)


@bp.get("/dashboard/unmet-demand")
@signed_in
def of_coach() -> ResponseReturnValue:
    """For a coach: of all topics, or of the coach's own."""
    asked = tables.read(COLUMNS, default="topic")
    mine = request.args.get("mine") == "yes"
    if asked.as_csv:
        return asked.csv("unmet-demand.csv", queries.of_coach(actor(), mine=mine, limit=tables.LAST_PAGE))
    shown = asked.table(queries.of_coach(actor(), mine=mine, **asked.order), _("Unmet demand"))
    choices = [
        (_("All topics"), url_for(".of_coach"), not mine),
        (_("My topics"), url_for(".of_coach", mine="yes"), mine),
    ]
    return private("dashboard/unmet_demand.html", shown=shown, choices=choices, **_words()), asked.status


@bp.get("/admin/unmet-demand")
@admin_only
def of_all() -> ResponseReturnValue:
    """For admins: of all topics, as a page or as a CSV file."""
    asked = tables.read(COLUMNS, default="topic")
    if asked.as_csv:
        return asked.csv("unmet-demand.csv", queries.of_all(actor(), limit=None, **asked.sorting))
    shown = asked.table(queries.of_all(actor(), **asked.order), _("Unmet demand"))
    return private("admin/unmet_demand.html", shown=shown, **_words()), asked.status


def _words() -> dict[str, object]:
    def spoken(row: UnmetDemand) -> str:
        return language_name(row.language)

    return {"fewest": FEWEST, "days": LOOKED_BACK_DAYS, "spoken": spoken}
