"""Writing the audit trail."""

import uuid
from typing import Any

from marketplace.audit.models import READ, AuditEntry
from marketplace.db import session

__all__ = ["READ", "record"]


def record(actor_id: uuid.UUID | None, action: str, subject_id: uuid.UUID | str, **details: Any) -> None:
    """Write that `actor_id` (None: the application) did `action`, like 'coach.approved', to `subject_id`."""
    session().add(AuditEntry(actor_id=actor_id, action=action, subject_id=str(subject_id), details=details))
