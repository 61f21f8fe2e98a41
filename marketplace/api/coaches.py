"""/coaches, /coach, /offerings: the directory, one's own rate card and hours, free times."""

import uuid
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_limiter.util import get_remote_address

from marketplace.api.auth import needs
from marketplace.api.editing import Editable
from marketplace.api.idempotency import idempotent
from marketplace.api.resource import Resource
from marketplace.asks.demand import service as unmet_demand
from marketplace.coaches import queries
from marketplace.coaches.directory.queries import DirectoryCriteria, directory
from marketplace.coaches.directory.schemas import DirectoryFilterSchema, DirectorySchema
from marketplace.coaches.models import Coach, Offering
from marketplace.coaches.schemas import (
    CoachProfileSchema,
    OfferingSchema,
    OfferingWriteSchema,
    OwnCoachSchema,
    RateCardSchema,
)
from marketplace.coaches.service import offerings as offering_service
from marketplace.coaches.service import profiles
from marketplace.http import actor
from marketplace.request_limits import costs
from marketplace.scheduling.queries import free_times
from marketplace.scheduling.queries import search as search_queries
from marketplace.scheduling.schemas.search import SearchResultsSchema, SearchSchema, SlotsQuerySchema, SlotsSchema

bp = Resource("coaches_api", __name__, url_prefix="/api/v1", description="Coaches, their rates and their free times")

PROFILE = Editable(OwnCoachSchema, lambda: queries.profile_of(actor()))
OFFERING = Editable(OfferingSchema, lambda offering_id: queries.own_offering(actor(), offering_id))


@bp.get("/coaches")
@costs(2, searching=10)
@bp.arguments(DirectoryFilterSchema, location="query")
@bp.response(200, DirectorySchema)
def list_coaches(wanted: dict[str, Any]) -> Any:
    """Approved coaches with something to book, the newest first. Needs no token."""
    paging = {name: wanted.pop(name) for name in ("after", "limit") if name in wanted}
    page = directory(DirectoryCriteria(**wanted), **paging)
    if not page.items and "after" not in paging:
        looked_for = wanted.get("topic") or wanted.get("text") or ""
        unmet_demand.note_search_without_hit(looked_for, language=wanted.get("language"), visitor=get_remote_address())
    return page


@bp.get("/search")
@costs(5, searching=10)
@bp.arguments(SearchSchema, location="query")
@bp.response(200, SearchResultsSchema)
def search_coaches(asked: dict[str, Any]) -> Any:
    """Coaches who have time when it suits you, soonest first, with a time to book now. Needs no token."""
    return search_queries.search(**asked)


@bp.get("/coaches/<handle>")
@bp.response(200, RateCardSchema)
@bp.alt_response(404, description="No approved coach has this handle")
def get_rate_card(handle: str) -> dict[str, Any]:
    """An approved coach and their rate card. Needs no token."""
    coach = queries.by_handle(handle)
    return {"coach": coach, "offerings": queries.bookable_offerings_of(coach.id)}


@bp.get("/offerings/<uuid:offering_id>/slots")
@costs(1)
@bp.arguments(SlotsQuerySchema, location="query")
@bp.response(200, SlotsSchema)
@bp.alt_response(404, description="No such offering can be booked")
def list_slots(asked: dict[str, Any], offering_id: uuid.UUID) -> dict[str, Any]:
    """The times at which an offering can be booked now. Needs no token."""
    offering = queries.offering_for_booking(offering_id)
    free = free_times.free_times(offering, start=asked["start"], end=asked["end"])
    return {"zone": asked["zone"], "minutes": offering.minutes, "starts_at": _told_in(asked["zone"], free)}


def _told_in(zone: ZoneInfo, instants: list[datetime]) -> list[datetime]:
    return [instant.astimezone(zone) for instant in instants]


@bp.post("/coaches")
@needs("write")
@idempotent
@bp.arguments(CoachProfileSchema)
@bp.response(201, OwnCoachSchema)
@bp.alt_response(409, description="You have applied already")
def apply_as_coach(profile: dict[str, Any]) -> Coach:
    """Ask to become a coach. An admin decides; you are told by mail."""
    return profiles.apply(actor(), **profile)


@bp.get("/coach")
@needs("read")
@bp.response(200, OwnCoachSchema)
@PROFILE.shown
def get_coach_profile() -> Coach:
    """Your profile as a coach, whatever its state."""
    return queries.profile_of(actor())


@bp.patch("/coach")
@needs("write")
@bp.arguments(CoachProfileSchema(partial=True))
@bp.response(200, OwnCoachSchema)
@PROFILE.edited
def edit_coach_profile(changes: dict[str, Any]) -> Coach:
    """Change what you send; the rest stays. A new licence means being vetted again."""
    return profiles.edit_profile(actor(), **changes)


@bp.get("/coach/offerings")
@needs("read")
@bp.response(200, OfferingSchema(many=True))
def list_offerings() -> Any:
    """Your rate card, the retired lines last."""
    return queries.offerings_of(queries.profile_of(actor()).id, active_only=False)


@bp.post("/coach/offerings")
@needs("write")
@idempotent
@bp.arguments(OfferingWriteSchema)
@bp.response(201, OfferingSchema)
def publish_offering(offering: dict[str, Any]) -> Offering:
    """Publish an offering, in your currency and not below the floor."""
    return offering_service.publish_offering(actor(), **offering)


@bp.get("/coach/offerings/<uuid:offering_id>")
@needs("read")
@bp.response(200, OfferingSchema)
@bp.alt_response(404, description="It is not yours")
@OFFERING.shown
def get_own_offering(offering_id: uuid.UUID) -> Offering:
    """One of your offerings, retired ones too."""
    return queries.own_offering(actor(), offering_id)


@bp.patch("/coach/offerings/<uuid:offering_id>")
@needs("write")
@bp.arguments(OfferingWriteSchema(partial=True))
@bp.response(200, OfferingSchema)
@bp.alt_response(404, description="It is not yours, or retired")
@OFFERING.edited
def edit_offering(changes: dict[str, Any], offering_id: uuid.UUID) -> Offering:
    """Change what you send, for everybody who books from now on. What is sold keeps its price."""
    return offering_service.edit_offering(actor(), offering_id=offering_id, **changes)


@bp.delete("/coach/offerings/<uuid:offering_id>")
@needs("write")
@bp.response(204)
@bp.alt_response(404, description="It is not yours")
def retire_offering(offering_id: uuid.UUID) -> None:
    """Take an offering off your rate card. What is booked stays booked."""
    offering_service.retire_offering(actor(), offering_id=offering_id)
