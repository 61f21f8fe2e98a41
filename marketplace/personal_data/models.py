"""Wishes to leave, and copies of what is kept."""

import uuid

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.db import Base, Instant, Key, Words
from marketplace.files.models import StoredFile

OPEN = "withdrawn_at is null and refused_at is null and made_at is null"


class AccountDeletion(Base):
    """A person wants to leave. Until `due_at` they may withdraw it; `refusal` says why it was not made then."""

    __tablename__ = "account_deletions"
    __table_args__ = (
        CheckConstraint("num_nonnulls(withdrawn_at, refused_at, made_at) <= 1", name="ended_once"),
        CheckConstraint("(refused_at is null) = (refusal is null)", name="refusal"),
        Index("account_deletions_one_open_idx", "user_id", unique=True, postgresql_where=text(OPEN)),
        Index("account_deletions_due_idx", "due_at", postgresql_where=text(OPEN)),
    )

    id: Mapped[Key]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"), index=True)
    asked_at: Mapped[Instant] = mapped_column(default=clock.now)
    due_at: Mapped[Instant]
    withdrawn_at: Mapped[Instant | None]
    refused_at: Mapped[Instant | None]
    refusal: Mapped[Words | None]
    made_at: Mapped[Instant | None]

    user: Mapped[User] = relationship(lazy="raise")


class AccountExport(Base):
    """A copy of everything that is kept of a person, for them alone; `file_id` once a job has made it."""

    __tablename__ = "account_exports"
    __table_args__ = (
        CheckConstraint("(made_at is null) = (file_id is null)", name="made"),
        Index("account_exports_one_open_idx", "user_id", unique=True, postgresql_where=text("made_at is null")),
    )

    id: Mapped[Key]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    asked_at: Mapped[Instant] = mapped_column(default=clock.now)
    made_at: Mapped[Instant | None]
    expires_at: Mapped[Instant | None]
    file_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("stored_files.id", ondelete="RESTRICT"), index=True)

    user: Mapped[User] = relationship(lazy="raise")
    file: Mapped[StoredFile | None] = relationship(lazy="raise")

    @property
    def size_bytes(self) -> int | None:
        """Of the archive; None while it is being made."""
        return None if self.file is None else self.file.size_bytes
