"""Refunds: intended in the caller's transaction, sent by a job, recorded in the ledger."""

import uuid
from datetime import timedelta

from sqlalchemy.dialects.postgresql import insert

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.audit.service import record
from marketplace.db import session, transactional, uuid7
from marketplace.errors import Conflict, NotFound
from marketplace.payments import queries, rules
from marketplace.payments.models import Payment, Refund
from marketplace.payments.service.document_requests import want_documents
from marketplace.payments.service.payment_jobs import (
    enqueue_adoption,
    enqueue_refund,
    refunds_under_way,
)
from marketplace.payments.service.refund_failures import (
    tell_admins_of_failure,
    write_off_failed_refunds,
)
from marketplace.payments.service.refund_postings import post_moved_refund, post_returned_refund
from marketplace.payments.service.refunds_on_hold import resume_refunds_on_hold
from marketplace.payments.service.transitions import transition_refund
from marketplace.payments.stripe_gateway import checkouts as stripe_checkouts
from marketplace.payments.stripe_gateway import client as stripe_client
from marketplace.payments.stripe_gateway.refusals import Kind
from marketplace.payments.stripe_gateway.settlements import Settlement

# Stripe may forget an idempotency key after 24 hours; from here on we look before we ask.
KEYS_KEPT = timedelta(hours=20)


class RefundTooLarge(Conflict):
    """More would be refunded than was paid."""


class NotOwed(Conflict):
    """Only a refund that failed can be sent again, and only once."""


@transactional
def intend_refund(payment: Payment, *, cents: int, reason: str, key: str) -> None:
    """Record, in the running transaction, a refund of `cents`; the worker sends it.

    `key` names the decision: the same key refunds once. Raises RefundTooLarge.
    """
    payment = queries.locked(payment.id)
    before = queries.refunded_cents(payment.id)
    refundable = rules.refundable_cents(payment.status, payment.amount_cents, before + queries.lost_cents(payment))
    # A lost dispute that is not applied yet pays what is decided on now before anything else.
    status = rules.HELD if queries.has_loss_to_apply(payment.id) else rules.INTENDED
    row = {
        "id": uuid7(),
        "payment_id": payment.id,
        "key": key,
        "amount_cents": cents,
        "tax_cents": _tax_back(payment, before, cents) if cents <= refundable else 0,
        "reason": reason,
        "status": status,
        "intended_at": clock.now(),
    }
    written = session().scalar(
        insert(Refund).values(row).on_conflict_do_nothing(index_elements=["key"]).returning(Refund.id)
    )
    if written is None:
        return
    if cents > refundable:
        raise RefundTooLarge
    if status == rules.INTENDED:
        enqueue_refund(written)


def _tax_back(payment: Payment, before_cents: int, cents: int) -> int:
    return rules.tax_back(
        amount_cents=payment.amount_cents,
        tax_cents=payment.tax_cents,
        before_cents=before_cents,
        before_tax_cents=queries.refunded_tax_cents(payment.id),
        cents=cents,
    )


@transactional
def retry_refund(admin: User, *, refund_id: uuid.UUID) -> Refund:
    """Send a failed refund once more; returns the new one.

    Raises NotOwed; NotFound unless an admin asks.
    """
    if not admin.is_admin:
        raise NotFound
    failed = queries.locked_refund(refund_id)
    again = send_again(failed)
    if again is None:
        raise NotOwed
    record(admin.id, "refund.retried", failed.id, cents=failed.amount_cents)
    return again


def send_again(failed: Refund) -> Refund | None:
    """Intend a locked refund that failed once more; None where it is not owed, or was sent again already."""
    key = f"{rules.AGAIN}{failed.id}:{failed.key}"
    settled = failed in queries.failed_refunds_paid_by_dispute(failed.payment)
    if failed.status != rules.FAILED or settled or queries.refund_by_key(key) is not None:
        return None
    intend_refund(failed.payment, cents=failed.amount_cents, reason=failed.reason, key=key)
    return queries.refunds_of(failed.payment_id)[-1]


def send_refund(refund_id: str) -> None:
    """Ask Stripe for a refund, or find one whose answer was lost or that only seemed to have failed, and record it."""
    refund = queries.refund(refund_id)
    if refund.status != rules.INTENDED:
        return
    intent_id = refund.payment.intent_id or ""
    failed = queries.refund_sent_again_by(refund)
    state = alive(failed)
    if failed is not None and state is not None:
        take_over(refund.id, failed.id, state)
        return
    if clock.now() - refund.intended_at > KEYS_KEPT:
        state = _ours(intent_id, refund)
    if state is None:
        try:
            state = stripe_checkouts.refund(
                intent_id=intent_id,
                amount_cents=refund.total_cents,
                refund_id=refund.id,
                attempt=refund.attempt,
            )
        except stripe_client.GatewayRefused as refusal:
            state = _ours(intent_id, refund)
            if state is None:
                _record_refusal(refund.id, refusal.words, disputed=refusal.code == rules.IS_DISPUTED)
                return
    record_refund(refund.id, state)


def alive(failed: Refund | None) -> stripe_checkouts.RefundState | None:
    """The refund at Stripe that we take for failed, if it is on its way or has arrived after all.

    What Stripe did not know for a while, as under another account's key, is not to be refunded twice.
    """
    state = at_stripe(failed) if failed is not None else None
    return None if state is None or is_failed(state) else state


def at_stripe(refund: Refund) -> stripe_checkouts.RefundState | None:
    """What Stripe has of a refund of ours; None where it does not know it."""
    return _ours(refund.payment.intent_id or "", refund) if refund.stripe_id is None else _known(refund.stripe_id)


def _known(stripe_id: str) -> stripe_checkouts.RefundState | None:
    try:
        return stripe_checkouts.refund_state(stripe_id)
    except stripe_client.GatewayRefused as refusal:
        if refusal.kind != Kind.MISSING:
            raise
        return None


def is_failed(state: stripe_checkouts.RefundState) -> bool:
    """Did Stripe take its way as failed, which it never takes back?"""
    return rules.refund_status_at_stripe(state.status) == rules.FAILED


@transactional
def take_over(refund_id: uuid.UUID, failed_id: uuid.UUID, state: stripe_checkouts.RefundState) -> None:
    """Record what Stripe made for a refund that we took for failed as the one that is sent in its place.

    It may have moved after we took it for failed: that is booked once, for the one in its place.
    """
    failed = queries.locked_refund(failed_id)
    post_returned_refund(failed, None)
    failed.stripe_id = None
    session().flush()
    record_refund(refund_id, state)


def _ours(intent_id: str, refund: Refund) -> stripe_checkouts.RefundState | None:
    """The refund at Stripe that carries our row's id; None also where Stripe does not know the payment."""
    try:
        made = stripe_checkouts.refunds_of(intent_id)
    except stripe_client.GatewayRefused as refusal:
        if refusal.kind != Kind.MISSING:
            raise
        return None
    return next((state for state in made if state.refund_id == str(refund.id)), None)


def sync_refund(stripe_id: str, refund_id: str | None = None) -> None:
    """Read a refund at Stripe and record what is new; one that is not ours is ignored."""
    known = queries.refund_by_stripe_id(stripe_id)
    try:
        state = stripe_checkouts.refund_state(stripe_id)
    except stripe_client.GatewayRefused as refusal:
        if refusal.kind != Kind.MISSING or known is None:
            raise
        _record_missing(known.id, refusal.words)
        return
    ours = known.id if known is not None else state.refund_id or refund_id
    if ours is not None:
        record_refund(ours, state)


@transactional
def _record_missing(refund_id: uuid.UUID, words: str) -> None:
    """Stripe does not know a refund that it had taken: an admin looks what became of the money."""
    refund = queries.locked_refund(refund_id)
    if rules.REFUND_STATES.allows(refund.status, rules.FAILED):
        _fail(refund, words)


@transactional
def record_refund(refund_id: uuid.UUID | str, state: stripe_checkouts.RefundState) -> None:
    """Record what Stripe says of a refund of ours, and post what moved. Safe in any order and any number of times."""
    refund = queries.locked_refund(refund_id)
    status = rules.refund_status_at_stripe(state.status)
    if refund.status == rules.FAILED and status != rules.FAILED:
        # Said before it failed, or it had never failed: what is true is read once more.
        enqueue_adoption(refund.id)
        return
    refund.stripe_id = state.id
    # One that waits for our balance to cover it has moved nothing yet; a failure books in again what was booked out.
    if state.moved is not None:
        post_moved_refund(refund, state.moved)
    if status == rules.FAILED and rules.REFUND_STATES.allows(refund.status, status):
        _fail(refund, state.failure, state.returned)
    elif status == rules.FAILED:
        # Taken for failed while Stripe did not know it: what moved since then, or moved otherwise, is posted now.
        post_returned_refund(refund, state.returned)
    elif rules.REFUND_STATES.allows(refund.status, status):
        transition_refund(refund, status, reason=state.failure)
        want_documents(refund.payment_id)


def _fail(refund: Refund, reason: str | None, returned: Settlement | None = None) -> None:
    transition_refund(refund, rules.FAILED, reason=reason)
    want_documents(refund.payment_id)
    post_returned_refund(refund, returned)
    tell_admins_of_failure(refund, reason or "no reason given")


@transactional
def _record_refusal(refund_id: uuid.UUID, reason: str, *, disputed: bool) -> None:
    payment = queries.locked(queries.refund(refund_id).payment_id)
    refund = queries.locked_refund(refund_id)
    if refund.status != rules.INTENDED:
        return
    ends = [dispute.status for dispute in queries.disputes_of(payment.id)] if payment.disputed_at is None else []
    if disputed and not any(end in rules.LOST_DISPUTES or refund.attempt > 1 for end in ends):
        # Stripe may know of the dispute before we do: then its end, or the sweep, resumes this.
        transition_refund(refund, rules.HELD, reason=reason)
    else:
        transition_refund(refund, rules.FAILED, reason=reason)
        session().flush()
        if refund in queries.failed_refunds_paid_by_dispute(refund.payment):
            write_off_failed_refunds(refund.payment)
        else:
            tell_admins_of_failure(refund, reason)


@transactional
def resume_refunds() -> int:
    """Resume refunds whose job is lost or dispute over, or that are unsettled; returns how many."""
    resumed = resume_refunds_on_hold()
    unsent = queries.unsent_refunds()
    under_way = refunds_under_way() if unsent else set()
    lost = [refund_id for refund_id in unsent if str(refund_id) not in under_way]
    for refund_id in lost:
        enqueue_refund(refund_id, queries.refund(refund_id).stripe_id)
    return resumed + len(lost)
