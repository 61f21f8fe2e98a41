"""Reading where people are signed in."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from marketplace import clock
from marketplace.accounts.rules import digest
from marketplace.accounts.sessions.models import UserSession
from marketplace.accounts.sessions.rules import IDLE_FOR
from marketplace.db import session


def by_secret(secret: str) -> UserSession | None:
    """The session with the secret of that cookie and its `.user`, in one statement; None where it has ended."""
    found = session().scalar(
        select(UserSession)
        .options(joinedload(UserSession.user, innerjoin=True))
        .where(
            UserSession.digest == digest(secret),
            UserSession.ended_at.is_(None),
            UserSession.last_seen_at > clock.now() - IDLE_FOR,
        )
    )
    return found if found is not None and found.user.active else None


def sessions_of(user_id: uuid.UUID) -> Sequence[UserSession]:
    """Where a person is signed in, the last used first."""
    chosen = select(UserSession).where(
        UserSession.user_id == user_id,
        UserSession.ended_at.is_(None),
        UserSession.last_seen_at > clock.now() - IDLE_FOR,
    )
    return session().scalars(chosen.order_by(UserSession.last_seen_at.desc(), UserSession.id.desc())).all()
