"""What may be changed about an account by an admin, and when a second one has to agree."""

import uuid

from marketplace.languages import lazy_gettext as _l

KINDS = {
    "remove_admin": _l("Remove the admin role"),
    "deactivate": _l("Deactivate the account"),
    "reactivate": _l("Let the person back in"),
}
LONGEST_REASON = 500


def applies(kind: str, *, active: bool, is_admin: bool) -> bool:
    """Is there anything to change? Who is deactivated is let in first."""
    return {"remove_admin": is_admin and active, "deactivate": active, "reactivate": not active}[kind]


def takes_from_admins(kind: str, *, is_admin: bool) -> bool:
    """Is there an active admin less afterwards?"""
    return is_admin and kind in {"remove_admin", "deactivate"}


def needs_second(actor_id: uuid.UUID | None, *, is_admin: bool) -> bool:
    """Does another admin have to agree? The operator at the command line, who has no id, needs nobody."""
    return is_admin and actor_id is not None


def may_confirm(actor_id: uuid.UUID, proposed_by: uuid.UUID | None) -> bool:
    """A second pair of eyes is not the first; the admin whom it is about may agree."""
    return actor_id != proposed_by
