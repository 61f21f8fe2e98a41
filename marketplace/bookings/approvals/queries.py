"""Requests that wait for their coach, and those not answered or not captured in time."""

import uuid
from collections.abc import Sequence

from sqlalchemy import Select, and_, case, func, select

from marketplace import clock
from marketplace.bookings import rules
from marketplace.bookings.approvals import rules as approval_rules
from marketplace.bookings.models import Booking
from marketplace.bookings.queries import WHOLE
from marketplace.db import session
from marketplace.payments.models import Payment

# A request that is not approved ends at its `decide_by`, which is never later than the others. One that was approved
# in time ends for its money only once that was tried: our own delay is not the coach's.
_TRIED_FOR_LONG = func.greatest(Booking.decide_by, Payment.capture_wanted_at + approval_rules.CAPTURE_PATIENCE)
_UNTRIED = and_(Payment.capture_wanted_at.is_not(None), Payment.capture_begun_at.is_(None))
_ENDS_AT = case((_UNTRIED, Booking.starts_at), else_=func.least(Booking.starts_at, _TRIED_FOR_LONG))


def lapsed_requests(limit: int = 200) -> Sequence[uuid.UUID]:
    """Requests that were not answered in time, or approved and not captured in time."""
    return session().scalars(_lapsed().limit(limit)).all()


def has_lapsed(booking_id: uuid.UUID) -> bool:
    """Is this one of them?"""
    return session().scalar(_lapsed().where(Booking.id == booking_id)) is not None


def _lapsed() -> Select[uuid.UUID]:
    joined = select(Booking.id).join(Payment, Payment.id == Booking.payment_id)
    return joined.where(Booking.status == rules.REQUESTED, clock.now() >= _ENDS_AT)


def open_requests(coach_id: uuid.UUID, limit: int = 50) -> Sequence[Booking]:
    """Requests that a coach may still answer, with their people, the first to lapse first."""
    now = clock.now()
    chosen = (
        select(Booking)
        .join(Booking.payment)
        .options(*WHOLE)
        .where(
            Booking.coach_id == coach_id,
            Booking.status == rules.REQUESTED,
            Booking.starts_at > now,
            Booking.decide_by > now,
            Payment.capture_wanted_at.is_(None),
        )
    )
    return session().scalars(chosen.order_by(Booking.decide_by, Booking.id).limit(limit)).all()
