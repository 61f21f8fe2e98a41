"""The hosted page of a payment: opened once, found again, replaced once it has ended."""

import uuid

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.db import session, transactional
from marketplace.errors import Conflict
from marketplace.payments import queries, rules
from marketplace.payments.models import Payment
from marketplace.payments.stripe_gateway import checkouts as stripe_checkouts
from marketplace.payments.stripe_gateway import client as stripe_client
from marketplace.payments.stripe_gateway.refusals import Kind


class NotOurCheckout(Conflict):
    """This checkout page belongs to another payment."""


class CannotOpen(Conflict):
    """The page to pay on cannot be opened any more. Hold the time once more."""


def open_page(payment: Payment) -> Payment:
    """Open the page of a payment, or find it, and record it. Raises CannotOpen, GatewayRefused, Unavailable."""
    closes = payment.checkout_expires_at
    try:
        return _record_checkout(payment.id, _open(payment))
    except CannotOpen:
        again = queries.one(payment.id)
        if again.checkout_expires_at <= closes:
            raise
    # What was to close too soon never opened, or is closed; a later one may.
    return _record_checkout(again.id, _open(again))


def forget_page(payment: Payment) -> None:
    """Have the next page of a locked payment be another: Stripe has ended this one, and nobody can pay there."""
    payment.checkout_id = payment.checkout_url = payment.intent_id = None
    payment.checkout_attempt += 1
    _close_later(payment)


def _close_later(payment: Payment) -> None:
    # Only of what may be opened anew.
    assert payment.payable_until is not None
    ends = rules.page_ends(clock.now(), payment.payable_until)
    payment.checkout_expires_at = max(payment.checkout_expires_at, ends)


def _open(payment: Payment) -> stripe_checkouts.Checkout:
    """The page, made or found; every parameter of it was committed before."""
    if payment.payer_email is None:
        payment = _with_address(payment.id)
    # What was refused may have been made by a request before that, whose answer was lost.
    made = _made_before(payment) if payment.checkout_attempt > 1 else None
    if made is not None:
        return made
    try:
        return stripe_checkouts.create_checkout(
            payment_id=payment.id,
            attempt=payment.checkout_attempt,
            amount_cents=payment.amount_cents,
            currency=payment.currency,
            description=payment.description,
            email=payment.payer_email or "",
            manual_capture=payment.manual_capture,
            card_only=payment.card_only,
            automatic_tax=payment.automatic_tax,
            expires_at=payment.checkout_expires_at,
            group=f"booking_{payment.subject_id}",
            success_url=payment.return_url + "?paid=1",
            cancel_url=payment.return_url + "?paid=0",
        )
    except stripe_client.GatewayRefused as refusal:
        # Where Stripe broke, or was asked the same in other words, the page may be there.
        made = _made_before(payment) if refusal.is_doubtful else None
        if made is not None:
            return made
        _next_attempt(payment.id, payment.checkout_attempt, late=refusal.kind == Kind.LATE)
        if refusal.kind == Kind.LATE:
            raise CannotOpen from refusal
        raise
    except stripe_client.NotSetUp:
        # What was refused for it is kept under its key for a day.
        _next_attempt(payment.id, payment.checkout_attempt)
        raise


def _made_before(payment: Payment) -> stripe_checkouts.Checkout | None:
    since = max(payment.intended_at, payment.checkout_expires_at - rules.LONGEST_PAGE)
    return stripe_checkouts.checkout_of(payment.id, since=since)


@transactional
def _with_address(payment_id: uuid.UUID) -> Payment:
    """Commit the payer's present address as what is asked for."""
    payment = queries.locked(payment_id)
    payment.payer_email = payment.payer_email or session().get_one(User, payment.payer_id).email
    return payment


@transactional
def _next_attempt(payment_id: uuid.UUID, attempt: int, *, late: bool = False) -> None:
    """After a definite refusal ask anew the next time, with the address that the payer has then; `late`: for longer."""
    payment = queries.locked(payment_id)
    if payment.checkout_attempt == attempt and payment.checkout_id is None:
        payment.checkout_attempt, payment.payer_email = attempt + 1, None
        if late and rules.may_reopen(payment, clock.now()):
            _close_later(payment)


def adopt(payment_id: uuid.UUID | str, checkout_id: str) -> None:
    """Record the page that Stripe names as this payment's, if the answer with it was lost.

    One that has ended is of no use while another may follow it.
    """
    payment = queries.one(payment_id)
    if payment.checkout_id is not None:
        return
    page = stripe_checkouts.checkout(checkout_id)
    if page.status != "expired" or not rules.may_reopen(payment, clock.now()):
        _record_checkout(payment_id, page)


@transactional
def _record_checkout(payment_id: uuid.UUID | str, made: stripe_checkouts.Checkout) -> Payment:
    payment = queries.locked(payment_id)
    if payment.checkout_id not in {None, made.id}:
        raise NotOurCheckout
    payment.checkout_id = made.id
    payment.checkout_url = made.url or payment.checkout_url
    return payment
