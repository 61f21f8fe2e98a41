"""Mail that is to be sent or was."""

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace import clock
from marketplace.db import Base, Instant, Key, Words
from marketplace.notifications.rules.messages import STATES, WAITING


class Message(Base):
    """One mail to one person. `key` names the fact it is about, so that it is never written twice.

    `status` moves by `rules.messages.STATES`. Until `claimed_until` somebody may be handing it to the mail server.
    """

    __tablename__ = "messages"
    __table_args__ = (
        CheckConstraint(STATES.constraint(), name="status"),
        # The thing that a mail is about, in keys like 'confirmed:ID:…'.
        Index("messages_subject_idx", text("split_part(key, ':', 2)")),
    )

    id: Mapped[Key]
    key: Mapped[Words | None] = mapped_column(unique=True)
    # One of `rules.kinds.KINDS`; None in mails from before there were kinds.
    kind: Mapped[Words | None]
    recipient: Mapped[Words] = mapped_column(index=True)
    subject: Mapped[Words]
    text: Mapped[Words]
    html: Mapped[Words | None]
    calendar: Mapped[Words | None]
    calendar_method: Mapped[Words | None]
    # Its text lets the reader in: it is kept until it was sent, no longer.
    secret: Mapped[bool] = mapped_column(default=False)
    status: Mapped[Words] = mapped_column(default=WAITING, index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[Words | None]
    claimed_until: Mapped[Instant | None]
    created_at: Mapped[Instant] = mapped_column(default=clock.now)
    sent_at: Mapped[Instant | None]
