"""Commands: write a message, send it, have it tried again."""

import smtplib
import ssl
import uuid
from contextlib import suppress
from datetime import timedelta
from email.message import EmailMessage
from typing import Any, Protocol

import structlog
from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from marketplace import clock, config
from marketplace.audit.service import record
from marketplace.db import outside_commands, session, transactional, uuid7
from marketplace.errors import Conflict, NotAllowed, NotFound
from marketplace.jobs import enqueue
from marketplace.notifications import queries
from marketplace.notifications.choices.queries import declined
from marketplace.notifications.choices.service import unsubscribe_url
from marketplace.notifications.models import Message
from marketplace.notifications.rendering import queries as rendering
from marketplace.notifications.rules import mail as mail_rules
from marketplace.notifications.rules.kinds import BY_NAME, kind_of
from marketplace.notifications.rules.messages import FAILED, SENT, WAITING, mail_id
from marketplace.notifications.transitions import transition

SMTP_TIMEOUT_SECONDS = 20
# Longer than a mail server that answers at all takes: after a crash nobody tries again before that.
CLAIMED_FOR = timedelta(seconds=60)
# What this process has handed over and not recorded yet.
_handed_over: set[uuid.UUID] = set()

log = structlog.get_logger()


class Resender(Protocol):
    """A person as far as sending a message again goes."""

    id: uuid.UUID

    @property
    def is_admin(self) -> bool:
        """Whether they may."""
        ...


class BeingSent(Conflict):
    """This mail is being sent at this moment."""


class AlreadySent(Conflict):
    """This mail has been sent."""


class SecretGone(Conflict):
    """The link in this mail was not kept. Whom it was for asks for a new one on the page."""


@transactional
def notify(
    recipient_email: str,
    *,
    template: str,
    key: str | None = None,
    calendar: str | None = None,
    calendar_method: str | None = None,
    secret: bool = False,
    **context: Any,
) -> None:
    """Write a mail from `templates/<template>.txt` and the job that sends it, in the caller's transaction.

    The caller speaks the recipient's language (`with speaking(person.preferences):`). A `key` that was used before
    writes nothing, nor does what its reader has switched off. What is `secret`, because its link lets the reader in, is
    kept no longer than until it was sent. Templates know `site_name`, `public_url`, the filters
    `cents | money(currency)` and `instant | when(zone, until)`, and the parts that `rendering` names.
    """
    if kind_of(template).name in declined(recipient_email):
        return
    row = _written(recipient_email, template, context) | {
        "key": key,
        "calendar": calendar,
        "calendar_method": calendar_method,
        "secret": secret,
    }
    written = session().scalar(
        insert(Message).values(row).on_conflict_do_nothing(index_elements=["key"]).returning(Message.id)
    )
    if written is not None:
        enqueue("send_message", message_id=str(written))


@transactional
def draft(recipient_email: str, *, template: str, key: str, **context: Any) -> uuid.UUID | None:
    """Write a mail for a job that has just looked that it is true, and sends it by `send_message` itself.

    As long as it was not sent, each call writes it anew; once it was, there is none.
    """
    row = _written(recipient_email, template, context) | {"key": key}
    anew = {name: row[name] for name in ("recipient", "subject", "text", "html")}
    written = insert(Message).values(row)
    return session().scalar(
        written.on_conflict_do_update(index_elements=["key"], set_=anew, where=Message.status == WAITING).returning(
            Message.id
        )
    )


@transactional
def withdraw(key: str) -> None:
    """Delete a mail that was not sent and is not true any more."""
    session().execute(delete(Message).where(Message.key == key, Message.status != SENT))


def _written(recipient: str, template: str, context: dict[str, Any]) -> dict[str, Any]:
    return rendering.written(template, context, logo_url=rendering.logo_url()) | {
        "id": uuid7(),
        "kind": kind_of(template).name,
        "recipient": recipient,
        "status": WAITING,
        "attempts": 0,
        "created_at": clock.now(),
    }


def send_message(message_id: str) -> None:
    """Hand a mail to the mail server, outside every transaction; raises what went wrong, for the queue to try again.

    It is claimed, sent and recorded; raises BeingSent while somebody else has it. A process that dies after the server
    took it sends it twice, under one Message-ID, which mail programs show once.
    """
    key = uuid.UUID(message_id)
    # Otherwise the server has it from us already, and only the record is missing: the database was away.
    if key not in _handed_over:
        outside_commands()
        message = _claim(key)
        if message is None or not _send(message):
            return
        _handed_over.add(key)
    _note_sent(key)
    _handed_over.discard(key)


def _send(message: Message) -> bool:
    """Hand it over; False where that was its last try. Raises what another try may mend."""
    try:
        mail = _as_mail(message)
        bytes(mail)
    # Whatever no mail can be made of now will be no mail at the next try either.
    except Exception as error:
        _note_failure(message.id, attempts=message.attempts + 1, error=error, for_good=True)
        log.error("mail.not_built", message_id=str(message.id), error=str(error))
        return False
    try:
        _hand_over(mail)
    except (OSError, smtplib.SMTPException) as error:
        for_good = _refused_for_good(error)
        if _note_failure(message.id, attempts=message.attempts + 1, error=error, for_good=for_good):
            log.error("mail.failed", message_id=str(message.id), error=str(error))
            return False
        raise
    return True


@transactional
def _claim(message_id: uuid.UUID) -> Message | None:
    """A message that is to be sent, ours for the time that this may take; None where there is nothing to do."""
    message = queries.locked(message_id)
    if message is None or message.status == SENT:
        return None
    if message.claimed_until is not None and message.claimed_until > clock.now():
        raise BeingSent
    message.claimed_until = clock.now() + CLAIMED_FOR
    return message


@transactional
def resend(admin: Resender, *, message_id: uuid.UUID) -> None:
    """Try a failed mail again, from the first attempt; raises AlreadySent."""
    if not admin.is_admin:
        raise NotAllowed
    message = queries.locked(message_id)
    if message is None:
        raise NotFound
    if message.status == SENT:
        raise AlreadySent
    if message.secret and message.text == mail_rules.SECRET_GONE:
        raise SecretGone
    if message.status == FAILED:
        transition(message, WAITING)
    message.attempts = 0
    enqueue("send_message", once=f"send_message:{message.id}", message_id=str(message.id))
    record(admin.id, "message.resent", message.id)


@transactional
def _note_sent(message_id: uuid.UUID) -> None:
    message = queries.locked(message_id)
    if message is not None and message.status != SENT:
        message.attempts += 1
        transition(message, SENT)
        _forget_secret(message)


@transactional
def _note_failure(message_id: uuid.UUID, *, attempts: int, error: Exception, for_good: bool) -> bool:
    """Keep what went wrong; True if there will be no other try."""
    final = mail_rules.is_final(attempts, for_good)
    status = FAILED if final else WAITING
    message = queries.locked(message_id)
    if message is not None and message.status != SENT:
        message.attempts, message.error = attempts, f"{type(error).__name__}: {error}"
        message.claimed_until = None
        if message.status != status:
            transition(message, status)
        if final:
            _forget_secret(message)
    return final


def _forget_secret(message: Message) -> None:
    """Keep that a mail was written, not the link in it by which its reader is let in."""
    if message.secret:
        message.text, message.html = mail_rules.SECRET_GONE, None


def _refused_for_good(error: Exception) -> bool:
    """Did the server say no to this very mail, rather than fail?"""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(mail_rules.is_refused_for_good(code) for code, _ in error.recipients.values())
    return isinstance(error, smtplib.SMTPDataError) and mail_rules.is_refused_for_good(error.smtp_code)


def _as_mail(message: Message) -> EmailMessage:
    settings = config.current()
    return mail_rules.mail(
        message_id=mail_id(message.id, message.key),
        sender=settings.mail_from,
        recipient=message.recipient,
        subject=message.subject,
        text=message.text,
        html=message.html,
        calendar=message.calendar,
        calendar_method=message.calendar_method,
        created_at=message.created_at,
        public_url=settings.public_url,
        unsubscribe_url=unsubscribe_url(message.id) if message.kind and BY_NAME[message.kind].is_optional else None,
    )


def _hand_over(mail: EmailMessage) -> None:
    settings = config.current()
    server = smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=SMTP_TIMEOUT_SECONDS)
    try:
        if settings.smtp_starttls:
            server.starttls(context=ssl.create_default_context())
        if settings.smtp_username:
            server.login(settings.smtp_username, settings.smtp_password)
        server.send_message(mail)
    finally:
        # Once it has the mail, how it says goodbye does not matter.
        with suppress(OSError, smtplib.SMTPException):
            server.quit()
