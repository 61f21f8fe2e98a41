"""The one place where an attendance report changes its state."""

import uuid
from typing import Any

from marketplace import clock
from marketplace.attendance.models import NoShowReport
from marketplace.attendance.rules import CONTESTED, REJECTED, SPLIT, STATES, UPHELD, WITHDRAWN
from marketplace.audit.service import record

# Written on the session, whose timeline tells of it.
ACTIONS = {
    CONTESTED: "booking.no_show_contested",
    UPHELD: "booking.no_show_upheld",
    REJECTED: "booking.case_decided",
    SPLIT: "booking.case_decided",
    WITHDRAWN: "booking.no_show_withdrawn",
}


def transition(
    report: NoShowReport,
    to: str,
    *,
    by: uuid.UUID | None = None,
    reason: str | None = None,
    refund_cents: int | None = None,
    **facts: Any,
) -> None:
    """Move a report to `to`; settled, it keeps who settled it, why and what was refunded. Raises TransitionRefused.

    The caller has locked the report. `by` is None where the application did it; `facts` are audited.
    """
    STATES.check(report.status, to)
    report.status = to
    if to in STATES.final:
        report.settled_at = clock.now()
        report.settled_by = by
        report.settled_why = reason or ""
        report.refund_cents = refund_cents
    if refund_cents is not None:
        facts |= {"refund_cents": refund_cents}
    record(by, ACTIONS[to], report.booking_id, **facts)
