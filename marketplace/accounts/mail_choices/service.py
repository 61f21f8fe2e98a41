"""Commands: a person switches kinds of mail off and on, or says no in a mail itself."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import update

from marketplace.accounts.models import User
from marketplace.audit import service as audit
from marketplace.db import session, transactional
from marketplace.errors import NotFound
from marketplace.notifications.choices import queries
from marketplace.notifications.choices import service as choices
from marketplace.notifications.rules import kinds
from marketplace.notifications.rules.kinds import MailKind


@dataclass(frozen=True)
class MailChoice:
    """A kind of mail as one person is sent it or not."""

    kind: MailKind
    on: bool


def mail_choices(person: User) -> list[MailChoice]:
    """Every kind of mail that this person may be sent; reminders are on unless none are wanted."""
    off = queries.declined(person.email) | ({kinds.REMINDERS} if person.reminders == "none" else set())
    offered = kinds.kinds_for(is_coach=person.has_role("coach"), is_admin=person.has_role("admin"))
    return [MailChoice(kind, kind.name not in off) for kind in offered]


@transactional
def choose_mails(person: User, *, declined: Collection[str]) -> User:
    """Send everything but these kinds; each one of `kinds.OPTIONAL`. Reminders are `service.choose_reminders`."""
    choices.choose(person.email, declined=[kind for kind in declined if kind != kinds.REMINDERS])
    audit.record(person.id, "mails.chosen", person.id, declined=sorted(declined))
    return person


@transactional
def unsubscribe(token: str) -> MailKind:
    """Send no more mails of the kind that this one was; a second time changes nothing.

    Raises NotFound for what is no such address, and for a kind that cannot be switched off.
    """
    message = choices.message_by_token(token)
    kind = optional_kind(message.kind)
    if kind.name == kinds.REMINDERS:
        session().execute(update(User).where(User.email == message.recipient).values(reminders="none"))
    else:
        choices.decline(message.recipient, [kind.name])
    return kind


def kind_by_token(token: str) -> MailKind:
    """The kind of mail that `unsubscribe` would end; raises NotFound as it does."""
    return optional_kind(choices.message_by_token(token).kind)


def optional_kind(name: str | None) -> MailKind:
    """The kind of that name, if it may be switched off; raises NotFound."""
    kind = kinds.BY_NAME.get(name or "")
    if kind is None or not kind.is_optional:
        raise NotFound
    return kind
