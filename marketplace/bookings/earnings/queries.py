"""What a sweep looks for, and what has been earned."""

import uuid
from collections.abc import Sequence

from sqlalchemy import func, select

from marketplace import clock
from marketplace.bookings import rules
from marketplace.bookings.models import Booking
from marketplace.db import session
from marketplace.payments.models import Payment


def paid_between(mentee_id: uuid.UUID, coach_id: uuid.UUID, currency: str) -> int:
    """What a mentee has paid a coach so far, in cents: for sessions held, and what was kept of those that were not.

    A session ahead of the two may still come back whole, so it does not count yet.
    """
    chosen = select(func.coalesce(func.sum(Booking.price_cents - Booking.refunded_cents), 0)).where(
        Booking.mentee_id == mentee_id,
        Booking.coach_id == coach_id,
        Booking.currency == currency,
        Booking.status.in_((rules.COMPLETED, rules.CANCELLED)),
        Booking.confirmed_at.is_not(None),
    )
    return int(session().scalar(chosen) or 0)


def lapsed_holds(limit: int = 200) -> Sequence[uuid.UUID]:
    """Holds whose time is over."""
    due = Booking.hold_expires_at <= clock.now()
    return session().scalars(select(Booking.id).where(Booking.status == rules.HELD, due).limit(limit)).all()


def lapsed_requests(limit: int = 200) -> Sequence[uuid.UUID]:
    """Requests that nobody answered in time; those that are being captured are not among them."""
    chosen = (
        select(Booking.id)
        .join(Payment, Payment.id == Booking.payment_id)
        .where(Booking.status == rules.REQUESTED, Booking.decide_by <= clock.now(), Payment.capture_wanted_at.is_(None))
    )
    return session().scalars(chosen.limit(limit)).all()


def over_without_a_word(limit: int = 200) -> Sequence[uuid.UUID]:
    """Confirmed sessions that ended a while ago and that nobody marked."""
    due = Booking.ends_at <= clock.now() - rules.COMPLETES_ITSELF_AFTER
    chosen = select(Booking.id).where(Booking.status == rules.CONFIRMED, due, Booking.frozen_at.is_(None))
    return session().scalars(chosen.limit(limit)).all()


def ahead_of(coach_id: uuid.UUID) -> Sequence[uuid.UUID]:
    """A coach's confirmed sessions that have not begun, the next one first."""
    chosen = select(Booking.id).where(Booking.coach_id == coach_id, Booking.status == rules.CONFIRMED)
    return session().scalars(chosen.where(Booking.starts_at > clock.now()).order_by(Booking.starts_at)).all()


def unreleased(limit: int = 500) -> Sequence[uuid.UUID]:
    """Ended sessions whose kept money may be due to the coach: over, paid, settled, undisputed."""
    chosen = (
        select(Booking.id)
        .join(Payment, Payment.id == Booking.payment_id)
        .where(
            Booking.released_at.is_(None),
            Booking.frozen_at.is_(None),
            Booking.ends_at <= clock.now(),
            Booking.status.in_((rules.COMPLETED, rules.CANCELLED)),
            (Booking.refunded_cents < Booking.price_cents) | (Booking.platform_paid_cents > 0),
            Payment.status == "paid",
            Payment.available_on <= clock.now(),
            Payment.disputed_at.is_(None),
        )
    )
    return session().scalars(chosen.order_by(Booking.ends_at).limit(limit)).all()


def earned_but_not_released(coach_id: uuid.UUID) -> dict[str, int]:
    """What confirmed and ended sessions will bring a coach, by currency, after our fee."""
    chosen = select(Booking).where(
        Booking.coach_id == coach_id,
        Booking.released_at.is_(None),
        Booking.status.in_((rules.CONFIRMED, rules.COMPLETED, rules.CANCELLED)),
        Booking.payment_id.is_not(None),
        Booking.confirmed_at.is_not(None),
    )
    waiting: dict[str, int] = {}
    for booking in session().scalars(chosen):
        coach, _fee = rules.earned(booking)
        waiting[booking.currency] = waiting.get(booking.currency, 0) + coach
    return waiting
