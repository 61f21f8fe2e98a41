"""/coach/away-message: what mentees read while a coach is away."""

from typing import Any

from marketplace.api.auth import needs
from marketplace.api.editing import Editable
from marketplace.api.resource import Resource
from marketplace.coaches.away_messages import service
from marketplace.coaches.away_messages.schemas import ShownAwayMessageSchema, WholeAwayMessageSchema
from marketplace.coaches.models import Coach
from marketplace.coaches.queries import profile_of
from marketplace.http import actor

bp = Resource("away_messages_api", __name__, url_prefix="/api/v1/coach", description="A coach's away message")

MESSAGE = Editable(ShownAwayMessageSchema, lambda: profile_of(actor()))


@bp.get("/away-message")
@needs("read")
@bp.response(200, ShownAwayMessageSchema)
@MESSAGE.shown
def get_away_message() -> Coach:
    """What mentees read before they book or wait; null where there is none."""
    return profile_of(actor())


@bp.put("/away-message")
@needs("write")
@bp.arguments(WholeAwayMessageSchema)
@bp.response(200, ShownAwayMessageSchema)
@MESSAGE.edited
def set_away_message(data: dict[str, Any]) -> Coach:
    """Show these words up to and including that date, or until they are removed."""
    return service.set_away_message(actor(), **data)


@bp.delete("/away-message")
@needs("write")
@bp.response(204)
def remove_away_message() -> None:
    """Show none any more; a second time changes nothing."""
    service.remove_away_message(actor())
