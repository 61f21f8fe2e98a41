"""Commands: approve a request, decline it, let it lapse."""

import uuid
from collections.abc import Sequence
from contextlib import suppress

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.audit.service import record
from marketplace.bookings import queries, rules
from marketplace.bookings.approvals import queries as approval_queries
from marketplace.bookings.holds.expiry import notify_waitlist
from marketplace.bookings.models import Booking
from marketplace.bookings.notifications import requests as request_notifications
from marketplace.bookings.transitions import transition
from marketplace.db import transactional
from marketplace.errors import Conflict, NotAllowed, Unavailable
from marketplace.payments import queries as payment_queries
from marketplace.payments import rules as payment_rules
from marketplace.payments.service import authorizations, checkouts
from marketplace.payments.service.payment_jobs import enqueue_payment
from marketplace.payments.stripe_gateway.client import GatewayRefused


class AlreadyDecided(Conflict):
    """This request has been answered already, or has lapsed."""


class NotYourRequest(NotAllowed):
    """Only the coach answers a request."""


@transactional
def approve(coach_user: User, *, booking_id: uuid.UUID) -> Booking:
    """Approve a request: the money is taken by the worker, and with it the session is confirmed.

    Raises NotYourRequest, AlreadyDecided.
    """
    requests = _open_request(coach_user, booking_id)
    # A request without a payment counts as decided.
    assert requests[0].payment is not None
    requests[0].payment.capture_wanted_at = clock.now()
    for booking in requests:
        record(coach_user.id, "booking.approved", booking.id)
    enqueue_payment("capture_payment", requests[0].payment_id)
    return requests[0]


@transactional
def decline(coach_user: User, *, booking_id: uuid.UUID, reason: str = "") -> Booking:
    """Decline a request: the time is free again and nothing is taken. Raises NotYourRequest, AlreadyDecided."""
    requests = _open_request(coach_user, booking_id)
    for booking in requests:
        transition(booking, rules.DECLINED, by=coach_user.id, reason=reason or None)
    enqueue_payment("release_authorization", requests[0].payment_id)
    request_notifications.declined(requests[0], requests)
    notify_waitlist(requests[0].coach_id)
    return requests[0]


def _open_request(coach_user: User, booking_id: uuid.UUID) -> list[Booking]:
    """A request, alone or with the rest of its series, which is one request; the one that was named comes first."""
    series = queries.locked_with_series(queries.one(coach_user, booking_id))
    booking = next(b for b in series if b.id == booking_id)
    if booking.coach.user_id != coach_user.id:
        raise NotYourRequest
    due = booking.decide_by is not None and booking.decide_by > clock.now()
    if booking.status != rules.REQUESTED or not due or booking.payment is None or booking.payment.capture_wanted_at:
        raise AlreadyDecided
    return [booking, *(b for b in series if b is not booking and b.status == rules.REQUESTED)]


def lapse(requests: Sequence[Booking], reason: str) -> None:
    """End requests that one payment was to pay, inside a command that has locked them; both are told."""
    for booking in requests:
        transition(booking, rules.EXPIRED, reason=reason)
    if requests:
        request_notifications.lapsed(requests[0], requests)
        notify_waitlist(requests[0].coach_id)


def lapse_requests() -> None:
    """End requests that the coach did not answer in time, or that were approved and whose money was not taken."""
    for booking_id in approval_queries.lapsed_requests():
        _look_after_capture(booking_id)
        _lapse_request(booking_id)


def _look_after_capture(booking_id: uuid.UUID) -> None:
    """Ask Stripe once more about a capture that was begun: the answer may have been lost."""
    payment_id = queries.found(booking_id).payment_id
    if payment_id is not None and payment_queries.one(payment_id).capture_begun_at is not None:
        with suppress(GatewayRefused, Unavailable):
            checkouts.sync(payment_id)


@transactional
def _lapse_request(booking_id: uuid.UUID) -> None:
    requests = [b for b in queries.locked_with_series(queries.found(booking_id)) if b.status == rules.REQUESTED]
    if not approval_queries.has_lapsed(booking_id):
        return
    assert requests[0].payment_id is not None
    payment = payment_queries.locked(requests[0].payment_id)
    if payment.status == payment_rules.PAID:
        enqueue_payment("settle_payment", payment.id)
        return
    approved = authorizations.give_up_capture(payment)
    lapse(requests, rules.NOT_CAPTURED if approved else rules.NOT_ANSWERED)
    enqueue_payment("release_authorization", payment.id)
