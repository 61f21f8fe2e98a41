"""/admin/invariants, /admin/comparisons, /admin/sweeps: whether everything is as it must be."""

import uuid
from typing import Any

from flask import url_for

from marketplace.api.auth import needs
from marketplace.api.idempotency import idempotent
from marketplace.api.resource import Resource
from marketplace.http import actor
from marketplace.invariants.models import Comparison
from marketplace.invariants.queries import comparisons as comparison_queries
from marketplace.invariants.queries import results as invariant_results
from marketplace.invariants.queries import sweeps as sweep_queries
from marketplace.invariants.schemas import (
    CheckSchema,
    ComparisonListSchema,
    ComparisonPageSchema,
    ComparisonSchema,
    SweepSchema,
    WantedComparisonSchema,
)
from marketplace.invariants.service import comparisons as comparison_service
from marketplace.invariants.service import evaluation

bp = Resource("admin_checks_api", __name__, url_prefix="/api/v1/admin", description="Checks, for admins")


@bp.get("/invariants")
@needs("admin")
@bp.response(200, CheckSchema(many=True))
def checks() -> Any:
    """Every check and what breaks it, the broken ones first."""
    return invariant_results.standings(actor())


@bp.post("/invariants")
@needs("admin")
@bp.response(202, CheckSchema(many=True))
def look() -> Any:
    """Have the worker look at everything now; answers what is known so far."""
    evaluation.ask_to_look(actor())
    return invariant_results.standings(actor())


@bp.get("/comparisons")
@needs("admin")
@bp.arguments(ComparisonPageSchema, location="query")
@bp.response(200, ComparisonListSchema)
def comparisons(page: dict[str, Any]) -> dict[str, Any]:
    """Comparisons of our books with Stripe's, the latest first."""
    limit = page["limit"]
    found = comparison_queries.comparisons(actor(), before=page["after"], limit=limit + 1)
    return {"items": found[:limit], "next_cursor": found[limit - 1].id if len(found) > limit else None}


@bp.post("/comparisons")
@needs("admin")
@idempotent
@bp.arguments(WantedComparisonSchema)
@bp.response(202, ComparisonSchema)
def compare(wanted: dict[str, Any]) -> tuple[Comparison, dict[str, str]]:
    """Have the worker compare the books; look at its address for the result."""
    asked = comparison_service.ask_to_compare(actor(), **wanted)
    return asked, {"Location": url_for("admin_checks_api.comparison", comparison_id=asked.id)}


@bp.get("/comparisons/<uuid:comparison_id>")
@needs("admin")
@bp.response(200, ComparisonSchema)
def comparison(comparison_id: uuid.UUID) -> Comparison:
    """One comparison with what differs."""
    return comparison_queries.comparison(actor(), comparison_id)


@bp.get("/sweeps")
@needs("admin")
@bp.response(200, SweepSchema(many=True))
def sweeps() -> Any:
    """What the hourly sweeps found, the latest first."""
    return sweep_queries.sweeps(actor())
