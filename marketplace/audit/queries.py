"""Reading the audit trail."""

import uuid
from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import and_, or_, select

from marketplace import clock
from marketplace.audit.models import READ, AuditEntry
from marketplace.db import session


def timeline_of(subject_id: uuid.UUID | str) -> Sequence[AuditEntry]:
    """What was done to one thing, the oldest first; who only looked at it is in the log."""
    chosen = select(AuditEntry).where(AuditEntry.subject_id == str(subject_id), AuditEntry.action != READ)
    return session().scalars(chosen.order_by(AuditEntry.id)).all()


def log(
    *,
    about: Collection[str] = (),
    actor_ids: Collection[uuid.UUID] | None = None,
    looks: bool = False,
    kind: str = "",
    since: date | None = None,
    until: date | None = None,
    before: uuid.UUID | None = None,
    descending: bool = True,
    offset: int = 0,
    limit: int | None = None,
) -> Sequence[AuditEntry]:
    """The log in order of time: about any of these things or people, by any of these actors.

    `looks`: admins' looks at data alone. `kind` is the first part of actions, like 'payout'. `since` and `until` are
    days, UTC, the last one included; `before` is a line, and those older than it are answered.
    """
    chosen = select(AuditEntry)
    if about:
        named = [AuditEntry.details[name].contains([each]) for name in ("people", "coaches") for each in about]
        seen = and_(AuditEntry.action == READ, or_(*named))
        chosen = chosen.where(or_(AuditEntry.subject_id.in_(about), seen))
    if actor_ids is not None:
        chosen = chosen.where(AuditEntry.actor_id.in_(actor_ids))
    if looks:
        chosen = chosen.where(AuditEntry.action == READ)
    if kind:
        chosen = chosen.where(AuditEntry.action.startswith(f"{kind}.", autoescape=True))
    if since is not None:
        chosen = chosen.where(AuditEntry.at >= clock.midnight(since))
    if until is not None:
        chosen = chosen.where(AuditEntry.at < clock.midnight(until, days_later=1))
    if before is not None:
        chosen = chosen.where(AuditEntry.id < before)
    order = AuditEntry.id.desc() if descending else AuditEntry.id
    return session().scalars(chosen.order_by(order).offset(offset).limit(limit)).all()
