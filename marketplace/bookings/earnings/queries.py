"""What has been paid, and what of it is a coach's."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select

from marketplace import clock
from marketplace.bookings import rules
from marketplace.bookings.earnings.rules import earned
from marketplace.bookings.models import Booking
from marketplace.db import session
from marketplace.payments import rules as payment_rules
from marketplace.payments.models import Payment


def paid_between(mentee_id: uuid.UUID, coach_id: uuid.UUID, currency: str) -> int:
    """What a mentee has paid a coach so far, in cents: for sessions held, and what was kept of those that were not.

    A session to come may still be refunded whole, so it does not count yet.
    """
    return int(session().scalar(paid_cents(mentee_id, coach_id, currency)) or 0)


def paid_cents(mentee_id: uuid.UUID, coach_id: uuid.UUID, currency: str) -> Select[int]:
    """The same as a statement, to be asked beside others in one."""
    return select(func.coalesce(func.sum(Booking.price_cents - Booking.refunded_cents), 0)).where(
        Booking.mentee_id == mentee_id,
        Booking.coach_id == coach_id,
        Booking.currency == currency,
        Booking.status.in_(rules.RELEASABLE),
        Booking.confirmed_at.is_not(None),
    )


def unreleased(limit: int = 500) -> Sequence[uuid.UUID]:
    """Ended sessions whose kept money may be due to the coach: over, paid, settled, undisputed."""
    chosen = (
        select(Booking.id)
        .join(Payment, Payment.id == Booking.payment_id)
        .where(
            Booking.released_at.is_(None),
            Booking.frozen_at.is_(None),
            Booking.ends_at <= clock.now(),
            Booking.status.in_(rules.RELEASABLE),
            (Booking.refunded_cents < Booking.price_cents) | (Booking.platform_paid_cents > 0),
            Payment.status == payment_rules.PAID,
            Payment.available_on <= clock.now(),
            Payment.disputed_at.is_(None),
        )
    )
    return session().scalars(chosen.order_by(Booking.ends_at).limit(limit)).all()


@dataclass(frozen=True)
class Unreleased:
    """What confirmed and ended sessions will bring a coach, in cents by currency, after our fee; of it those over."""

    cents: dict[str, int]
    over: dict[str, int]


def earned_but_not_released(coach_id: uuid.UUID) -> Unreleased:
    """What a coach has been paid for and does not have yet."""
    chosen = select(Booking).where(
        Booking.coach_id == coach_id,
        Booking.released_at.is_(None),
        Booking.status.in_(rules.EARNING),
        Booking.payment_id.is_not(None),
        Booking.confirmed_at.is_not(None),
        (Booking.refunded_cents < Booking.price_cents) | (Booking.platform_paid_cents > 0),
    )
    found, now = Unreleased({}, {}), clock.now()
    for booking in session().scalars(chosen):
        coach, _fee = earned(booking)
        is_over = booking.ends_at <= now or booking.status in rules.CALLED_OFF
        for waiting in (found.cents, found.over) if is_over else (found.cents,):
            waiting[booking.currency] = waiting.get(booking.currency, 0) + coach
    return found
