"""Reading the trail."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select

from marketplace.audit.models import AuditEntry
from marketplace.db import session


def story_of(subject_id: uuid.UUID | str) -> Sequence[AuditEntry]:
    """Everything that was done to one thing, the oldest first."""
    chosen = select(AuditEntry).where(AuditEntry.subject_id == str(subject_id)).order_by(AuditEntry.id)
    return session().scalars(chosen).all()


def latest(limit: int = 100) -> Sequence[AuditEntry]:
    """The last deeds of everybody, the newest first."""
    return session().scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(limit)).all()
