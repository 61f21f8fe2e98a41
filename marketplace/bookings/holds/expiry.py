"""Holds that were not paid for in time end, and what was theirs is free again."""

import uuid
from datetime import datetime

from sqlalchemy import and_, exists, false, or_
from sqlalchemy.dialects.postgresql import Range

from marketplace import clock
from marketplace.bookings import queries, rules
from marketplace.bookings.holds import queries as hold_queries
from marketplace.bookings.models import Booking
from marketplace.bookings.transitions import expire_holds_where, transition
from marketplace.db import transactional
from marketplace.jobs import enqueue
from marketplace.payments.models import Payment


def expire_overlapping_holds(
    coach_id: uuid.UUID, interval: Range[datetime], *, paid_by: uuid.UUID | None = None
) -> None:
    """Expire the lapsed holds that overlap this time: the exclusion constraint knows no clock.

    Where the mentee `paid_by` has paid for the time already, that mentee's own unpaid holds of it expire too.
    """
    settling = exists().where(Payment.id == Booking.payment_id, Payment.settling_since.is_not(None))
    held_again = and_(Booking.mentee_id == paid_by, ~settling) if paid_by else false()
    abandoned = expire_holds_where(
        Booking.coach_id == coach_id,
        or_(Booking.hold_expires_at <= clock.now(), held_again),
        Booking.blocked.overlaps(interval),
    )
    for payment_id in abandoned:
        enqueue("abandon_payment", payment_id=str(payment_id))


@transactional
def expire_hold(booking_id: str) -> None:
    """Expire a hold that was not paid in time, with its series; harmless before that and twice."""
    bookings = queries.locked_with_series(queries.found(uuid.UUID(booking_id)))
    lapsed = [b for b in bookings if b.status == rules.HELD and b.hold_expires_at <= clock.now()]
    for booking in lapsed:
        transition(booking, rules.EXPIRED, reason=rules.NOT_PAID)
    if not lapsed:
        return
    if lapsed[0].payment_id is not None:
        enqueue("abandon_payment", payment_id=str(lapsed[0].payment_id))
    notify_waitlist(lapsed[0].coach_id)


def notify_waitlist(coach_id: uuid.UUID) -> None:
    """Have the worker offer what is free of this coach's time to the waitlist."""
    enqueue("offer_freed", once=f"offer_freed:{coach_id}", coach_id=str(coach_id))


def expire_holds() -> None:
    """Expire every lapsed hold, also where its own job was lost."""
    for booking_id in hold_queries.lapsed_holds():
        expire_hold(str(booking_id))
