"""/admin/invariants: what must always hold, and what violates it."""

from typing import Any

from marketplace.api.auth import needs
from marketplace.api.resource import Resource
from marketplace.http import actor
from marketplace.invariants import queries, service
from marketplace.invariants.schemas import InvariantSchema

bp = Resource("admin_invariants_api", __name__, url_prefix="/api/v1/admin", description="Invariants, for admins")


@bp.get("/invariants")
@needs("admin:read")
@bp.response(200, InvariantSchema(many=True))
def list_invariants() -> Any:
    """Every invariant and what violates it, the broken ones first."""
    return queries.statuses(actor())


@bp.post("/invariants")
@needs("admin")
@bp.response(202, InvariantSchema(many=True))
def evaluate_invariants() -> Any:
    """Have the worker evaluate every invariant now; answers what is known so far."""
    service.request_evaluation(actor())
    return queries.statuses(actor())
