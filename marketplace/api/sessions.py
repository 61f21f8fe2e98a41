"""/me/sessions: the browsers in which the person who asks is signed in."""

import uuid
from typing import Any

from marketplace.accounts.sessions import queries, service
from marketplace.accounts.sessions.schemas import EndedSessionsSchema, UserSessionSchema
from marketplace.api.auth import needs
from marketplace.api.resource import Resource
from marketplace.http import actor

bp = Resource("sessions", __name__, url_prefix="/api/v1/me/sessions", description="Where you are signed in")


@bp.get("")
@needs("read")
@bp.response(200, UserSessionSchema(many=True))
def list_user_sessions() -> Any:
    """The browsers in which you are signed in, the last used first."""
    return queries.sessions_of(actor().id)


@bp.delete("")
@needs("tokens")
@bp.response(200, EndedSessionsSchema)
def end_user_sessions() -> dict[str, int]:
    """Sign yourself out of every browser at once; your access tokens go on."""
    person = actor()
    return {"ended": service.end_sessions(person.id, actor_id=person.id)}


@bp.delete("/<uuid:session_id>")
@needs("tokens")
@bp.response(204)
def end_user_session(session_id: uuid.UUID) -> None:
    """Sign one browser out at once; a second time changes nothing."""
    service.end_session(actor(), session_id=session_id)
