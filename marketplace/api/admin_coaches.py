"""/admin/coaches: vetting."""

import uuid
from typing import Any

from marketplace.api.auth import needs
from marketplace.api.resource import Resource
from marketplace.coaches import queries
from marketplace.coaches.licences import queries as licences
from marketplace.coaches.licences import service as licence_service
from marketplace.coaches.licences.models import Licence
from marketplace.coaches.licences.schemas import LicenceReasonSchema, LicenceSchema, LicencesSchema
from marketplace.coaches.models import Coach
from marketplace.coaches.schemas import OwnCoachSchema, VettingDecisionSchema, VettingFilterSchema, VettingListSchema
from marketplace.coaches.service import profiles
from marketplace.http import actor

bp = Resource("admin_coaches_api", __name__, url_prefix="/api/v1/admin/coaches", description="Vetting, for admins")


@bp.get("")
@needs("admin:read")
@bp.arguments(VettingFilterSchema, location="query")
@bp.response(200, VettingListSchema)
def list_applications(wanted: dict[str, Any]) -> dict[str, Any]:
    """Coaches in one state or in any, the oldest application first."""
    return {"items": queries.for_vetting(**wanted)}


@bp.get("/<uuid:coach_id>")
@needs("admin:read")
@bp.response(200, OwnCoachSchema)
def get_application(coach_id: uuid.UUID) -> Coach:
    """One coach, whatever the state."""
    return queries.for_admin(actor(), coach_id)


@bp.post("/<uuid:coach_id>/approve")
@needs("admin:critical")
@bp.response(200, OwnCoachSchema)
@bp.alt_response(409, description="Somebody has decided already")
def approve_coach(coach_id: uuid.UUID) -> Coach:
    """Make an applicant a coach, or let a suspended one back in. The coach is told by mail."""
    return profiles.approve(actor(), coach_id=coach_id)


@bp.post("/<uuid:coach_id>/reject")
@needs("admin:critical")
@bp.arguments(VettingDecisionSchema)
@bp.response(200, OwnCoachSchema)
@bp.alt_response(409, description="Somebody has decided already")
def reject_coach(decision: dict[str, Any], coach_id: uuid.UUID) -> Coach:
    """Refuse an application. The reason is sent to the applicant."""
    return profiles.reject(actor(), coach_id=coach_id, **decision)


@bp.post("/<uuid:coach_id>/suspend")
@needs("admin:critical")
@bp.arguments(VettingDecisionSchema)
@bp.response(200, OwnCoachSchema)
@bp.alt_response(409, description="Somebody has decided already")
def suspend_coach(decision: dict[str, Any], coach_id: uuid.UUID) -> Coach:
    """Take a coach's rate card down. The coach is sent the reason; what is booked stays booked."""
    return profiles.suspend(actor(), coach_id=coach_id, **decision)


@bp.get("/<uuid:coach_id>/licences")
@needs("admin:read")
@bp.response(200, LicencesSchema)
def list_licences_of_coach(coach_id: uuid.UUID) -> dict[str, Any]:
    """A therapist's licences, the newest first."""
    return {"items": licences.of_coach(queries.for_admin(actor(), coach_id).id)}


@bp.post("/licences/<uuid:licence_id>/check")
@needs("admin:critical")
@bp.response(200, LicenceSchema)
@bp.alt_response(409, description="Somebody has decided already")
def check_licence(licence_id: uuid.UUID) -> Licence:
    """Accept a licence that you have looked at. The therapist is told by mail."""
    return licence_service.check(actor(), licence_id=licence_id)


@bp.post("/licences/<uuid:licence_id>/refuse")
@needs("admin:critical")
@bp.arguments(LicenceReasonSchema)
@bp.response(200, LicenceSchema)
@bp.alt_response(409, description="Somebody has decided already")
def refuse_licence(decision: dict[str, Any], licence_id: uuid.UUID) -> Licence:
    """Refuse a licence, or take a check back. The reason is sent to the therapist."""
    return licence_service.refuse(actor(), licence_id=licence_id, **decision)
