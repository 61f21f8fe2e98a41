"""Reading the audit trail."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select

from marketplace.audit.models import AuditEntry
from marketplace.db import session


def timeline_of(subject_id: uuid.UUID | str) -> Sequence[AuditEntry]:
    """Every audit entry about one thing, the oldest first."""
    chosen = select(AuditEntry).where(AuditEntry.subject_id == str(subject_id)).order_by(AuditEntry.id)
    return session().scalars(chosen).all()
