"""Authorised money: captured while that is wanted, or let go."""

import uuid
from contextlib import suppress

from marketplace import clock
from marketplace.db import transactional
from marketplace.payments import queries, rules
from marketplace.payments.models import Payment
from marketplace.payments.service.checkouts import sync
from marketplace.payments.stripe_gateway import checkouts as stripe_checkouts
from marketplace.payments.stripe_gateway import client as stripe_client


def capture_authorized(payment_id: uuid.UUID | str) -> Payment:
    """Capture an authorised payment that is still wanted; returns it as Stripe has it then, captured or lapsed.

    Raises GatewayRefused where Stripe refuses and keeps the money authorised, as a bank does for a while.
    """
    payment = _begin_capture(payment_id)
    if payment.capture_begun_at is None or payment.status != rules.AUTHORIZED or not payment.intent_id:
        return sync(payment.id)
    # The first key is the one under which earlier versions asked.
    attempt = f":{payment.capture_attempt}" if payment.capture_attempt > 1 else ""
    try:
        stripe_checkouts.capture(payment.intent_id, f"capture:{payment.id}{attempt}")
    except stripe_client.GatewayRefused:
        # Captured, cancelled or lapsed already, or truly refused: what is true is read.
        found = sync(payment.id)
        if found.status != rules.AUTHORIZED or found.missing_at is not None:
            return found
        # Stripe keeps the refusal under its key for a day.
        _next_attempt(payment.id, payment.capture_attempt)
        raise
    return sync(payment.id)


@transactional
def _next_attempt(payment_id: uuid.UUID, attempt: int) -> None:
    payment = queries.locked(payment_id)
    payment.capture_attempt = max(payment.capture_attempt, attempt + 1)


@transactional
def _begin_capture(payment_id: uuid.UUID | str) -> Payment:
    """Note that Stripe is about to be asked; whoever withdraws the wish has come before, or is too late."""
    payment = queries.locked(payment_id)
    if payment.status == rules.AUTHORIZED and payment.capture_wanted_at is not None:
        payment.capture_begun_at = payment.capture_begun_at or clock.now()
    return payment


def withdraw_capture(payment_id: uuid.UUID | str) -> bool:
    """Have a payment not captured, inside a command; False where Stripe may have been asked already."""
    payment = queries.locked(payment_id)
    if payment.capture_begun_at is not None:
        return False
    payment.capture_wanted_at = None
    return True


def give_up_capture(payment: Payment) -> bool:
    """Have a locked payment not captured from now on, whether it was tried or not; was that wanted?

    A request to Stripe may be under way: what it took is late money.
    """
    wanted = payment.capture_wanted_at is not None
    payment.capture_wanted_at = payment.capture_begun_at = None
    return wanted


def release_authorization(payment_id: uuid.UUID | str) -> Payment:
    """Cancel an authorisation without charging; returns the payment as Stripe has it then."""
    payment = queries.one(payment_id)
    if payment.status == rules.AUTHORIZED and payment.intent_id:
        # Refused means that it is captured, cancelled or lapsed already: what is true is read below.
        with suppress(stripe_client.GatewayRefused):
            stripe_checkouts.cancel_intent(payment.intent_id, f"cancel:{payment.id}")
    return sync(payment.id)
