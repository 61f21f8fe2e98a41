"""The secret addresses of coaches, and the mails that came there."""

import uuid

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace import clock
from marketplace.asks.invitations.mailboxes.rules.states import STATES, USED, WAITING
from marketplace.coaches.models import Coach
from marketplace.db import Base, Instant, Key, Words


class MailInAddress(Base):
    """The address to which a coach forwards invitations. Only its digest is kept: null since it was removed.

    `generation` counts up with each new one.
    """

    __tablename__ = "mail_in_addresses"
    __table_args__ = (CheckConstraint("generation > 0", name="generation"),)

    coach_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("coaches.id", ondelete="CASCADE"), primary_key=True)
    generation: Mapped[int]
    digest: Mapped[Words | None] = mapped_column(unique=True)
    made_at: Mapped[Instant] = mapped_column(default=clock.now)

    coach: Mapped[Coach] = relationship(lazy="raise")


class ReceivedMail(Base):
    """A mail that came to a coach's address: whole until it was used, and for 30 days otherwise.

    `digest` is that of the mail, so that one that is delivered twice counts once. `reason` is a sentence in English;
    `quiet`: a program sent it, so it is never answered by a mail.
    """

    __tablename__ = "received_mails"
    __table_args__ = (
        CheckConstraint(STATES.constraint(), name="status"),
        CheckConstraint(f"(status = '{USED}') = (raw is null)", name="raw"),
        UniqueConstraint("coach_id", "digest"),
        Index("received_mails_coach_idx", "coach_id", "id"),
        Index("received_mails_waiting_idx", "id", postgresql_where=text("status = 'waiting'")),
        Index("received_mails_received_at_idx", "received_at"),
    )

    id: Mapped[Key]
    coach_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("coaches.id", ondelete="CASCADE"))
    status: Mapped[Words] = mapped_column(default=WAITING)
    raw: Mapped[bytes | None] = mapped_column(LargeBinary)
    digest: Mapped[Words]
    null_sender: Mapped[bool]
    quiet: Mapped[bool] = mapped_column(default=False)
    sender: Mapped[Words] = mapped_column(default="")
    subject: Mapped[Words] = mapped_column(default="")
    reason: Mapped[Words] = mapped_column(default="")
    invitation_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("invitations.id", ondelete="SET NULL"), index=True
    )
    received_at: Mapped[Instant] = mapped_column(default=clock.now)
    answered_at: Mapped[Instant | None]

    coach: Mapped[Coach] = relationship(lazy="raise")
