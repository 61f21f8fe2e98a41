"""Commands: begin a session, note that it is used, end one or all of a person's."""

import uuid
from datetime import datetime

from sqlalchemy import ColumnElement, delete, or_, select, true, update

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.accounts.rules import digest, new_feed_token
from marketplace.accounts.sessions import rules
from marketplace.accounts.sessions.models import UserSession
from marketplace.audit import service as audit
from marketplace.db import session, transactional, uuid7
from marketplace.errors import NotFound


@transactional
def begin_session(user: User, *, user_agent: str, place: str) -> tuple[UserSession, str]:
    """Sign a person in from a browser at an address; returns the session and the secret for its cookie."""
    secret, now = new_feed_token(), clock.now()
    begun = UserSession(
        id=uuid7(),
        user_id=user.id,
        user=user,
        digest=digest(secret),
        user_agent=user_agent[: rules.LONGEST_USER_AGENT],
        place=place,
        created_at=now,
        last_seen_at=now,
    )
    session().add(begun)
    audit.record(user.id, "session.begun", user.id, session=str(begun.id), place=place)
    return begun, secret


def note_seen(seen: UserSession) -> None:
    """Remember that a session is used; at most once in `rules.SEEN_NOTED_EVERY`, and no command otherwise."""
    now = clock.now()
    if rules.is_seen_anew(seen.last_seen_at, now):
        _note_seen(seen.id, now)


@transactional
def _note_seen(session_id: uuid.UUID, at: datetime) -> None:
    session().execute(update(UserSession).where(UserSession.id == session_id).values(last_seen_at=at))


@transactional
def end_session(user: User, *, session_id: uuid.UUID) -> None:
    """Sign one browser of a person out at once; a second time changes nothing."""
    known = select(UserSession.id).where(UserSession.id == session_id, UserSession.user_id == user.id)
    if session().scalar(known) is None:
        raise NotFound
    _end(user.id, actor_id=user.id, which=UserSession.id == session_id)


@transactional
def end_sessions(user_id: uuid.UUID, *, actor_id: uuid.UUID | None, kept: uuid.UUID | None = None) -> int:
    """Sign a person out everywhere, but for the session `kept`; returns in how many places."""
    return _end(user_id, actor_id=actor_id, which=true() if kept is None else UserSession.id != kept)


def _end(user_id: uuid.UUID, *, actor_id: uuid.UUID | None, which: ColumnElement[bool]) -> int:
    ended = update(UserSession).where(UserSession.user_id == user_id, UserSession.ended_at.is_(None), which)
    ids = session().scalars(ended.values(ended_at=clock.now()).returning(UserSession.id)).all()
    for session_id in ids:
        audit.record(actor_id, "session.ended", user_id, session=str(session_id))
    return len(ids)


@transactional
def forget_old_sessions() -> None:
    """Delete sessions that ended, or were last used, long ago."""
    long_ago = clock.now() - rules.KEPT_FOR
    session().execute(
        delete(UserSession).where(or_(UserSession.ended_at < long_ago, UserSession.last_seen_at < long_ago))
    )
