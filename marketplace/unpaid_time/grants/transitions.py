"""The one place where a grant changes its state, and gives its minutes back where it does."""

import uuid

from marketplace.audit.service import record
from marketplace.db import session
from marketplace.unpaid_time.grants import rules
from marketplace.unpaid_time.grants.models import Grant
from marketplace.unpaid_time.models import UnpaidEntry
from marketplace.unpaid_time.service.entries import cancel_out


def transition_grant(grant: Grant, to: str, *, by: uuid.UUID | None = None) -> None:
    """Move a locked grant to `to`; raises TransitionRefused. Unless it is booked then, its minutes are given back."""
    rules.GRANT_STATES.check(grant.status, to)
    grant.status = to
    if to not in rules.TAKEN:
        cancel_out(session().get_one(UnpaidEntry, grant.entry_id), by=by)
    record(by, f"grant.{to}", grant.id, minutes=grant.minutes)
