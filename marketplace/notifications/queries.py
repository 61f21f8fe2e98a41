"""Reading messages: what was sent, and what could not be."""

import uuid
from collections.abc import Sequence

from sqlalchemy import func, select

from marketplace.db import session
from marketplace.notifications.models import Message
from marketplace.notifications.rules.messages import FAILED, STATES


def failed(limit: int = 100) -> Sequence[Message]:
    """Mails that nobody tries to send any more, the newest first."""
    chosen = select(Message).where(Message.status == FAILED).order_by(Message.id.desc()).limit(limit)
    return session().scalars(chosen).all()


def counts() -> dict[str, int]:
    """How many mails wait, were sent, failed."""
    rows = session().execute(select(Message.status, func.count()).group_by(Message.status)).all()
    return dict.fromkeys(STATES.states, 0) | {status: int(count) for status, count in rows}


def locked(message_id: uuid.UUID) -> Message | None:
    """The message with that id, locked until the transaction ends."""
    return session().get(Message, message_id, with_for_update=True, populate_existing=True)


def sent_about(key_beginning: str, recipient: str) -> Sequence[Message]:
    """The mails that one person was sent under keys that begin so, the oldest first."""
    chosen = select(Message).where(
        Message.key.startswith(key_beginning, autoescape=True),
        Message.recipient == recipient,
        Message.sent_at.is_not(None),
    )
    return session().scalars(chosen.order_by(Message.id)).all()
