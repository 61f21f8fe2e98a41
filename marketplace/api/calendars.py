"""/coach/calendars: a coach's calendars elsewhere."""

import uuid
from typing import Any

from marketplace.api.auth import needs
from marketplace.api.idempotency import idempotent
from marketplace.api.resource import Resource
from marketplace.calendars import queries
from marketplace.calendars.schemas import CalendarSchema, NewCalendarSchema
from marketplace.calendars.service import subscriptions as calendar_subscriptions
from marketplace.http import actor

bp = Resource(
    "calendars_api",
    __name__,
    url_prefix="/api/v1/coach/calendars",
    description="When a coach is busy elsewhere",
)


@bp.get("")
@needs("read")
@bp.response(200, CalendarSchema(many=True))
def list_calendars() -> list[queries.CalendarStatus]:
    """Your calendars and where each of them stands."""
    return queries.calendars_of(actor())


@bp.post("")
@needs("write")
@idempotent
@bp.arguments(NewCalendarSchema)
@bp.response(201, CalendarSchema)
def add_calendar(data: dict[str, Any]) -> queries.CalendarStatus:
    """Read a calendar from now on. The first reading follows in a moment; `state` says how it went."""
    return queries.listed(calendar_subscriptions.add(actor(), **data))


@bp.post("/<uuid:calendar_id>/read")
@needs("write")
@bp.response(200, CalendarSchema)
def read_calendar(calendar_id: uuid.UUID) -> queries.CalendarStatus:
    """Read it as soon as a worker can."""
    return queries.listed(calendar_subscriptions.read_now(actor(), calendar_id=calendar_id))


@bp.delete("/<uuid:calendar_id>")
@needs("write")
@bp.response(204)
def remove_calendar(calendar_id: uuid.UUID) -> None:
    """Forget it and its busy times."""
    calendar_subscriptions.remove(actor(), calendar_id=calendar_id)
