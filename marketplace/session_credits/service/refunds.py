"""Commands that cancel a credit, end it unpaid, remind of it, or refund it unscheduled."""

import uuid

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.db import transactional
from marketplace.errors import Conflict
from marketplace.payments.service import refunds
from marketplace.payments.service.payment_jobs import enqueue_payment
from marketplace.session_credits import queries, rules
from marketplace.session_credits.models import SessionCredit
from marketplace.session_credits.notifications import mails
from marketplace.session_credits.transitions import transition_credit


class CreditNotCancelled(Conflict):
    """This credit cannot be cancelled any more."""


@transactional
def cancel(mentee: User, *, credit_id: uuid.UUID) -> SessionCredit:
    """Cancel a credit before a session is scheduled with it: all of it is refunded to what it was paid with.

    Whoever schedules or cancels it at the same moment has the credit's row before us, or after. Raises NotFound for
    everybody but the mentee, CreditNotCancelled with the reason.
    """
    credit = queries.locked_of_mentee(mentee, credit_id)
    now, disputed = clock.now(), credit.is_disputed
    refused = rules.cancelling_refused(credit.status, expires_at=credit.expires_at, disputed=disputed, now=now)
    if refused is not None:
        raise CreditNotCancelled(str(refused))
    _refund_in_full(credit, reason=rules.CANCELLED, by=mentee)
    return credit


def settle_credits() -> None:
    """Do what is due of session credits: ends, refunds, reminders. Safe to run twice."""
    for credit_id in queries.unpaid_too_long():
        _lapse(credit_id)
    for credit_id in queries.to_refund():
        _refund(credit_id)
    for credit_id in queries.to_remind():
        _remind(credit_id)


@transactional
def _lapse(credit_id: uuid.UUID) -> None:
    credit = queries.locked(credit_id)
    if credit.status != rules.UNPAID or credit.pay_until > clock.now():
        return
    transition_credit(credit, rules.LAPSED, reason=rules.NOT_PAID)
    if credit.payment_id is not None:
        enqueue_payment("abandon_payment", credit.payment_id)


@transactional
def _refund(credit_id: uuid.UUID) -> None:
    """Refund an open credit in full, once; while a bank asks for its money back, that is waited for."""
    credit = queries.locked(credit_id)
    if credit.status != rules.OPEN or credit.is_disputed or credit.expires_at is None:
        return
    reason = rules.refund_reason(
        coach_there=queries.coach_is_there(credit), expires_at=credit.expires_at, now=clock.now()
    )
    if reason is not None:
        _refund_in_full(credit, reason=reason)


def _refund_in_full(credit: SessionCredit, *, reason: str, by: User | None = None) -> None:
    """Refund a locked credit that is open, to whoever paid; both are told."""
    # The constraint: what is open was paid.
    assert credit.payment is not None
    cents = credit.price_cents - credit.refunded_cents
    credit.refunded_cents = credit.price_cents
    transition_credit(credit, rules.REFUNDED, by=by.id if by else None, reason=reason, refund_cents=cents)
    refunds.intend_refund(credit.payment, cents=cents, reason=reason, key=f"credit:{credit.id}")
    mails.tell_refunded(credit)


@transactional
def _remind(credit_id: uuid.UUID) -> None:
    credit = queries.locked(credit_id)
    if credit.status != rules.OPEN or credit.expires_at is None:
        return
    due = rules.reminders_due(credit.expires_at, clock.now())
    if due > credit.reminders:
        credit.reminders = due
        mails.remind(credit)
