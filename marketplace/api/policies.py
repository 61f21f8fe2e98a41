"""/policies: the cancellation policies that are sold now, and which one an offering has."""

import uuid
from typing import Any

from marketplace.api.auth import needs
from marketplace.api.idempotency import idempotent
from marketplace.api.resource import Resource
from marketplace.coaches.queries import offering_for_booking
from marketplace.http import actor
from marketplace.policies import queries, service
from marketplace.policies.models import PolicyVersion
from marketplace.policies.schemas import PoliciesSchema, PolicyCreateSchema, PolicyReviseSchema, PolicySchema

bp = Resource("policies_api", __name__, url_prefix="/api/v1", description="Cancellation policies")


@bp.get("/policies")
@bp.response(200, PoliciesSchema)
def list_policies() -> dict[str, Any]:
    """What a coach may choose for an offering, the house's first. Needs no token."""
    return {"items": queries.choosable()}


@bp.get("/offerings/<uuid:offering_id>/policy")
@bp.response(200, PolicySchema)
@bp.alt_response(404, description="No such offering can be booked")
def get_offering_policy(offering_id: uuid.UUID) -> PolicyVersion:
    """The terms under which it is sold now. Needs no token."""
    return queries.current(offering_for_booking(offering_id).policy_id)


@bp.get("/admin/policies")
@needs("admin:read")
@bp.response(200, PoliciesSchema)
def list_all_policies() -> dict[str, Any]:
    """All of them, the retired last."""
    return {"items": queries.listed()}


@bp.post("/admin/policies")
@needs("admin:critical")
@idempotent
@bp.arguments(PolicyCreateSchema)
@bp.response(201, PolicySchema)
def create_policy(data: dict[str, Any]) -> PolicyVersion:
    """Create a policy for coaches to choose."""
    return service.create(actor(), **data)


@bp.get("/admin/policies/<uuid:policy_id>/versions")
@needs("admin:read")
@bp.response(200, PoliciesSchema)
def list_policy_versions(policy_id: uuid.UUID) -> dict[str, Any]:
    """Every version of one, the newest first."""
    return {"items": queries.versions_of(policy_id)}


@bp.post("/admin/policies/<uuid:policy_id>/versions")
@needs("admin:critical")
@idempotent
@bp.arguments(PolicyReviseSchema)
@bp.response(201, PolicySchema)
@bp.alt_response(409, description="Somebody has made another version, it says the same, or the policy is retired")
def revise_policy(data: dict[str, Any], policy_id: uuid.UUID) -> PolicyVersion:
    """Revise a policy for what is booked from now on. Coaches who sell under it are told."""
    return service.revise(actor(), policy_id=policy_id, **data)


@bp.post("/admin/policies/<uuid:policy_id>/retire")
@needs("admin:critical")
@bp.response(200, PolicySchema)
@bp.alt_response(409, description="It is the house's")
def retire_policy(policy_id: uuid.UUID) -> PolicyVersion:
    """Let nobody choose it any more; offerings that have it keep it."""
    service.retire(actor(), policy_id=policy_id)
    return queries.current(policy_id)
