"""The ledger's explorer: accounts, an account over some days, a month, a booking's timeline."""

import uuid
from datetime import timedelta
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace import money
from marketplace.authentication.access import admin_only
from marketplace.http import actor
from marketplace.languages import gettext as _
from marketplace.ledger.rules import month_after
from marketplace.ledger_reports import rules
from marketplace.ledger_reports.queries import account_statements, exchange_results
from marketplace.ledger_reports.queries import timelines as ledger_timelines
from marketplace.ledger_reports.schemas import AccountFilterSchema, MonthFilterSchema, PeriodSchema
from marketplace.pages.csv_export import spreadsheet
from marketplace.pages.forms import load_address

bp = Blueprint("admin_ledger", __name__, url_prefix="/admin/ledger")

ACCOUNT_COLUMNS = ("account", "words", "currency", "balance", "debit", "credit", "entries")
STATEMENT_COLUMNS = (
    "booked_at",
    "fact",
    "other_account",
    "other",
    "amount",
    "balance",
    "currency",
    "about",
    "source",
    "key",
)
MONTH_COLUMNS = ("month", "kind", "words", "currency", "opening", "debit", "credit", "closing", "entries")
TIMELINE_COLUMNS = ("at", "words", "amount", "currency", "debit", "credit", "source", "key")


@bp.get("/accounts")
@admin_only
def accounts() -> ResponseReturnValue:
    """Every account with its balance, found by words and filters, sorted by link."""
    wanted, typed, errors = load_address(AccountFilterSchema())
    found, more = account_statements.accounts(actor(), **wanted)
    kinds, currencies = account_statements.kinds_and_currencies(actor())
    page = render_template(
        "admin/ledger/accounts.html",
        accounts=found,
        exchanged=exchange_results.exchange_results(actor()),
        wanted=wanted,
        typed=typed,
        errors=errors,
        kinds=[("", _("All")), *((kind, rules.kind(kind)) for kind in kinds)],
        currencies=[("", _("All")), *((currency, currency.upper()) for currency in currencies)],
        next_page=_here(page=wanted["page"] + 1) if more else None,
        here=_here,
    )
    return page, 422 if errors else 200


@bp.get("/accounts.csv")
@admin_only
def accounts_csv() -> ResponseReturnValue:
    """All accounts that fit."""
    wanted, _typed, _errors = load_address(AccountFilterSchema())
    wanted.pop("page")
    rows = (
        (a.name, a.label, a.currency, *_plain(a.currency, a.balance_cents, a.debit_cents, a.credit_cents), a.entries)
        for a in account_statements.all_accounts(actor(), **wanted)
    )
    return spreadsheet("accounts.csv", ACCOUNT_COLUMNS, rows)


@bp.get("/accounts/<name>/<currency>")
@admin_only
def statement(name: str, currency: str) -> ResponseReturnValue:
    """One account over some days: opening balance, entries with the balance after each, closing balance."""
    wanted, typed, errors = load_address(PeriodSchema())
    found = account_statements.statement(actor(), name, currency, **wanted)
    page = render_template(
        "admin/ledger/statement.html",
        found=found,
        continued=wanted["after"],
        typed={"from": found.first, "to": found.last} | typed,
        errors=errors,
        fact=rules.fact,
        here=_here,
    )
    return page, 422 if errors else 200


@bp.get("/accounts/<name>/<currency>/statement.csv")
@admin_only
def statement_csv(name: str, currency: str) -> ResponseReturnValue:
    """Every entry of these days, from the opening to the closing balance."""
    wanted, _typed, _errors = load_address(PeriodSchema())
    days = {"first": wanted["first"], "last": wanted["last"]}
    found = account_statements.statement(actor(), name, currency, **days, limit=1)

    def rows() -> Any:
        yield (
            found.first,
            _("Opening balance"),
            "",
            "",
            "",
            *_plain(currency, found.opening_cents),
            currency,
            "",
            "",
            "",
        )
        for line, other in account_statements.statement_lines(actor(), name, currency, **days):
            amounts = _plain(currency, line.cents, line.balance_cents)
            words = rules.fact(line.key, line.debit)
            about = (line.subject_id, line.source, line.key)
            yield (line.booked_at.isoformat(), words, line.other, other, *amounts, currency, *about)
        yield (
            found.last,
            _("Closing balance"),
            "",
            "",
            "",
            *_plain(currency, found.closing_cents),
            currency,
            "",
            "",
            "",
        )

    return spreadsheet("statement.csv", STATEMENT_COLUMNS, rows())


@bp.get("/month")
@admin_only
def month() -> ResponseReturnValue:
    """What each kind of account had, what was moved, and what it has then."""
    wanted, typed, errors = load_address(MonthFilterSchema())
    first = wanted["month"]
    begins = account_statements.begins_at(actor())
    page = render_template(
        "admin/ledger/month.html",
        lines=account_statements.month(actor(), first),
        month=first,
        days=rules.days_of_month(first),
        earlier=(first - timedelta(days=1)).replace(day=1) if begins and begins.date() < first else None,
        later=month_after(first),
        kind=rules.kind,
        typed={"month": f"{first:%Y-%m}"} | typed,
        errors=errors,
    )
    return page, 422 if errors else 200


@bp.get("/month.csv")
@admin_only
def month_csv() -> ResponseReturnValue:
    """The same as a table."""
    first = load_address(MonthFilterSchema())[0]["month"]
    rows = (
        (
            f"{first:%Y-%m}",
            line.kind,
            rules.kind(line.kind),
            line.currency,
            *_plain(line.currency, line.opening_cents, line.debit_cents, line.credit_cents, line.closing_cents),
            line.entries,
        )
        for line in account_statements.month(actor(), first)
    )
    return spreadsheet(f"month-{first:%Y-%m}.csv", MONTH_COLUMNS, rows)


@bp.get("/timelines/<uuid:about>")
@admin_only
def timeline(about: uuid.UUID) -> ResponseReturnValue:
    """Everything that happened to the money of a booking, a payment or a payout."""
    return render_template(
        "admin/ledger/timeline.html", timeline=ledger_timelines.timeline(actor(), about), about=about
    )


@bp.get("/timelines/<uuid:about>/timeline.csv")
@admin_only
def timeline_csv(about: uuid.UUID) -> ResponseReturnValue:
    """The same as a table."""
    found = ledger_timelines.timeline(actor(), about)
    rows = (
        (
            event.at.isoformat(),
            event.description,
            None if event.cents is None or event.currency is None else money.plain(event.cents, event.currency),
            event.currency,
            event.debit,
            event.credit,
            event.source,
            event.key,
        )
        for event in found.events
    )
    return spreadsheet("timeline.csv", TIMELINE_COLUMNS, rows)


def _plain(currency: str, *cents: int) -> tuple[str, ...]:
    return tuple(money.plain(each, currency) for each in cents)


def _here(endpoint: str | None = None, **changed: Any) -> str:
    """This address with other filters; None takes one away."""
    kept = request.args.to_dict() | {key: value for key, value in changed.items() if value is not None}
    kept = {key: value for key, value in kept.items() if key not in changed or changed[key] is not None}
    return url_for(endpoint or request.endpoint or "", **(request.view_args or {}), **kept)
