"""/admin/payables, /admin/payout-runs, /admin/ledger: every cent, for admins."""

import uuid
from typing import Any

from flask import url_for

from marketplace.api.auth import needs
from marketplace.api.idempotency import idempotent
from marketplace.api.resource import Resource
from marketplace.http import actor
from marketplace.ledger.schemas import LedgerEntryListSchema, LedgerFilterSchema
from marketplace.ledger_reports.queries import entries as ledger_entries
from marketplace.payouts.models import Payout, PayoutHold, PayoutRun
from marketplace.payouts.queries import payables as payable_queries
from marketplace.payouts.queries import runs as run_queries
from marketplace.payouts.schemas.balances import PayableListSchema
from marketplace.payouts.schemas.holds import PayoutHoldSchema
from marketplace.payouts.schemas.payouts import PageSchema, PayoutSchema, RunListSchema, RunSchema
from marketplace.payouts.service import holds as payout_holds
from marketplace.payouts.service import runs as payout_runs

bp = Resource("admin_money_api", __name__, url_prefix="/api/v1/admin", description="Payouts and books, for admins")


@bp.get("/payables")
@needs("admin:read")
@bp.response(200, PayableListSchema)
def list_payables() -> dict[str, Any]:
    """What every coach has, and why there is no payout now."""
    return {"items": payable_queries.payables(actor())}


@bp.post("/payout-runs")
@needs("admin:critical")
@idempotent
@bp.response(201, RunSchema)
@bp.alt_response(409, description="Nobody is due a payout")
def propose_payout_run() -> tuple[PayoutRun, dict[str, str]]:
    """Put what is payable into a new run. Nothing is sent before it is approved."""
    run = payout_runs.propose_run(actor())
    return run, {"Location": url_for("admin_money_api.get_payout_run", run_id=run.id)}


@bp.get("/payout-runs")
@needs("admin:read")
@bp.arguments(PageSchema, location="query")
@bp.response(200, RunListSchema)
def list_payout_runs(page: dict[str, Any]) -> dict[str, Any]:
    """Runs with their payouts, the newest first."""
    found = run_queries.runs(actor(), before=page["after"], limit=page["limit"] + 1)
    return _page(found, page["limit"])


@bp.get("/payout-runs/<uuid:run_id>")
@needs("admin:read")
@bp.response(200, RunSchema)
def get_payout_run(run_id: uuid.UUID) -> PayoutRun:
    """One run with its payouts."""
    return run_queries.run(actor(), run_id)


@bp.post("/payout-runs/<uuid:run_id>/approve")
@needs("admin:critical")
@idempotent
@bp.response(200, RunSchema)
@bp.alt_response(409, description="It has been approved or cancelled")
def approve_payout_run(run_id: uuid.UUID) -> PayoutRun:
    """Let a run go. A large one is approved by somebody other than its proposer."""
    return payout_runs.approve_run(actor(), run_id=run_id)


@bp.post("/payout-runs/<uuid:run_id>/cancel")
@needs("admin:critical")
@idempotent
@bp.response(200, RunSchema)
@bp.alt_response(409, description="There is nothing left to cancel")
def cancel_payout_run(run_id: uuid.UUID) -> PayoutRun:
    """Stop what of a run has not been sent. The coaches keep their balances."""
    return payout_runs.cancel_run(actor(), run_id=run_id)


@bp.post("/payouts/<uuid:payout_id>/retry")
@needs("admin:critical")
@idempotent
@bp.response(200, PayoutSchema)
@bp.alt_response(409, description="It has ended, or its money is elsewhere")
def retry_payout(payout_id: uuid.UUID) -> Payout:
    """Try a failed or waiting payout again now."""
    return payout_runs.retry_payout(actor(), payout_id=payout_id)


@bp.post("/coaches/<uuid:coach_id>/payout-hold")
@needs("admin:critical")
@idempotent
@bp.arguments(PayoutHoldSchema)
@bp.response(201, PayoutHoldSchema)
@bp.alt_response(409, description="The coach's payouts are on hold already")
def place_payout_hold(data: dict[str, Any], coach_id: uuid.UUID) -> PayoutHold:
    """Hold a coach's payouts; the coach reads the reason on the earnings page and by mail."""
    return payout_holds.hold_coach(actor(), coach_id=coach_id, **data)


@bp.post("/coaches/<uuid:coach_id>/payout-hold/release")
@needs("admin:critical")
@idempotent
@bp.response(200, PayoutHoldSchema)
@bp.alt_response(409, description="The coach's payouts are not on hold")
def release_payout_hold(coach_id: uuid.UUID) -> PayoutHold:
    """Let a coach's payouts go again; what waited goes at once."""
    return payout_holds.release_coach(actor(), coach_id=coach_id)


@bp.get("/ledger")
@needs("admin:read")
@bp.arguments(LedgerFilterSchema, location="query")
@bp.response(200, LedgerEntryListSchema)
def list_ledger_entries(wanted: dict[str, Any]) -> dict[str, Any]:
    """Entries, the newest first: of one account, or about one booking, payment or payout."""
    limit = wanted.pop("limit")
    found = ledger_entries.entries(actor(), before=wanted.pop("after"), limit=limit + 1, **wanted)
    return _page(found, limit)


def _page(found: Any, limit: int) -> dict[str, Any]:
    return {"items": found[:limit], "next_cursor": found[limit - 1].id if len(found) > limit else None}
