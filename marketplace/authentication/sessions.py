"""The cookies of somebody signed in: they carry the secret of a row that can be ended."""

from typing import Any

from flask import Flask, g, request, session
from flask_login import user_logged_in, user_logged_out
from flask_security import Security
from flask_security.utils import set_request_attr

from marketplace.accounts.models import User
from marketplace.accounts.sessions import queries, service
from marketplace.accounts.sessions.models import UserSession

# Flask-Login puts it into the cookie of the session and into that of "Keep me signed in", and gives it to `load`.
CARRIED = "_user_id"


def register_sessions(security: Security) -> None:
    """Have signed-in people known by their session, no longer by themselves."""
    security.login_manager.user_loader(_load)


def current_session() -> UserSession | None:
    """The session of the browser that asks, once somebody has asked who is there."""
    found: UserSession | None = g.get("user_session")
    return found


def _load(secret: str) -> User | None:
    """Who is signed in with this secret, if that session goes on."""
    found = queries.by_secret(secret)
    if found is None:
        return None
    g.user_session = found
    service.note_seen(found)
    set_request_attr("fs_authn_via", "session")
    set_request_attr("fs_paa", session.get("fs_paa", 0))
    return found.user


@user_logged_in.connect
def _begin(_app: Flask, user: User, **_: Any) -> None:
    g.user_session, session[CARRIED] = service.begin_session(
        user, user_agent=request.user_agent.string, place=request.remote_addr or ""
    )


@user_logged_out.connect
def _end(_app: Flask, user: Any, **_: Any) -> None:
    ended = g.pop("user_session", None)
    if ended is not None and isinstance(user, User):
        service.end_session(user, session_id=ended.id)
