"""Commands: profiles, roles, calendar addresses, and the memory of repeated requests."""

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from marketplace import clock
from marketplace.accounts import rules
from marketplace.accounts.addresses.rules import normalized
from marketplace.accounts.models import FeedToken, IdempotentRequest, Role, User
from marketplace.accounts.queries import active_admins
from marketplace.accounts.tokens.service import revoke_admin_tokens
from marketplace.audit import service as audit
from marketplace.db import refusing, session, transactional, uuid7
from marketplace.errors import Conflict, Invalid, NotAllowed, NotFound
from marketplace.languages import gettext as _
from marketplace.languages import speaking
from marketplace.notifications.service import notify


class AddressTaken(Conflict):
    """Somebody has signed up with this address in the meantime."""


class StillRunning(Conflict):
    """The first request with this Idempotency-Key is still being answered; ask again in a moment."""


@dataclass(frozen=True)
class Answer:
    """What a request was answered: HTTP status, JSON body, and the headers that matter."""

    status: int
    json: Any
    headers: dict[str, str]


@transactional
def update_profile(user: User, *, name: str | None = None, timezone: str | None = None) -> User:
    """Change what is given; the rest stays."""
    person = session().get_one(User, user.id)
    if name is not None:
        person.name = name
    if timezone is not None:
        person.timezone = timezone
    return person


@transactional
def choose_preferences(user: User, *, locale: str, hour_cycle: str = "", first_weekday: int | None = None) -> User:
    """How a person reads, on pages and in mails; '' and None: as the browser says, and the locale has it."""
    person = session().get_one(User, user.id)
    person.locale, person.hour_cycle, person.first_weekday = locale, hour_cycle, first_weekday
    return person


@transactional
def choose_reminders(user: User, *, reminders: str) -> User:
    """Which reminders come before a session: one of `rules.REMINDERS`."""
    person = session().get_one(User, user.id)
    person.reminders = reminders
    return person


@transactional
def create_feed(user: User, *, side: str) -> tuple[FeedToken, str]:
    """Make the secret of a new address for one side of a person's sessions; an older one stops working."""
    if not rules.may_have_feed(side, user.has_role("coach")):
        raise NotAllowed(_("Only a coach has sessions as a coach."))
    # Two who ask at once are answered one after the other.
    session().execute(select(User.id).where(User.id == user.id).with_for_update(key_share=True))
    _revoke_feeds(user, FeedToken.side == side)
    text = rules.new_feed_token()
    feed = FeedToken(id=uuid7(), user_id=user.id, side=side, digest=rules.digest(text), created_at=clock.now())
    session().add(feed)
    audit.record(user.id, "feed.created", feed.id, side=side)
    return feed, text


@transactional
def revoke_feed(user: User, *, feed_id: uuid.UUID) -> None:
    """Make an address useless at once; a second time changes nothing."""
    if session().scalar(select(FeedToken.id).where(FeedToken.id == feed_id, FeedToken.user_id == user.id)) is None:
        raise NotFound
    _revoke_feeds(user, FeedToken.id == feed_id)


def _revoke_feeds(user: User, which: ColumnElement[bool]) -> None:
    live = (FeedToken.user_id == user.id, FeedToken.revoked_at.is_(None), which)
    gone = session().scalar(update(FeedToken).where(*live).values(revoked_at=clock.now()).returning(FeedToken.id))
    if gone is not None:
        audit.record(user.id, "feed.revoked", gone)


@transactional
def grant_role(actor: User | None, *, user_id: uuid.UUID, role: str) -> User:
    """Give a person a role; None as the actor is the operator at the command line."""
    if not rules.may_grant_roles(None if actor is None else actor.is_admin):
        raise NotAllowed
    person = session().get(User, user_id)
    if person is None:
        raise NotFound
    if role not in rules.ROLES:
        raise Invalid(role=_("A role is one of %(join)s.", join=", ".join(rules.ROLES)))
    if not person.has_role(role):
        person.roles.append(_role(role))
        if role == "admin":
            revoke_admin_tokens(person, by=actor)
        audit.record(actor.id if actor else None, "role.granted", person.id, role=role)
    return person


@transactional
def create_admin(*, email: str, name: str, password_hash: str, timezone: str = "UTC") -> User:
    """A confirmed admin, made by the operator; raises AddressTaken, and ValueError for what is no address."""
    key = uuid7()
    person = User(
        id=key,
        email=normalized(email),
        name=name,
        timezone=timezone,
        password=password_hash,
        fs_uniquifier=uuid.uuid4().hex,
        confirmed_at=clock.now(),
        created_at=clock.now(),
    )
    with refusing("users_email_key", AddressTaken):
        session().add(person)
    return grant_role(None, user_id=key, role="admin")


def _role(name: str) -> Role:
    session().execute(insert(Role).values(id=uuid7(), name=name).on_conflict_do_nothing(index_elements=["name"]))
    return session().scalars(select(Role).where(Role.name == name)).one()


@transactional
def begin_request(user: User, *, key: str, fingerprint: str) -> tuple[uuid.UUID, Answer | None]:
    """Claim an Idempotency-Key: the claim's id, and the answer if the same request was answered before.

    Raises StillRunning while the first one runs, Invalid if the key came with another request.
    """
    claimed = session().scalar(
        insert(IdempotentRequest)
        .values(id=uuid7(), user_id=user.id, key=key, fingerprint=fingerprint, created_at=clock.now())
        .on_conflict_do_nothing(index_elements=["user_id", "key"])
        .returning(IdempotentRequest.id)
    )
    if claimed is not None:
        return claimed, None
    known = session().scalar(
        select(IdempotentRequest)
        .where(IdempotentRequest.user_id == user.id, IdempotentRequest.key == key)
        # Whoever runs it holds the row.
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    if known is None:
        raise StillRunning
    if known.fingerprint != fingerprint:
        raise Invalid(**{"Idempotency-Key": _("This key was used for another request; take a new one for each.")})
    answered = _answer_of(known)
    if answered is not None:
        return known.id, answered
    if not rules.is_abandoned(known.created_at, clock.now()):
        raise StillRunning
    known.created_at = clock.now()
    return known.id, None


def _answer_of(known: IdempotentRequest) -> Answer | None:
    if known.http_status is None or known.body is None:
        return None
    return Answer(known.http_status, known.body["json"], known.body["headers"])


@transactional
def take_request(request_id: uuid.UUID) -> Answer | None:
    """Hold a claimed request until the running transaction ends; its answer, if somebody else was quicker."""
    known = session().get(IdempotentRequest, request_id, with_for_update=True, populate_existing=True)
    if known is None:
        raise StillRunning
    return _answer_of(known)


@transactional
def finish_request(request_id: uuid.UUID, *, answer: Answer) -> None:
    """Keep the answer for repetitions. The first one kept stays."""
    session().execute(
        update(IdempotentRequest)
        .where(IdempotentRequest.id == request_id, IdempotentRequest.http_status.is_(None))
        .values(http_status=answer.status, body={"json": answer.json, "headers": answer.headers})
    )


@transactional
def forget_request(request_id: uuid.UUID) -> None:
    """Let the key be used again: the request broke before it had an answer worth keeping."""
    session().execute(
        delete(IdempotentRequest).where(IdempotentRequest.id == request_id, IdempotentRequest.http_status.is_(None))
    )


@transactional
def forget_old_requests() -> None:
    """Forget the answers of requests older than a day."""
    session().execute(
        delete(IdempotentRequest).where(IdempotentRequest.created_at < clock.now() - rules.REMEMBERED_FOR)
    )


def notify_admins(*, key: str | None = None, **mail: Any) -> None:
    """Write the same mail to every admin, in the language of each; to each once for a `key`.

    See `notifications.service.notify`. What is given is data or lazy text, which the template says.
    """
    for admin in active_admins():
        with speaking(admin.preferences):
            notify(admin.email, key=None if key is None else f"{key}:{admin.email}", **mail)
