"""Commands: access tokens are made, used and ended."""

import uuid
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, select, update

from marketplace import clock
from marketplace.accounts.models import AccessToken, User
from marketplace.accounts.notices import service as notices
from marketplace.accounts.rules import digest
from marketplace.accounts.tokens import rules
from marketplace.audit import service as audit
from marketplace.db import session, transactional, uuid7
from marketplace.errors import Invalid, NotAllowed, NotFound
from marketplace.languages import gettext as _
from marketplace.languages import lazy_gettext as _l
from marketplace.languages import speaking


@transactional
def create_token(
    user: User,
    *,
    name: str,
    scopes: Collection[str],
    expires_at: datetime | None = None,
    made_by: AccessToken | None = None,
) -> tuple[AccessToken, str]:
    """Make a token; returns it and its text, which is never seen again. Its owner is told by mail.

    `made_by` is the token that asks, if one does: what it makes may do no more, ends no later, and ends with it.
    Raises Invalid for an admin's scope where `user` is none, NotAllowed for a stronger token.
    """
    if not rules.may_have(scopes, user.has_role("admin") if made_by else user.is_admin):
        raise Invalid(scopes=_("Only an admin can make a token that does what an admin does."))
    if not rules.may_hand_on(None if made_by is None else made_by.scopes, scopes):
        raise NotAllowed(_("A token cannot make one that may do more than itself; sign in on the page instead."))
    text, now = rules.new_token(), clock.now()
    token = AccessToken(
        id=uuid7(),
        user_id=user.id,
        made_by_id=made_by.id if made_by else None,
        name=name,
        hint=rules.hint(text),
        digest=digest(text),
        scopes=sorted(set(scopes), key=list(rules.SCOPES).index),
        expires_at=rules.lives_until(expires_at, made_by.expires_at if made_by else None, now),
        created_at=now,
    )
    session().add(token)
    # What ends the maker at the same moment ends this one, or waits for it.
    if made_by is not None:
        session().execute(select(AccessToken.id).where(AccessToken.id == made_by.id).with_for_update(key_share=True))
    audit.record(user.id, "token.created", token.id, name=name, scopes=token.scopes)
    with speaking(user.preferences):
        notices.tell(
            user,
            _l("A new access token was made"),
            _l(
                "A new access token “%(name)s” was made for your account. Until %(when)s a program that has it may: "
                "%(scopes)s.",
                name=name,
                when=clock.spoken(token.expires_at, user.timezone),
                scopes=", ".join(token.scopes),
            ),
        )
    return token, text


@transactional
def revoke_token(user: User, *, token_id: uuid.UUID, asked_with: AccessToken | None = None) -> None:
    """Make a token, and all that it made, useless at once; a second time changes nothing.

    With a token (`asked_with`): itself, what it made, and with the scope 'tokens' any of its owner's; else NotAllowed.
    """
    token = session().scalar(select(AccessToken).where(AccessToken.id == token_id, AccessToken.user_id == user.id))
    if token is None:
        raise NotFound
    if asked_with is not None and "tokens" not in asked_with.scopes and token_id not in _family(asked_with.id):
        raise NotAllowed(_("This token may end itself and what it made; to end others takes the scope 'tokens'."))
    _revoke(user.id, AccessToken.id.in_(_family(token_id)))


@transactional
def revoke_admin_tokens(user: User, *, by: User | None = None) -> None:
    """End every token of a person that does what an admin does: they have become one, or are one no more."""
    _revoke(by.id if by else None, AccessToken.user_id == user.id, AccessToken.scopes.overlap(rules.ADMIN_SCOPES))


def _revoke(by: uuid.UUID | None, *which: ColumnElement[bool]) -> None:
    ended = session().execute(
        update(AccessToken)
        .where(*which, AccessToken.revoked_at.is_(None))
        .values(revoked_at=clock.now())
        .returning(AccessToken.id, AccessToken.name)
    )
    for row in ended.all():
        audit.record(by, "token.revoked", row.id, name=row.name)


def _family(token_id: uuid.UUID) -> set[uuid.UUID]:
    """A token and all that it made, and that these made."""
    tree = select(AccessToken.id).where(AccessToken.id == token_id).cte(recursive=True)
    tree = tree.union_all(select(AccessToken.id).join(tree, AccessToken.made_by_id == tree.c.id))
    return set(session().scalars(select(tree.c.id)))


def note_use(token: AccessToken) -> None:
    """Remember when a token was last used, to the minute; in between it begins no command."""
    now = clock.now()
    if token.last_used_at is None or now - token.last_used_at >= rules.USE_NOTED_EVERY:
        _note_use(token.id, now)


@transactional
def _note_use(token_id: uuid.UUID, at: datetime) -> None:
    session().execute(update(AccessToken).where(AccessToken.id == token_id).values(last_used_at=at))
