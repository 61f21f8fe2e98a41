"""Audit entries: one row for each thing that was done."""

import uuid
from typing import Any

from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from marketplace import clock
from marketplace.db import Base, Instant, Key, Words

# An admin was shown other people's data: a look, where every other action is a deed.
READ = "personal_data.read"


class AuditEntry(Base):
    """Append-only: a trigger refuses UPDATE and DELETE."""

    __tablename__ = "audit_entries"

    id: Mapped[Key]
    at: Mapped[Instant] = mapped_column(default=clock.now, index=True)
    actor_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    action: Mapped[Words]
    subject_id: Mapped[Words] = mapped_column(index=True)
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
