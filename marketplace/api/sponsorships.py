"""/sponsorships: the register of what was done for somebody's career, unpaid."""

import uuid
from typing import Any

from flask import url_for

from marketplace.api.auth import needs
from marketplace.api.idempotency import idempotent
from marketplace.api.resource import Resource
from marketplace.coaches import queries as coaches
from marketplace.http import actor
from marketplace.request_limits import costs
from marketplace.sponsorships import queries, service
from marketplace.sponsorships.models import Sponsorship
from marketplace.sponsorships.schemas import (
    RegisterSchema,
    ShowSponsorshipSchema,
    SponsorshipSchema,
    SponsorshipsQuerySchema,
    SponsorshipsSchema,
    SponsorshipWriteSchema,
)

bp = Resource("sponsorships_api", __name__, url_prefix="/api/v1", description="The register of sponsorship")


@bp.get("/coaches/<handle>/sponsorships")
@costs(1)
@bp.response(200, RegisterSchema)
@bp.alt_response(404, description="No approved coach has this handle")
def get_register(handle: str) -> queries.Register:
    """How often others confirmed what a coach did for them, and what both show. Needs no token."""
    return queries.register_of(coaches.by_handle(handle).id)


@bp.get("/sponsorships")
@needs("read")
@bp.arguments(SponsorshipsQuerySchema, location="query")
@bp.response(200, SponsorshipsSchema)
def list_sponsorships(wanted: dict[str, Any]) -> queries.SponsorshipPage:
    """What was done for you, or what you recorded as a coach, the newest first."""
    return queries.page_for(actor(), as_sponsor=wanted.pop("as_") == "sponsor", **wanted)


@bp.post("/sponsorships")
@needs("write")
@idempotent
@bp.arguments(SponsorshipWriteSchema)
@bp.response(201, SponsorshipSchema)
def record_sponsorship(fields: dict[str, Any]) -> tuple[Sponsorship, dict[str, str]]:
    """Record what you did for somebody, as a coach. Whom it was for is told by mail, and confirms it or not."""
    made = service.record(actor(), **fields)
    return made, {"Location": url_for(".get_sponsorship", sponsorship_id=made.id)}


@bp.get("/sponsorships/<uuid:sponsorship_id>")
@needs("read")
@bp.response(200, SponsorshipSchema)
def get_sponsorship(sponsorship_id: uuid.UUID) -> Sponsorship:
    """One act, for the coach who recorded it and for whom it was."""
    return queries.one(actor(), sponsorship_id)


@bp.post("/sponsorships/<uuid:sponsorship_id>/confirm")
@needs("write")
@bp.response(200, SponsorshipSchema)
@bp.alt_response(409, description="It was refused or withdrawn")
def confirm_sponsorship(sponsorship_id: uuid.UUID) -> Sponsorship:
    """Say that it was so, as whom it was for."""
    return service.confirm(actor(), sponsorship_id=sponsorship_id)


@bp.post("/sponsorships/<uuid:sponsorship_id>/refuse")
@needs("write")
@bp.response(200, SponsorshipSchema)
@bp.alt_response(409, description="It was withdrawn")
def refuse_sponsorship(sponsorship_id: uuid.UUID) -> Sponsorship:
    """Say that it was not so, or is not to count, as whom it was for; also after having confirmed it."""
    return service.refuse(actor(), sponsorship_id=sponsorship_id)


@bp.post("/sponsorships/<uuid:sponsorship_id>/withdraw")
@needs("write")
@bp.response(200, SponsorshipSchema)
@bp.alt_response(409, description="It was refused")
def withdraw_sponsorship(sponsorship_id: uuid.UUID) -> Sponsorship:
    """Take back what you recorded as a coach."""
    return service.withdraw(actor(), sponsorship_id=sponsorship_id)


@bp.post("/sponsorships/<uuid:sponsorship_id>/show")
@needs("write")
@bp.arguments(ShowSponsorshipSchema)
@bp.response(200, SponsorshipSchema)
def show_sponsorship(fields: dict[str, Any], sponsorship_id: uuid.UUID) -> Sponsorship:
    """Say for your side whether everybody may read it. It is read while both sides say so."""
    return service.show(actor(), sponsorship_id=sponsorship_id, **fields)
