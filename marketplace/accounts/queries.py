"""Reading people, their tokens and calendar addresses."""

import uuid
from collections.abc import Collection, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from marketplace import clock
from marketplace.accounts.addresses.rules import normalized
from marketplace.accounts.models import AccessToken, FeedToken, Role, User
from marketplace.accounts.rules import digest
from marketplace.accounts.tokens import rules as token_rules
from marketplace.db import session
from marketplace.errors import NotFound


def only_admins(actor: User) -> None:
    """Raise NotFound for anybody but an admin."""
    if not actor.is_admin:
        raise NotFound


def user_by_token(text: str) -> AccessToken | None:
    """The token with that text and its `.user`, if both may be used now; otherwise None."""
    token = session().scalar(
        select(AccessToken)
        .options(joinedload(AccessToken.user, innerjoin=True))
        .where(AccessToken.digest == digest(text))
    )
    if token is None or not token_rules.is_live(token.expires_at, token.revoked_at, clock.now()):
        return None
    return token if token.user.active and token.user.confirmed_at is not None else None


def tokens_of(user: User) -> Sequence[AccessToken]:
    """A person's tokens that are not revoked, the newest first; expired ones are among them."""
    chosen = select(AccessToken).where(AccessToken.user_id == user.id, AccessToken.revoked_at.is_(None))
    return session().scalars(chosen.order_by(AccessToken.id.desc())).all()


def feed_by_token(text: str) -> FeedToken | None:
    """The calendar address with that secret and its `.user`, if it may be read now; otherwise None."""
    chosen = select(FeedToken).options(joinedload(FeedToken.user, innerjoin=True))
    feed = session().scalar(
        chosen.where(FeedToken.digest == digest(text), FeedToken.revoked_at.is_(None)),
        execution_options={"populate_existing": True},
    )
    return feed if feed is not None and feed.user.active else None


def feeds_of(user: User) -> Sequence[FeedToken]:
    """A person's calendar addresses that work."""
    chosen = select(FeedToken).where(FeedToken.user_id == user.id, FeedToken.revoked_at.is_(None))
    return session().scalars(chosen.order_by(FeedToken.side.desc())).all()


def by_id(user_id: uuid.UUID) -> User | None:
    """The person with that id."""
    return session().get(User, user_id)


def by_email(email: str) -> User | None:
    """The person with that address, however it is written."""
    try:
        known = normalized(email)
    except ValueError:
        return None
    return session().scalar(select(User).where(User.email == known))


def active_admins() -> Sequence[User]:
    """All admins who may sign in, those of longest standing first."""
    chosen = select(User).join(User.roles).where(Role.name == "admin", User.active)
    return session().scalars(chosen.order_by(User.id)).all()


def other_admins(user_id: uuid.UUID) -> int:
    """How many admins there are who are active, but for that one."""
    chosen = select(func.count()).select_from(User).join(User.roles)
    return session().scalar(chosen.where(Role.name == "admin", User.active, User.id != user_id)) or 0


def names(user_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The names of these people, by id."""
    rows = session().execute(select(User.id, User.name).where(User.id.in_(user_ids)))
    return {row.id: row.name for row in rows}
