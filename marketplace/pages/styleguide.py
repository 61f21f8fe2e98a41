"""Every component in every state, light and dark, for whoever builds pages.

Production has no such page.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from marketplace import clock, config
from marketplace.errors import NotFound
from marketplace.pages import tables
from marketplace.pages.charts import BARS, LINES, STACKED, Chart, Series
from marketplace.pages.components import NeedsAttention
from marketplace.pages.tables import MONEY, NUMBER, TIME, Column
from marketplace.pages.wording import Said

bp = Blueprint("styleguide", __name__)

LONG_WORD = "Rindfleischetikettierungsüberwachung"
COLUMNS = (
    Column("mentee", "Mentee", sorts=True),
    Column("starts_at", "When", kind=TIME, sorts=True),
    Column("price_cents", "Price", kind=MONEY, sorts=True),
    Column("minutes", "Minutes", kind=NUMBER),
    Column("state", "State"),
)


@dataclass(frozen=True)
class SampleSession:
    """A row of the table that is shown."""

    mentee: str
    starts_at: Any
    price_cents: int
    minutes: int
    state: str
    currency: str = "usd"


class FreeDay(NamedTuple):
    """A day of a week of free times."""

    date: date
    times: list[str]


@bp.get("/styleguide")
def show() -> ResponseReturnValue:
    """Each component beside itself in the other colours."""
    if config.current().production:
        raise NotFound
    now = clock.now()
    rows = [
        SampleSession(name, now + timedelta(days=number), 1234 * 10**number, 30 * (number + 1), "Confirmed")
        for number, name in enumerate(("Mia Mentee", "Noor", LONG_WORD))
    ]
    asked = tables.read(COLUMNS, default="mentee", size=2)
    if asked.as_csv:
        return asked.csv("styleguide.csv", rows)
    page = render_template(
        "styleguide/show.html",
        now=now,
        soon=now + timedelta(minutes=14, seconds=3),
        later=now + timedelta(days=2),
        table_shown=asked.table(rows, "Sessions"),
        no_rows=asked.table([], "No sessions"),
        held=Said("Waiting for payment, 14:03 left", "warm", "14:03", now + timedelta(minutes=14, seconds=3)),
        long_word=LONG_WORD,
        charts_shown=_charts(),
        free_days=[FreeDay(now.date() + timedelta(days=number), ["09:00", "10:30"][number:]) for number in range(3)],
        needs=_needs(),
        events=_events(),
        here=request.path,
    )
    return page, asked.status


def _needs() -> list[NeedsAttention]:
    until = clock.now() + timedelta(hours=20)
    return [
        NeedsAttention("asks for a session on Friday", "Answer", "#", "Mia Mentee", until, 12000, "usd"),
        NeedsAttention("Three mails could not be sent", "Open", "#"),
        NeedsAttention(f"says that you did not come to {LONG_WORD}", "Answer", "#", LONG_WORD, until),
    ]


def _events() -> list[dict[str, Any]]:
    at = clock.now() - timedelta(days=3)
    return [
        {"at": at, "words": "Held by Mia Mentee"},
        {"at": at, "words": "Paid", "cents": 12000, "currency": "usd", "tone": "good", "more": "Visa ending in 4242"},
        {"at": at, "words": "The payout failed", "tone": "bad", "address": "#"},
    ]


def _charts() -> list[Chart]:
    months = ("Jun", "Jul", "Aug", "Sep", "Oct", "Nov")
    gross, fees = Series("Gross", (120000, 80000, None, 240000, 310000, 280000)), Series("Fees", (12, 8, 0, 24, 31, 28))
    cents = Series("Fees", tuple(None if value is None else value // 10 for value in gross.values))
    return [
        Chart("Earned by month", months, [gross], "usd"),
        Chart("Gross and fees by month", months, [gross, cents], "usd", STACKED),
        Chart("Sessions by month", months, [fees, Series("No-shows", (1, 0, 2, 1, 3, 4))], kind=LINES),
        Chart("Disputes by month", months, [Series("Disputes", (0,) * 6)], kind=BARS),
    ]
