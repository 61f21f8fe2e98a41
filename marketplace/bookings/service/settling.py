"""What Stripe says of the money decides what becomes of the booking."""

import uuid

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from marketplace import clock
from marketplace.audit.service import record
from marketplace.bookings import queries, rules
from marketplace.bookings.models import Booking
from marketplace.bookings.service import telling
from marketplace.bookings.service.holding import expire_in_the_way, freed
from marketplace.db import session, transactional
from marketplace.jobs import enqueue
from marketplace.payments import queries as payment_queries
from marketplace.payments import rules as money
from marketplace.payments import service as payments
from marketplace.payments.models import Payment


@transactional
def payment_changed(payment_id: str) -> None:
    """Bring the booking in step with its payment. Safe in any order and any number of times."""
    booking_id = queries.id_of_payment(uuid.UUID(payment_id))
    if booking_id is None:
        return
    booking = _locked_with_coach(booking_id)
    payment = payment_queries.locked(payment_id)
    if payment.status == money.PAID:
        _paid(booking, payment)
    elif payment.status == money.AUTHORIZED:
        _authorized(booking, payment)
    elif payment.status in {money.CANCELLED, money.FAILED} and booking.status == rules.REQUESTED:
        _end(booking, rules.EXPIRED, "the card's authorisation has gone")
        telling.request_lapsed(booking)
        freed(booking.coach_id)


def _locked_with_coach(booking_id: uuid.UUID) -> Booking:
    """Claiming a lapsed time again moves it back among the others: the coach's row is locked first."""
    coach_id = session().scalars(select(Booking.coach_id).where(Booking.id == booking_id)).one()
    queries.lock_coach(coach_id)
    return queries.locked(booking_id)


def _paid(booking: Booking, payment: Payment) -> None:
    if booking.status in {rules.HELD, rules.REQUESTED} or (booking.status == rules.EXPIRED and _claim_again(booking)):
        booking.status = rules.CONFIRMED
        booking.confirmed_at = clock.now()
        booking.ended_at = booking.end_reason = None
        record(None, "booking.confirmed", booking.id)
        telling.confirmed(booking)
    elif booking.status in {rules.EXPIRED, rules.DECLINED, rules.CANCELLED} and booking.confirmed_at is None:
        # Paid after the time had gone: nothing was sold, so everything goes back.
        if booking.refunded_cents == 0:
            booking.refunded_cents = booking.price_cents
            telling.paid_too_late(booking)
        payments.intend_refund(payment, cents=payment.amount_cents, reason="paid too late", key=f"late:{payment.id}")


def _authorized(booking: Booking, payment: Payment) -> None:
    # A request that lapsed is not one again because its authorisation still stands.
    late = booking.status == rules.EXPIRED and booking.decide_by is None
    if booking.status == rules.HELD or (late and _claim_again(booking)):
        booking.status = rules.REQUESTED
        booking.ended_at = booking.end_reason = None
        booking.decide_by = rules.decide_by(
            clock.now(),
            starts_at=booking.starts_at,
            request_hours=rules.Policy.of(booking.policy).request_hours,
            capture_before=payment.capture_before,
        )
        record(None, "booking.requested", booking.id)
        telling.requested(booking)
    elif booking.status in {rules.EXPIRED, rules.DECLINED, rules.CANCELLED}:
        enqueue("release_authorization", once=f"release:{payment.id}", payment_id=str(payment.id))


def _claim_again(booking: Booking) -> bool:
    """Take a lapsed time back, if it lies ahead and nobody else has it; PostgreSQL decides."""
    if booking.starts_at <= clock.now():
        return False
    expire_in_the_way(booking.coach_id, booking.blocked)
    try:
        with session().begin_nested():
            booking.status = rules.HELD
            session().flush()
    except IntegrityError:
        session().refresh(booking)
        return False
    return True


def _end(booking: Booking, status: str, reason: str) -> None:
    booking.status = status
    booking.ended_at = clock.now()
    booking.end_reason = reason
    record(None, f"booking.{status}", booking.id, reason=reason)


def settle_payment(payment_id: str) -> None:
    """Ask Stripe how a payment stands and act on it."""
    payments.sync(payment_id)
    payment_changed(payment_id)


def abandon_payment(payment_id: str) -> None:
    """Close what may still be paid, and act on it if somebody paid in that very moment."""
    payments.abandon(payment_id)
    payment_changed(payment_id)


def capture_payment(payment_id: str) -> None:
    """Take the money of a request that the coach approved."""
    payments.take_authorized(payment_id)
    payment_changed(payment_id)


def release_authorization(payment_id: str) -> None:
    """Let authorised money go that nothing will be sold for."""
    payments.release_authorization(payment_id)
    payment_changed(payment_id)


@transactional
def settle_payments() -> None:
    """Ask after payments whose messages may never have come, and take up captures whose job is gone."""
    for payment_id in [*payment_queries.unsettled(), *payment_queries.without_fee()]:
        payment = payment_queries.one(payment_id)
        name = "capture_payment" if payment.capture_wanted_at else "settle_payment"
        enqueue(name, once=f"settle:{payment_id}", payment_id=str(payment_id))


def lapse_requests() -> None:
    """End requests that the coach did not answer in time."""
    for booking_id in queries.lapsed_requests():
        _lapse_request(booking_id)


@transactional
def _lapse_request(booking_id: uuid.UUID) -> None:
    booking = queries.locked(booking_id)
    capturing = booking.payment is not None and booking.payment.capture_wanted_at is not None
    if booking.status != rules.REQUESTED or booking.decide_by is None or booking.decide_by > clock.now() or capturing:
        return
    _end(booking, rules.EXPIRED, "the coach did not answer in time")
    telling.request_lapsed(booking)
    enqueue("release_authorization", payment_id=str(booking.payment_id))
    freed(booking.coach_id)
