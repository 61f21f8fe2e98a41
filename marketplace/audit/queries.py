"""Reading the audit trail."""

import uuid
from collections.abc import Sequence

from sqlalchemy import and_, or_, select

from marketplace.audit.models import READ, AuditEntry
from marketplace.db import session


def timeline_of(subject_id: uuid.UUID | str) -> Sequence[AuditEntry]:
    """What was done to one thing, the oldest first; who only looked at it is in the log."""
    chosen = select(AuditEntry).where(AuditEntry.subject_id == str(subject_id), AuditEntry.action != READ)
    return session().scalars(chosen.order_by(AuditEntry.id)).all()


def log(
    *,
    about: str = "",
    actor_id: uuid.UUID | None = None,
    looks: bool = False,
    before: uuid.UUID | None = None,
    limit: int,
) -> Sequence[AuditEntry]:
    """The record, the newest first: about one thing or person, by one actor, admins' looks at data alone.

    `before` is the last id of the page before.
    """
    chosen = select(AuditEntry)
    if about:
        named = [AuditEntry.details[name].contains([about]) for name in ("people", "coaches")]
        chosen = chosen.where(or_(AuditEntry.subject_id == about, and_(AuditEntry.action == READ, or_(*named))))
    if actor_id is not None:
        chosen = chosen.where(AuditEntry.actor_id == actor_id)
    if looks:
        chosen = chosen.where(AuditEntry.action == READ)
    if before is not None:
        chosen = chosen.where(AuditEntry.id < before)
    return session().scalars(chosen.order_by(AuditEntry.id.desc()).limit(limit)).all()
