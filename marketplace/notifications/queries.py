"""Reads: what was told, and what could not be."""

import uuid
from collections.abc import Sequence

from sqlalchemy import func, select

from marketplace.db import session
from marketplace.notifications.models import Message


def failed(limit: int = 100) -> Sequence[Message]:
    """Mails that nobody tries to send any more, the newest first."""
    chosen = select(Message).where(Message.status == "failed").order_by(Message.id.desc()).limit(limit)
    return session().scalars(chosen).all()


def counts() -> dict[str, int]:
    """How many mails wait, were sent, failed."""
    rows = session().execute(select(Message.status, func.count()).group_by(Message.status)).all()
    return {"waiting": 0, "sent": 0, "failed": 0} | {status: int(count) for status, count in rows}


def sent_to(recipient: str, limit: int = 100) -> Sequence[Message]:
    """Everything meant for one address, the newest first."""
    chosen = select(Message).where(Message.recipient == recipient).order_by(Message.id.desc()).limit(limit)
    return session().scalars(chosen).all()


def one(message_id: uuid.UUID) -> Message | None:
    """The message with that id."""
    return session().get(Message, message_id)


def told_of(key_beginning: str, recipient: str) -> Sequence[Message]:
    """Mails about one fact that one person was sent, the oldest first."""
    chosen = select(Message).where(
        Message.key.startswith(key_beginning, autoescape=True),
        Message.recipient == recipient,
        Message.sent_at.is_not(None),
    )
    return session().scalars(chosen.order_by(Message.id)).all()
