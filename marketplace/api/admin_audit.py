"""/admin/audit-log: who did what to what, and which admin looked at whose data."""

import uuid
from typing import Any

from marketplace.api.auth import needs
from marketplace.api.resource import Resource
from marketplace.audit import queries
from marketplace.audit.schemas import AuditFilterSchema, AuditLogSchema
from marketplace.coaches import queries as coaches

bp = Resource("admin_audit_api", __name__, url_prefix="/api/v1/admin", description="The audit log, for admins")


@bp.get("/audit-log")
@needs("admin:read")
@bp.arguments(AuditFilterSchema, location="query")
@bp.response(200, AuditLogSchema)
def list_audit_entries(wanted: dict[str, Any]) -> dict[str, Any]:
    """Lines of the audit log, the newest first: what was done, and whose data an admin looked at."""
    about, by, after, limit = (wanted.pop(name) for name in ("about", "by", "after", "limit"))
    found = queries.log(
        **wanted, about=_names_of(about), actor_ids=None if by is None else [by], before=after, limit=limit + 1
    )
    return {"items": found[:limit], "next_cursor": found[limit - 1].id if len(found) > limit else None}


def _names_of(subject: uuid.UUID | None) -> list[str]:
    """The ids under which lines speak of a thing or a person: a coach's profile is the coach's too."""
    if subject is None:
        return []
    return [str(subject), *map(str, coaches.ids_of([subject]))]
