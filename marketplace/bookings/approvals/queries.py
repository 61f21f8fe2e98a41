"""Requests that were not answered in time."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select

from marketplace import clock
from marketplace.bookings import rules
from marketplace.bookings.models import Booking
from marketplace.db import session
from marketplace.payments.models import Payment


def lapsed_requests(limit: int = 200) -> Sequence[uuid.UUID]:
    """Requests that were not answered in time; those that are being captured are not among them."""
    chosen = (
        select(Booking.id)
        .join(Payment, Payment.id == Booking.payment_id)
        .where(Booking.status == rules.REQUESTED, Booking.decide_by <= clock.now(), Payment.capture_wanted_at.is_(None))
    )
    return session().scalars(chosen.limit(limit)).all()
