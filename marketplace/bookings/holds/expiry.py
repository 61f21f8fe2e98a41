"""Holds that were not paid for in time end, and what was theirs is free again."""

import uuid
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, false, or_, select
from sqlalchemy.dialects.postgresql import Range

from marketplace import clock
from marketplace.bookings import queries, rules
from marketplace.bookings.holds import queries as hold_queries
from marketplace.bookings.models import Booking
from marketplace.bookings.transitions import expire_holds_where, transition
from marketplace.coaches.models import Coach
from marketplace.db import transactional
from marketplace.jobs import enqueue
from marketplace.payments.models import Payment
from marketplace.payments.service.payment_jobs import enqueue_payment


def expire_overlapping_holds(
    coach_id: uuid.UUID,
    mentee_id: uuid.UUID,
    blocked: Range[datetime],
    taking_place: Range[datetime],
    *,
    paid: bool = False,
) -> None:
    """Expire the lapsed holds in the way of a session: neither constraint nor trigger knows the time.

    In its way is what overlaps what it claims of its coach, or the time that it takes place of its mentee as a coach.
    Where it is `paid` for already, its mentee's own unpaid holds of the coach's time expire too.
    """
    settling = exists().where(Payment.id == Booking.payment_id, Payment.settling_since.is_not(None))
    held_again = and_(Booking.mentee_id == mentee_id, ~settling) if paid else false()
    lapsed = Booking.hold_expires_at <= clock.now()
    bought_by_coach = Booking.mentee_id == select(Coach.user_id).where(Coach.id == coach_id).scalar_subquery()
    sold_by_mentee = Booking.coach_id == select(Coach.id).where(Coach.user_id == mentee_id).scalar_subquery()
    abandoned = expire_holds_where(
        or_(
            and_(Booking.coach_id == coach_id, Booking.blocked.overlaps(blocked), or_(lapsed, held_again)),
            and_(bought_by_coach, Booking.starts_at < blocked.upper, Booking.ends_at > blocked.lower, lapsed),
            and_(sold_by_mentee, Booking.blocked.overlaps(taking_place), lapsed),
        )
    )
    for payment_id in abandoned:
        enqueue_payment("abandon_payment", payment_id)


def expire_lapsed_where(condition: ColumnElement[bool]) -> None:
    """Expire the lapsed holds of a condition now; what they used is free again. The caller has locked their coach."""
    for payment_id in expire_holds_where(and_(condition, Booking.hold_expires_at <= clock.now())):
        enqueue_payment("abandon_payment", payment_id)


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
        enqueue_payment("abandon_payment", lapsed[0].payment_id)
    notify_waitlist(lapsed[0].coach_id)


def notify_waitlist(coach_id: uuid.UUID) -> None:
    """Have the worker offer what is free of this coach's time to the waitlist."""
    enqueue("offer_freed", once=f"offer_freed:{coach_id}", coach_id=str(coach_id))


def expire_holds() -> None:
    """Expire every lapsed hold, also where its own job was lost."""
    for booking_id in hold_queries.lapsed_holds():
        expire_hold(str(booking_id))
