"""What Stripe says of the money decides what becomes of the booking."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from marketplace import clock
from marketplace.audit.service import record
from marketplace.bookings import queries, rules
from marketplace.bookings.disputes.service import dispute_changed
from marketplace.bookings.earnings import queries as earning_queries
from marketplace.bookings.holds.service import expire_in_the_way, freed
from marketplace.bookings.models import Booking
from marketplace.bookings.notifications import bookings as booking_notifications
from marketplace.bookings.payment_outcomes import bank_debits
from marketplace.db import session, transactional
from marketplace.jobs import enqueue
from marketplace.payments import queries as payment_queries
from marketplace.payments import rules as payment_rules
from marketplace.payments.models import Payment
from marketplace.payments.service import checkouts, refunds

NO_MONEY = "the bank did not send the money"


@transactional
def payment_changed(payment_id: str) -> None:
    """Bring what a payment pays for in step with it. Safe in any order and any number of times."""
    together = queries.locked_of_payment(uuid.UUID(payment_id))
    if not together:
        return
    payment = payment_queries.locked(payment_id)
    if payment.status == payment_rules.PAID:
        for booking in together:
            _paid(booking, payment)
        for dispute in payment_queries.disputes_of(payment.id) if payment.disputed_at is not None else ():
            dispute_changed(dispute.stripe_id)
    elif payment.status == payment_rules.AUTHORIZED:
        _authorized(together, payment)
    elif payment.status in payment_rules.LAPSED:
        _lapse([b for b in together if b.status == rules.REQUESTED], "the card's authorisation has gone")
        if payment.status == payment_rules.FAILED:
            _debit_failed([b for b in together if b.status == rules.HELD], payment)
    elif payment.is_settling:
        _keep(together)


def _keep(together: Sequence[Booking]) -> None:
    """Keep times whose money a bank is sending, those too that lapsed before we heard of it."""
    until = bank_debits.kept_until(together)
    kept = [b for b in together if b.status == rules.HELD or _may_keep_late(b, until)]
    longer = [booking for booking in kept if booking.hold_expires_at < until]
    for booking in longer:
        booking.hold_expires_at = until
        booking.ended_at = booking.end_reason = None
        record(None, "booking.kept", booking.id, until=until.isoformat())
    if longer:
        enqueue("expire_hold", at=until, booking_id=str(longer[0].id))
        bank_debits.tell_kept(longer, until)
    lapsed = [booking for booking in together if booking.status == rules.EXPIRED]
    if lapsed:
        bank_debits.tell_too_slow(lapsed)


def _may_keep_late(booking: Booking, until: datetime) -> bool:
    """A hold that lapsed while nobody told us of the debit; one that was kept as long as it may be is over."""
    late = booking.status == rules.EXPIRED and booking.refunded_cents == 0 and clock.now() < until
    return late and _claim_again(booking)


def _debit_failed(kept: Sequence[Booking], payment: Payment) -> None:
    """Free what was kept for money that does not come."""
    for booking in kept:
        booking.status = rules.EXPIRED
        booking.ended_at = clock.now()
        booking.end_reason = NO_MONEY
        record(None, "booking.expired", booking.id, reason=NO_MONEY)
    if kept:
        bank_debits.tell_failed(kept, payment.failure or "")
        freed(kept[0].coach_id)


def _paid(booking: Booking, payment: Payment) -> None:
    # Once its price is on its way back it buys nothing any more, though the time may be free again by now.
    late = booking.status == rules.EXPIRED and booking.refunded_cents == 0
    if booking.status in {rules.HELD, rules.REQUESTED} or (late and _claim_again(booking)):
        booking.status = rules.CONFIRMED
        booking.confirmed_at = clock.now()
        booking.ended_at = booking.end_reason = None
        record(None, "booking.confirmed", booking.id)
        booking_notifications.confirmed(booking)
    elif booking.status in {rules.EXPIRED, rules.DECLINED, rules.CANCELLED} and booking.confirmed_at is None:
        # Paid after the time had gone: nothing was sold, so its price goes back.
        if booking.refunded_cents == 0:
            booking.refunded_cents = booking.price_cents
            booking_notifications.paid_too_late(booking)
        key = f"late:{booking.id if booking.series_id else payment.id}"
        refunds.intend_refund(payment, cents=booking.price_cents, reason="paid too late", key=key)


def _authorized(together: Sequence[Booking], payment: Payment) -> None:
    asked = [booking for booking in together if booking.status == rules.HELD or _may_ask_late(booking)]
    if asked:
        decide_by = rules.decide_by(
            clock.now(),
            starts_at=asked[0].starts_at,
            request_hours=asked[0].terms.request_hours,
            capture_before=payment.capture_before,
        )
        for booking in asked:
            booking.status = rules.REQUESTED
            booking.ended_at = booking.end_reason = None
            booking.decide_by = decide_by
            record(None, "booking.requested", booking.id)
        booking_notifications.requested(asked[0], asked)
    elif not any(booking.status in rules.CLAIMING for booking in together):
        enqueue("release_authorization", once=f"release:{payment.id}", payment_id=str(payment.id))


def _may_ask_late(booking: Booking) -> bool:
    """A hold that lapsed before it was authorised; a request that lapsed is not one again."""
    return booking.status == rules.EXPIRED and booking.decide_by is None and _claim_again(booking)


def _claim_again(booking: Booking) -> bool:
    """Take a lapsed time back, if it lies ahead and nobody else has it; PostgreSQL decides."""
    if booking.starts_at <= clock.now():
        return False
    # Offered again, or held again, before we heard of her money: she need not pay twice.
    expire_in_the_way(booking.coach_id, booking.blocked, paid_by=booking.mentee_id)
    try:
        with session().begin_nested():
            booking.status = rules.HELD
            session().flush()
    except IntegrityError:
        session().refresh(booking)
        return False
    return True


def _lapse(requests: Sequence[Booking], reason: str) -> None:
    """End requests that one payment was to pay."""
    for booking in requests:
        booking.status = rules.EXPIRED
        booking.ended_at = clock.now()
        booking.end_reason = reason
        record(None, "booking.expired", booking.id, reason=reason)
    if requests:
        booking_notifications.request_lapsed(requests[0], requests)
        freed(requests[0].coach_id)


def settle_payment(payment_id: str) -> None:
    """Ask Stripe how a payment stands and act on it."""
    checkouts.sync(payment_id)
    payment_changed(payment_id)


def abandon_payment(payment_id: str) -> None:
    """Close what may still be paid, and act on it if somebody paid in that very moment."""
    checkouts.abandon(payment_id)
    payment_changed(payment_id)


def capture_payment(payment_id: str) -> None:
    """Take the money of a request that the coach approved."""
    checkouts.capture_authorized(payment_id)
    payment_changed(payment_id)


def release_authorization(payment_id: str) -> None:
    """Let authorised money go that nothing will be sold for."""
    checkouts.release_authorization(payment_id)
    payment_changed(payment_id)


@transactional
def settle_payments() -> int:
    """Ask after payments whose messages may never have come, and take up captures whose job is gone; how many."""
    unsettled = [*payment_queries.unsettled(), *payment_queries.without_fee()]
    for payment_id in unsettled:
        payment = payment_queries.one(payment_id)
        name = "capture_payment" if payment.capture_wanted_at else "settle_payment"
        enqueue(name, once=f"settle:{payment_id}", payment_id=str(payment_id))
    return len(unsettled)


def lapse_requests() -> None:
    """End requests that the coach did not answer in time."""
    for booking_id in earning_queries.lapsed_requests():
        _lapse_request(booking_id)


@transactional
def _lapse_request(booking_id: uuid.UUID) -> None:
    together = queries.locked_together(queries.found(booking_id))
    due = [b for b in together if b.status == rules.REQUESTED and b.decide_by and b.decide_by <= clock.now()]
    if due and not (due[0].payment is not None and due[0].payment.capture_wanted_at is not None):
        _lapse(due, "the coach did not answer in time")
        enqueue("release_authorization", payment_id=str(due[0].payment_id))
