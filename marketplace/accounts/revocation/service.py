"""Commands: end everything by which somebody acts or reads as a person."""

import uuid

from sqlalchemy import update

from marketplace import clock
from marketplace.accounts.models import AccessToken, FeedToken, User
from marketplace.accounts.sessions.service import end_sessions
from marketplace.audit import service as audit
from marketplace.db import session, transactional


@transactional
def revoke_access(user_id: uuid.UUID, *, actor_id: uuid.UUID | None) -> None:
    """End a person's sessions, remembered browsers, access tokens and calendar addresses, at once and all of them."""
    end_sessions(user_id, actor_id=actor_id)
    now = clock.now()
    for kind, action in ((AccessToken, "token.revoked"), (FeedToken, "feed.revoked")):
        live = update(kind).where(kind.user_id == user_id, kind.revoked_at.is_(None))
        for revoked in session().scalars(live.values(revoked_at=now).returning(kind.id)).all():
            audit.record(actor_id, action, revoked, owner=str(user_id))


@transactional
def note_password(user: User) -> None:
    """A person has chosen another password: what was opened under the old one ends in the same transaction."""
    revoke_access(user.id, actor_id=user.id)
    audit.record(user.id, "password.changed", user.id)
