"""Commands: bring bookings in step with their payment, and ask Stripe how it stands."""

import uuid
from collections.abc import Sequence

from marketplace import clock
from marketplace.bookings import queries, rules
from marketplace.bookings.approvals import rules as approval_rules
from marketplace.bookings.approvals.service import lapse
from marketplace.bookings.disputes.service import dispute_changed
from marketplace.bookings.models import Booking
from marketplace.bookings.notifications import confirmations as confirmation_notifications
from marketplace.bookings.notifications import late_payments as late_payment_notifications
from marketplace.bookings.notifications import requests as request_notifications
from marketplace.bookings.overruns import service as overruns
from marketplace.bookings.payment_outcomes import bank_debits
from marketplace.bookings.payment_outcomes.reclaims import is_reclaimable, reclaim
from marketplace.bookings.transitions import transition
from marketplace.db import transactional
from marketplace.payments import queries as payment_queries
from marketplace.payments import rules as payment_rules
from marketplace.payments.models import Payment
from marketplace.payments.refund_reasons import rules as refund_reasons
from marketplace.payments.service import authorizations, checkouts, refunds
from marketplace.payments.service.payment_jobs import enqueue_payment, payments_under_way


@transactional
def payment_changed(payment_id: str) -> None:
    """Apply a payment's present status to the bookings, or the overrun, that it pays for.

    They are confirmed, requested, ended or refunded. Safe in any order and any number of times.
    """
    bookings = queries.locked_of_payment(uuid.UUID(payment_id))
    if not bookings:
        overruns.payment_changed(uuid.UUID(payment_id))
        return
    payment = payment_queries.locked(payment_id)
    if payment.status == payment_rules.PAID:
        confirmed = [booking for booking in bookings if _paid(booking, payment)]
        if confirmed:
            confirmation_notifications.confirmed(confirmed)
        for dispute in payment_queries.disputes_of(payment.id) if payment.disputed_at is not None else ():
            dispute_changed(dispute.stripe_id)
    elif payment.status == payment_rules.AUTHORIZED:
        _authorized(bookings, payment)
    elif payment.status in payment_rules.LAPSED:
        lapse([b for b in bookings if b.status == rules.REQUESTED], rules.AUTHORISATION_GONE)
        if payment.status == payment_rules.FAILED:
            bank_debits.release_holds([b for b in bookings if b.status == rules.HELD], payment.failure_told or "")
    elif payment.is_settling:
        bank_debits.keep_holds(bookings)


def _paid(booking: Booking, payment: Payment) -> bool:
    """Confirm what is paid, or refund what came too late; True where it was confirmed by this."""
    if booking.status in rules.UNCONFIRMED:
        transition(booking, rules.CONFIRMED)
        return True
    if is_reclaimable(booking) and reclaim(booking, rules.CONFIRMED):
        return True
    if booking.status in rules.CALLED_OFF and booking.confirmed_at is None:
        _refund_late_money(booking, payment)
    return False


def _refund_late_money(booking: Booking, payment: Payment) -> None:
    """Refund in full, once, what was paid when the time had gone to somebody else."""
    if booking.refunded_cents == 0:
        booking.refunded_cents = booking.price_cents
        late_payment_notifications.paid_too_late(booking)
    key = f"late:{booking.id if booking.series_id else payment.id}"
    refunds.intend_refund(payment, cents=booking.price_cents, reason=refund_reasons.PAID_LATE, key=key)


def _authorized(bookings: Sequence[Booking], payment: Payment) -> None:
    requests = [booking for booking in bookings if _requested(booking)]
    if requests:
        decide_by = approval_rules.decide_by(
            clock.now(),
            starts_at=requests[0].starts_at,
            request_hours=requests[0].terms.request_hours,
            capture_before=payment.capture_before,
        )
        for booking in requests:
            booking.decide_by = decide_by
        request_notifications.requested(requests[0], requests)
    elif not any(booking.status in rules.CLAIMING for booking in bookings):
        if all(booking.decide_by is None for booking in bookings):
            late_payment_notifications.authorized_too_late(bookings)
        enqueue_payment("release_authorization", payment.id)


def _requested(booking: Booking) -> bool:
    """Turn a hold into a request; False where this is none.

    A hold that lapsed before the card was authorised is claimed again. A request that has lapsed is not made one again.
    """
    if booking.status == rules.HELD:
        transition(booking, rules.REQUESTED)
        return True
    return booking.status == rules.EXPIRED and booking.decide_by is None and reclaim(booking, rules.REQUESTED)


def settle_payment(payment_id: str) -> None:
    """Read a payment at Stripe and apply its status to the bookings."""
    checkouts.sync(payment_id)
    payment_changed(payment_id)


def abandon_payment(payment_id: str) -> None:
    """Close a payment's page at Stripe, and apply its status in case somebody has just paid."""
    checkouts.abandon(payment_id)
    payment_changed(payment_id)


def capture_payment(payment_id: str) -> None:
    """Capture the payment of a request that the coach approved."""
    authorizations.capture_authorized(payment_id)
    payment_changed(payment_id)


def release_authorization(payment_id: str) -> None:
    """Cancel an authorisation that no booking needs any more."""
    authorizations.release_authorization(payment_id)
    payment_changed(payment_id)


@transactional
def settle_payments() -> int:
    """Enqueue payments whose message or capture job may be lost; returns how many."""
    unsettled = [*payment_queries.unsettled(), *payment_queries.without_fee()]
    under_way = payments_under_way() if unsettled else set()
    lost = [payment_id for payment_id in unsettled if str(payment_id) not in under_way]
    for payment_id in lost:
        wanted = payment_queries.one(payment_id).capture_wanted_at
        enqueue_payment("capture_payment" if wanted else "settle_payment", payment_id)
    return len(lost)
