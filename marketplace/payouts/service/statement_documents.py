"""Statements and yearly summaries as tables for spreadsheets and as PDF."""

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from marketplace import clock, config
from marketplace.coaches.models import Coach
from marketplace.documents.csv_export import csv
from marketplace.documents.rendering import Document, DocumentColumn, DocumentParty, DocumentTable, pdf
from marketplace.languages import formats
from marketplace.languages import gettext as _
from marketplace.money import plain, spoken
from marketplace.payouts.models import Payout
from marketplace.payouts.queries.payout_lines import PayoutStatementLine
from marketplace.payouts.queries.yearly_summaries import Month, Year

MONTHLY = ("earned", "fees", "changed", "paid_out")


def statement_rows(payout: Payout, lines: Sequence[PayoutStatementLine]) -> list[tuple[str, str, int]]:
    """The lines of a payout as (when on the coach's clock, what, cents); they sum to its amount."""
    return [
        (
            _when(line, payout),
            _("%(session)s: %(what)s", session=line.title, what=line.what) if line.what else line.title,
            line.cents,
        )
        for line in lines
    ]


def _when(line: PayoutStatementLine, payout: Payout) -> str:
    return clock.spoken(line.starts_at, payout.coach.timezone, dated=True) if line.starts_at else ""


STATEMENT_COLUMNS = (
    "starts_at",
    "session",
    "mentee",
    "what",
    "price",
    "refunded",
    "our fee",
    "amount",
    "currency",
    "link",
    "payout",
)


def statement_csv(payout: Payout, lines: Sequence[PayoutStatementLine]) -> str:
    """One row an entry: when (ISO 8601), what with whom, and of what price; amounts in major units."""

    def amount(cents: int | None) -> str:
        return "" if cents is None else plain(cents, payout.currency)

    rows = [
        (
            line.starts_at.astimezone(ZoneInfo(payout.coach.timezone)).isoformat() if line.starts_at else "",
            line.title,
            line.mentee or "",
            line.what,
            amount(line.price_cents),
            amount(line.refunded_cents),
            amount(line.fee_cents),
            amount(line.cents),
            payout.currency.upper(),
            f"{config.current().public_url}/sessions/{line.booking_id}" if line.booking_id else "",
            str(payout.id),
        )
        for line in lines
    ]
    return csv(STATEMENT_COLUMNS, rows)


def statement_pdf(payout: Payout, lines: Sequence[PayoutStatementLine]) -> bytes:
    """The same as PDF."""
    sent = payout.sent_at or payout.created_at
    head = [(_("Payout"), str(payout.id)), (_("Sent"), clock.spoken(sent, payout.coach.timezone, dated=True))]
    transfer = payout.stripe_id or payout.reference
    head += [(_("Transfer"), transfer)] if transfer else []
    if payout.conversion is not None and payout.sent_currency is not None:
        head.append((_("Left as"), spoken(payout.conversion.sent_cents, payout.sent_currency)))
    table = DocumentTable(
        columns=[
            DocumentColumn(_("When")),
            DocumentColumn(_("What")),
            DocumentColumn(_("Price"), amount=True),
            DocumentColumn(_("Refunded"), amount=True),
            DocumentColumn(_("Our fee"), amount=True),
            DocumentColumn(_("After our fee"), amount=True),
        ],
        rows=[_row(line, payout) for line in lines],
        totals=[(_("Paid out"), spoken(payout.amount_cents, payout.currency))],
    )
    return pdf(_document(_("Payout statement"), payout.coach, sent.date(), head=head, tables=[table]))


def _row(line: PayoutStatementLine, payout: Payout) -> list[str]:
    (said,) = statement_rows(payout, [line])
    when, what, _cents = said
    amounts = (line.price_cents, line.refunded_cents or None, line.fee_cents, line.cents)
    return [
        when,
        _("%(session)s, with %(name)s", session=what, name=line.mentee) if line.mentee else what,
        *("" if cents is None else spoken(cents, payout.currency) for cents in amounts),
    ]


def year_csv(years: Sequence[Year]) -> str:
    """One row a month and currency, amounts in major units."""
    rows = [
        (
            f"{month.first:%Y-%m}",
            year.currency.upper(),
            *(plain(getattr(month, name), year.currency) for name in MONTHLY),
        )
        for year in years
        for month in year.months
    ]
    return csv(("month", "currency", "earned after fee", "our fee", "refunds and disputes", "paid out"), rows)


def year_pdf(coach: Coach, number: int, years: Sequence[Year]) -> bytes:
    """The same as PDF, a table for each currency."""
    tables = [
        DocumentTable(
            title=_("In %(currency)s", currency=year.currency.upper()),
            columns=[
                DocumentColumn(_("Month")),
                DocumentColumn(_("Earned"), amount=True),
                DocumentColumn(_("Our fee"), amount=True),
                DocumentColumn(_("Refunds and disputes"), amount=True),
                DocumentColumn(_("Paid out"), amount=True),
            ],
            rows=[(formats.month(month.first), *_amounts(month, year)) for month in year.months],
            totals=[(_("Year"), *_amounts(year.total, year))],
        )
        for year in years
    ]
    notes = [
        _("Earned is after our fee. Refunds and disputes are those after a session had been earned."),
        _("Months are those of clocks in %(zone)s.", zone=coach.timezone),
    ]
    return pdf(
        _document(
            _("Earnings of %(year)s", year=number),
            coach,
            clock.now().date(),
            head=[(_("Year"), str(number))],
            tables=tables,
            notes=notes,
        )
    )


def _amounts(month: Month, year: Year) -> list[str]:
    return [spoken(getattr(month, name), year.currency) for name in MONTHLY]


def _document(
    title: str,
    coach: Coach,
    dated: date,
    *,
    head: Sequence[tuple[str, str]],
    tables: Sequence[DocumentTable],
    notes: Sequence[str] = (),
) -> Document:
    name = config.current().site_name
    party = DocumentParty(_("For"), [coach.user.name, f"@{coach.handle}"])
    return Document(
        title=title, dated=dated, author=name, foot=name, parties=[party], head=head, tables=tables, notes=notes
    )
