"""/coach/portrait: how a coach is seen."""

import uuid
from typing import Any

from marketplace import uploads
from marketplace.api.auth import needs
from marketplace.api.multipart import FileSchema
from marketplace.api.resource import Resource
from marketplace.coaches.models import Coach
from marketplace.coaches.schemas import OwnCoachSchema
from marketplace.coaches.service import portraits
from marketplace.files.rules.uploads import FORMS
from marketplace.http import actor

bp = Resource("portraits_api", __name__, url_prefix="/api/v1", description="Coaches' portraits")


@bp.post("/coach/portrait")
@needs("write")
@uploads.takes_files(uploads.ONE_FILE)
@bp.arguments(FileSchema, location="files")
@bp.response(200, OwnCoachSchema)
def upload_portrait(sent: dict[str, Any]) -> Coach:
    """Show a picture of you: JPEG, PNG or WebP, at most 8 MB, 96 × 96 pixels or more. It replaces the one before.

    It is cut to its middle, written anew in three sizes, and nothing that it says of itself (place, camera) is kept.
    """
    return portraits.set_portrait(actor(), upload=uploads.read(sent["file"], FORMS["portrait"]))


@bp.delete("/coach/portrait")
@needs("write")
@bp.response(204)
def remove_portrait() -> None:
    """Show your initials instead; a second time changes nothing."""
    portraits.remove_portrait(actor())


@bp.delete("/admin/coaches/<uuid:coach_id>/portrait")
@needs("admin")
@bp.response(204)
def take_portrait_down(coach_id: uuid.UUID) -> None:
    """Remove a coach's picture that must not be shown; a second time changes nothing."""
    portraits.take_portrait_down(actor(), coach_id=coach_id)
