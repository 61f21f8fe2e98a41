"""Changes of accounts: proposed, and made when enough admins agree."""

import uuid

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.db import Base, Instant, Key, Words


class AccountChange(Base):
    """One change of a person's account. `proposed_by` is None for the operator at the command line."""

    __tablename__ = "account_changes"
    __table_args__ = (
        CheckConstraint("kind in ('remove_admin', 'deactivate', 'reactivate')", name="kind"),
        CheckConstraint("made_at is null or withdrawn_at is null", name="ended_once"),
        CheckConstraint("confirmed_by is null or confirmed_by <> proposed_by", name="four_eyes"),
        Index(
            "account_changes_one_open_idx",
            "user_id",
            unique=True,
            postgresql_where=text("made_at is null and withdrawn_at is null"),
        ),
    )

    id: Mapped[Key]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"), index=True)
    kind: Mapped[Words]
    reason: Mapped[Words]
    proposed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    proposed_at: Mapped[Instant] = mapped_column(default=clock.now)
    confirmed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    made_at: Mapped[Instant | None]
    withdrawn_at: Mapped[Instant | None]

    user: Mapped[User] = relationship(foreign_keys=user_id, lazy="raise")
    proposer: Mapped[User | None] = relationship(foreign_keys=proposed_by, lazy="raise")
