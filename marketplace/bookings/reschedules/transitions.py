"""The one place where a reschedule's status changes: table, stamp, audit."""

import uuid

from sqlalchemy import update

from marketplace import clock
from marketplace.audit.service import record
from marketplace.bookings.reschedules import rules
from marketplace.bookings.reschedules.models import Reschedule
from marketplace.db import session

# That a session moved is told of the session itself, that nobody answered of nobody.
AUDITED = frozenset({rules.DECLINED, rules.WITHDRAWN})


def transition(reschedule: Reschedule, to: str, *, by: uuid.UUID | None = None) -> None:
    """Move a locked proposal to the status `to`. Raises TransitionRefused where the table does not allow it."""
    rules.STATES.check(reschedule.status, to)
    reschedule.status = to
    reschedule.decided_at = clock.now()
    if to in AUDITED:
        record(by, f"booking.move_{to}", reschedule.booking_id)


def close_open_proposal(booking_id: uuid.UUID, to: str) -> None:
    """Move the open proposal of a locked booking, if there is one, to the status `to`."""
    rules.STATES.check(rules.PROPOSED, to)
    is_open = (Reschedule.booking_id == booking_id, Reschedule.status == rules.PROPOSED)
    session().execute(update(Reschedule).where(*is_open).values(status=to, decided_at=clock.now()))
