"""Commands: decline kinds of mail, and take that along to another address."""

import uuid
from collections.abc import Collection

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert

from marketplace import clock, config
from marketplace.db import session, transactional
from marketplace.errors import NotFound
from marketplace.notifications.choices.models import DeclinedMail
from marketplace.notifications.models import Message


@transactional
def decline(recipient: str, kinds: Collection[str]) -> None:
    """Send these kinds there no more; what was declined before stays so."""
    now = clock.now()
    rows = [{"recipient": recipient, "kind": kind, "declined_at": now} for kind in kinds]
    if rows:
        session().execute(insert(DeclinedMail).values(rows).on_conflict_do_nothing())


@transactional
def choose(recipient: str, *, declined: Collection[str]) -> None:
    """Decline exactly these kinds."""
    others = DeclinedMail.kind.not_in(declined)
    session().execute(delete(DeclinedMail).where(DeclinedMail.recipient == recipient, others))
    decline(recipient, declined)


@transactional
def move_choices(old: str, new: str) -> None:
    """Take what was declined along when a person changes their address."""
    session().execute(delete(DeclinedMail).where(DeclinedMail.recipient == new))
    session().execute(update(DeclinedMail).where(DeclinedMail.recipient == old).values(recipient=new))


def message_by_token(token: str) -> Message:
    """The message whose unsubscribe address ends so; raises NotFound."""
    try:
        message = session().get(Message, uuid.UUID(_signer().loads(token)))
    except (BadSignature, ValueError) as error:
        raise NotFound from error
    if message is None:
        raise NotFound
    return message


def unsubscribe_url(message_id: uuid.UUID) -> str:
    """Where the mail's reader, or a mail program alone (RFC 8058), says no to more of its kind."""
    return f"{config.current().public_url.rstrip('/')}/unsubscribe/{_signer().dumps(message_id.hex)}"


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(config.current().secret_key, salt="unsubscribe")
