"""/admin/ledger/…: accounts, statements, months and timelines, for admins."""

import uuid
from typing import Any

from marketplace.api.auth import needs
from marketplace.api.resource import Resource
from marketplace.http import actor
from marketplace.ledger_reports.queries import account_statements, exchange_results
from marketplace.ledger_reports.queries import timelines as ledger_timelines
from marketplace.ledger_reports.schemas import (
    AccountFilterSchema,
    AccountListSchema,
    AccountStatementSchema,
    ExchangeResultListSchema,
    LedgerTimelineSchema,
    MonthFilterSchema,
    MonthSchema,
    PeriodSchema,
)

bp = Resource("admin_ledger_api", __name__, url_prefix="/api/v1/admin/ledger", description="The ledger, for admins")


@bp.get("/accounts")
@needs("admin:read")
@bp.arguments(AccountFilterSchema, location="query")
@bp.response(200, AccountListSchema)
def list_ledger_accounts(wanted: dict[str, Any]) -> dict[str, Any]:
    """Accounts with their balances."""
    found, more = account_statements.accounts(actor(), **wanted)
    return {"items": found, "next_page": wanted["page"] + 1 if more else None}


@bp.get("/accounts/<name>/<currency>")
@needs("admin:read")
@bp.arguments(PeriodSchema, location="query")
@bp.response(200, AccountStatementSchema)
def get_account_statement(wanted: dict[str, Any], name: str, currency: str) -> account_statements.AccountStatement:
    """One account over some days, entries in order of time with the balance after each."""
    return account_statements.statement(actor(), name, currency, **wanted)


@bp.get("/exchange")
@needs("admin:read")
@bp.response(200, ExchangeResultListSchema)
def list_exchange_results() -> dict[str, Any]:
    """What Stripe's conversions have gained or lost so far, by the currency that it converts into."""
    return {"items": exchange_results.exchange_results(actor())}


@bp.get("/month")
@needs("admin:read")
@bp.arguments(MonthFilterSchema, location="query")
@bp.response(200, MonthSchema)
def get_ledger_month(wanted: dict[str, Any]) -> dict[str, Any]:
    """A month's totals by currency and kind of account."""
    return {"month": f"{wanted['month']:%Y-%m}", "items": account_statements.month(actor(), wanted["month"])}


@bp.get("/timelines/<uuid:about>")
@needs("admin:read")
@bp.response(200, LedgerTimelineSchema)
def get_ledger_timeline(about: uuid.UUID) -> ledger_timelines.LedgerTimeline:
    """Everything that happened to the money of a booking, a payment or a payout."""
    return ledger_timelines.timeline(actor(), about)
