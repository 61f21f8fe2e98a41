"""/invitations: meetings to which a coach was invited elsewhere."""

import uuid
from typing import Any

from flask import url_for

from marketplace.api.auth import needs
from marketplace.api.editing import Editable
from marketplace.api.idempotency import idempotent
from marketplace.api.resource import Resource
from marketplace.asks.invitations import queries
from marketplace.asks.invitations.models import Invitation, InvitationSettings
from marketplace.asks.invitations.schemas import (
    DeclineInvitationSchema,
    InvitationSchema,
    InvitationSettingsSchema,
    InvitationsQuerySchema,
    InvitationsSchema,
    InvitationTextSchema,
)
from marketplace.asks.invitations.service import choices, declining, receiving
from marketplace.coaches import queries as coaches
from marketplace.http import actor

bp = Resource("invitations_api", __name__, url_prefix="/api/v1", description="Invitations to meetings elsewhere")


def _settings() -> InvitationSettings:
    return queries.settings_of(coaches.profile_of(actor()).id)


SETTINGS = Editable(InvitationSettingsSchema, _settings)


@bp.post("/invitations")
@needs("write")
@idempotent
@bp.arguments(InvitationTextSchema)
@bp.response(201, InvitationSchema)
@bp.alt_response(409, description="You have a newer version, it is paid for already, or there is nothing to call off")
def receive_invitation(fields: dict[str, Any]) -> tuple[Invitation, dict[str, str]]:
    """Have an invitation read and priced, as its coach. A newer version of one replaces it; a cancellation ends it."""
    found = receiving.receive(actor(), text=fields["text"].encode()).invitation
    return found, {"Location": url_for(".get_invitation", invitation_id=found.id)}


@bp.get("/invitations")
@needs("read")
@bp.arguments(InvitationsQuerySchema, location="query")
@bp.response(200, InvitationsSchema)
def list_invitations(wanted: dict[str, Any]) -> queries.InvitationPage:
    """Your invitations as a coach, the newest first."""
    return queries.page_for(actor(), **wanted)


@bp.get("/invitations/<uuid:invitation_id>")
@needs("read")
@bp.response(200, InvitationSchema)
def get_invitation(invitation_id: uuid.UUID) -> Invitation:
    """One invitation, for its coach."""
    return queries.one(actor(), invitation_id)


@bp.post("/invitations/<uuid:invitation_id>/decline")
@needs("write")
@bp.arguments(DeclineInvitationSchema)
@bp.response(200, InvitationSchema)
@bp.alt_response(409, description="It has ended, or as many organisers were written to as may be in a day")
def decline_invitation(fields: dict[str, Any], invitation_id: uuid.UUID) -> Invitation:
    """Say no; the organiser is sent the sentence, and a reply for their calendar."""
    return declining.decline(actor(), invitation_id=invitation_id, **fields)


@bp.get("/coach/invitation-settings")
@needs("read")
@bp.response(200, InvitationSettingsSchema)
@SETTINGS.shown
def get_invitation_settings() -> InvitationSettings:
    """How your invitations are priced."""
    return _settings()


@bp.put("/coach/invitation-settings")
@needs("write")
@bp.arguments(InvitationSettingsSchema)
@bp.response(200, InvitationSettingsSchema)
@SETTINGS.edited
def set_invitation_settings(fields: dict[str, Any]) -> InvitationSettings:
    """Say how your invitations are priced."""
    return choices.choose(actor(), **fields)
