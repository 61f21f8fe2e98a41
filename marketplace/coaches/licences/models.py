"""Licences of therapists."""

import uuid
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace import clock
from marketplace.coaches.licences.rules import CHECKED, STATES, SUBMITTED
from marketplace.coaches.models import Coach
from marketplace.db import Base, Instant, Key, Words
from marketplace.files.models import StoredFile


class Licence(Base):
    """One licence as a therapist gave it and an admin checked it; a renewal is another row.

    Only `transitions` assigns `status`. `reminded_days` is the last reminder sent, in days before the end.
    """

    __tablename__ = "licences"
    __table_args__ = (
        CheckConstraint(STATES.constraint(), name="status"),
        CheckConstraint("(status = 'submitted') = (decided_at is null)", name="decided"),
        Index("licences_coach_idx", "coach_id", "id"),
        Index("licences_ending_idx", "expires_on", postgresql_where=text(STATES.among({CHECKED}))),
    )

    id: Mapped[Key]
    coach_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("coaches.id", ondelete="RESTRICT"))
    status: Mapped[Words] = mapped_column(default=SUBMITTED)
    number: Mapped[Words]
    jurisdiction: Mapped[Words]
    expires_on: Mapped[date]
    file_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("stored_files.id", ondelete="RESTRICT"), index=True)
    file_name: Mapped[Words | None]
    submitted_at: Mapped[Instant] = mapped_column(default=clock.now)
    decided_at: Mapped[Instant | None]
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    reason: Mapped[Words | None]
    reminded_days: Mapped[int | None]

    coach: Mapped[Coach] = relationship(lazy="joined", innerjoin=True)
    file: Mapped[StoredFile | None] = relationship(lazy="raise")
