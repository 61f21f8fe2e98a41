"""A year for a spreadsheet, and the statement of hours given, for a volunteer grant say."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from marketplace import clock, config
from marketplace.coaches.models import Coach
from marketplace.documents.csv_export import csv
from marketplace.documents.rendering import Document, DocumentColumn, DocumentParty, DocumentTable, pdf
from marketplace.languages import formats, ngettext
from marketplace.languages import gettext as _
from marketplace.money import plain, spoken
from marketplace.unpaid_time.models import UnpaidEntry
from marketplace.unpaid_time.rules.minutes import KIND_NAMES
from marketplace.unpaid_time.rules.years import Sum, total

COLUMNS = ("day", "kind", "minutes", "value", "currency", "note", "source", "takes back", "id")


def entries_csv(entries: Sequence[UnpaidEntry]) -> str:
    """Every row of the ledger, those that take others back too: the minutes sum to those of the year."""
    rows = [
        (
            entry.day.isoformat(),
            entry.kind,
            entry.minutes,
            plain(entry.value_cents, entry.currency),
            entry.currency.upper(),
            entry.note,
            entry.source,
            str(entry.reverses_id or ""),
            str(entry.id),
        )
        for entry in entries
    ]
    return csv(COLUMNS, rows)


def hours(minutes: int) -> str:
    """Minutes as a reader's hours: '6.5 h'."""
    return _("%(hours)s h", hours=formats.trimmed(round(Decimal(minutes) / 60, 1)))


def amounts(cents: Mapping[str, int]) -> str:
    """Amounts of several currencies: '900.00 USD + 20.00 EUR'; '–' for none."""
    return " + ".join(spoken(each, currency) for currency, each in sorted(cents.items()) if each) or "–"


def statement_pdf(coach: Coach, number: int, entries: Sequence[UnpaidEntry]) -> bytes:
    """What a coach gave in a year, day by day with its value; says of nobody to whom."""
    all_of_it = total(Sum.of(each.minutes, each.value_cents, each.currency) for each in entries)
    table = DocumentTable(
        columns=(
            DocumentColumn(_("Day")),
            DocumentColumn(_("What")),
            DocumentColumn(_("Time"), amount=True),
            DocumentColumn(_("Value"), amount=True),
        ),
        rows=[
            (
                formats.day(each.day, year=True),
                str(KIND_NAMES[each.kind]),
                ngettext("%(num)s minute", "%(num)s minutes", each.minutes),
                spoken(each.value_cents, each.currency),
            )
            for each in entries
        ],
        totals=[(_("Total"), hours(all_of_it.minutes), amounts(all_of_it.cents))] if entries else (),
    )
    title = _("Hours given in %(year)s", year=number)
    return pdf(
        Document(
            title=title,
            dated=clock.today(coach.timezone),
            author=coach.name,
            foot=f"{coach.name} · {config.current().public_url}/@{coach.handle}",
            parties=[DocumentParty(_("Given by"), [coach.name])],
            tables=[table],
            notes=[_("Each is valued at what the coach charged for such time on that day.")],
        )
    )
