"""How often a coupon is in use: the bookings that use it, counted."""

import uuid
from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from marketplace import clock
from marketplace.bookings import rules
from marketplace.bookings.disputes.models import DisputeLoss
from marketplace.bookings.models import Booking
from marketplace.db import session
from marketplace.payments import rules as payment_rules
from marketplace.payments.models import Payment


def in_use() -> ColumnElement[bool]:
    """Does a booking hold a use? One that lapsed does as long as money may still come for it.

    What a dispute took may be returned by an appeal, so it frees no use.
    """
    waits = Payment.status.in_(payment_rules.UNDECIDED)
    lost = exists().where(DisputeLoss.booking_id == Booking.id)
    just_paid = and_(Payment.status == payment_rules.PAID, or_(Booking.refunded_cents == 0, lost))
    kept = and_(Payment.status == payment_rules.PAID, or_(Booking.refunded_cents < Booking.price_cents, lost))
    return or_(
        Booking.status.in_(rules.BOOKED),
        and_(Booking.status == rules.HELD, or_(Booking.hold_expires_at > clock.now(), waits, just_paid)),
        and_(Booking.status == rules.EXPIRED, or_(waits, just_paid)),
        and_(Booking.status == rules.CANCELLED, kept),
    )


def uses_of(coupon_id: uuid.UUID, mentee_id: uuid.UUID, *, ignoring: Collection[uuid.UUID] = ()) -> tuple[int, int]:
    """How many bookings use a coupon, and how many of these are this mentee's. Counted under the coach's lock."""
    chosen = (
        select(func.count(), func.count().filter(Booking.mentee_id == mentee_id))
        .select_from(Booking)
        .outerjoin(Payment, Payment.id == Booking.payment_id)
        .where(Booking.coupon_id == coupon_id, Booking.id.not_in(ignoring), in_use())
    )
    everybody, own = session().execute(chosen).one()
    return everybody, own


def uses_by_coupon(coupon_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    """How many bookings use each of these coupons; none where there are none."""
    chosen = (
        select(Booking.coupon_id, func.count())
        .outerjoin(Payment, Payment.id == Booking.payment_id)
        .where(Booking.coupon_id.in_(coupon_ids), in_use())
        .group_by(Booking.coupon_id)
    )
    return {row[0]: row[1] for row in session().execute(chosen) if row[0] is not None}
