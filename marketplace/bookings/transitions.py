"""The one place where a booking's status changes: table, stamp, audit."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, update

from marketplace import clock
from marketplace.audit.service import record
from marketplace.bookings import rules
from marketplace.bookings.models import Booking
from marketplace.db import session


def transition(
    booking: Booking,
    to: str,
    *,
    by: uuid.UUID | None = None,
    reason: str | None = None,
    outcome: str | None = None,
    ended_by: uuid.UUID | None = None,
    action: str | None = None,
    **details: Any,
) -> None:
    """Move a locked booking to the status `to`. Raises TransitionRefused where the table does not allow it.

    `by` did it (None: the system), in whose name the booking ends unless `ended_by` says otherwise. The audit entry is
    `booking.{to}`, or `booking.{action}` where one status is reached in several ways, with `details`.
    """
    rules.STATES.check(booking.status, to)
    now = clock.now()
    booking.status = to
    booking.outcome = outcome
    if to in rules.CLAIMING:
        booking.ended_at = booking.ended_by = booking.end_reason = None
    else:
        booking.ended_at, booking.ended_by, booking.end_reason = now, ended_by or by, reason
    if to == rules.CONFIRMED and booking.confirmed_at is None:
        booking.confirmed_at = now
    if to == rules.CANCELLED:
        # RFC 5545 3.8.7.4: what cancels an event in a calendar carries a higher SEQUENCE than what put it there.
        booking.sequence += 1
    if to == rules.EXPIRED:
        details["reason"] = reason
    if to == rules.COMPLETED:
        details["outcome"] = outcome
    record(by, f"booking.{action or to}", booking.id, **details)


def expire_holds_where(*conditions: ColumnElement[bool]) -> Sequence[uuid.UUID]:
    """End the unpaid holds that meet the conditions, in one statement; the ids of the payments they had begun."""
    rules.STATES.check(rules.HELD, rules.EXPIRED)
    expired = (
        update(Booking)
        .where(Booking.status == rules.HELD, *conditions)
        .values(status=rules.EXPIRED, ended_at=clock.now(), end_reason=rules.NOT_PAID)
        .returning(Booking.id, Booking.payment_id)
        .execution_options(synchronize_session=False)
    )
    found = session().execute(expired).all()
    for booking_id, _payment_id in found:
        record(None, "booking.expired", booking_id, reason=rules.NOT_PAID)
    return [payment_id for _booking_id, payment_id in found if payment_id is not None]
