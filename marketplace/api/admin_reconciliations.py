"""/admin/reconciliations: the ledger against Stripe."""

import uuid
from typing import Any

from flask import url_for

from marketplace.api.auth import needs
from marketplace.api.idempotency import idempotent
from marketplace.api.resource import Resource
from marketplace.http import actor
from marketplace.reconciliation import queries, service
from marketplace.reconciliation.models import Reconciliation
from marketplace.reconciliation.schemas import (
    ReconciliationListSchema,
    ReconciliationPageSchema,
    ReconciliationRequestSchema,
    ReconciliationSchema,
)

bp = Resource(
    "admin_reconciliations_api", __name__, url_prefix="/api/v1/admin", description="Reconciliation, for admins"
)


@bp.get("/reconciliations")
@needs("admin:read")
@bp.arguments(ReconciliationPageSchema, location="query")
@bp.response(200, ReconciliationListSchema)
def list_reconciliations(page: dict[str, Any]) -> dict[str, Any]:
    """Reconciliations of the ledger with Stripe, the latest first."""
    limit = page["limit"]
    found = queries.reconciliations(actor(), before=page["after"], limit=limit + 1)
    return {"items": found[:limit], "next_cursor": found[limit - 1].id if len(found) > limit else None}


@bp.post("/reconciliations")
@needs("admin")
@idempotent
@bp.arguments(ReconciliationRequestSchema)
@bp.response(202, ReconciliationSchema)
def start_reconciliation(wanted: dict[str, Any]) -> tuple[Reconciliation, dict[str, str]]:
    """Have the worker reconcile the ledger with Stripe; look at its address for the result."""
    asked = service.request_reconciliation(actor(), **wanted)
    return asked, {"Location": url_for("admin_reconciliations_api.get_reconciliation", reconciliation_id=asked.id)}


@bp.get("/reconciliations/<uuid:reconciliation_id>")
@needs("admin:read")
@bp.response(200, ReconciliationSchema)
def get_reconciliation(reconciliation_id: uuid.UUID) -> Reconciliation:
    """One reconciliation with what differs."""
    return queries.reconciliation(actor(), reconciliation_id)
