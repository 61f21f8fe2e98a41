"""/coach/licences: a therapist's licences; their documents are handed in on the page."""

from typing import Any

from marketplace.api.auth import needs
from marketplace.api.idempotency import idempotent
from marketplace.api.resource import Resource
from marketplace.coaches import queries as coaches
from marketplace.coaches.licences import queries, service
from marketplace.coaches.licences.models import Licence
from marketplace.coaches.licences.schemas import LicenceSchema, LicencesSchema, LicenceWriteSchema
from marketplace.http import actor

bp = Resource("licences_api", __name__, url_prefix="/api/v1", description="Licences of therapists")


@bp.get("/coach/licences")
@needs("read")
@bp.response(200, LicencesSchema)
def list_licences() -> dict[str, Any]:
    """The licences that you have handed in as a coach, the newest first."""
    return {"items": queries.of_coach(coaches.profile_of(actor()).id)}


@bp.post("/coach/licences")
@needs("write")
@idempotent
@bp.arguments(LicenceWriteSchema)
@bp.response(201, LicenceSchema)
def give_licence(fields: dict[str, Any]) -> Licence:
    """Hand in a licence as a therapist; an admin looks at it."""
    return service.give(actor(), **fields)
