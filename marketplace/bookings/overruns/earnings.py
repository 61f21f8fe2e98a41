"""Commands: release what was paid for overruns, and bear what a bank took back."""

import uuid

from marketplace import clock
from marketplace.audit.service import record
from marketplace.bookings import queries as bookings
from marketplace.bookings.earnings import rules as earning_rules
from marketplace.bookings.overruns import queries, rules
from marketplace.bookings.overruns.models import Overrun
from marketplace.db import transactional
from marketplace.ledger import rules as ledger_accounts
from marketplace.ledger.service.postings import post, post_all
from marketplace.payments import queries as payments
from marketplace.payments import rules as payment_rules
from marketplace.payments.models import Dispute
from marketplace.payments.service import disputes as payment_disputes
from marketplace.payments.service import refunds_on_hold


def release_overruns() -> None:
    """Make payable what has passed its window, is settled and is not disputed. Safe to run twice."""
    for overrun_id in queries.unreleased():
        _release(overrun_id)


@transactional
def _release(overrun_id: uuid.UUID) -> None:
    found = queries.locked(overrun_id)
    booking, payment, now = found.booking, found.payment, clock.now()
    window_over = earning_rules.releasable_at(booking.terms, found.ended_at or now) <= now
    if found.released_at is not None or payment is None or payment.disputed_at is not None or not window_over:
        return
    coach, fee = earning_rules.earned(found)
    owed = ledger_accounts.SESSIONS_OWED
    postings = [
        ledger_accounts.Posting(f"release-coach:{found.id}", owed, ledger_accounts.coach(booking.coach_id), coach),
        ledger_accounts.Posting(f"release-fee:{found.id}", owed, ledger_accounts.REVENUE, fee),
    ]
    post_all(postings, currency=found.currency, subject_id=found.id)
    found.released_at = now
    record(None, "overrun.released", found.id, coach_cents=coach, fee_cents=fee)


def dispute_changed(dispute: Dispute) -> None:
    """Bear a lost dispute about an overrun's payment, once, inside a command; a won one leaves everything as it was."""
    seen = queries.of_payment(dispute.payment_id)
    if seen is None:
        return
    bookings.locked(seen.booking_id)
    found = queries.locked(seen.id)
    payment, dispute = payments.locked(dispute.payment_id), payments.locked_dispute(dispute.stripe_id)
    if payment.status != payment_rules.PAID or found.status not in {rules.PAID, rules.ACCEPTED}:
        return
    if dispute.status in payment_rules.LOST_DISPUTES:
        if dispute.followed_at is None:
            refunds_on_hold.apply_dispute_to_refunds(payment, dispute)
            lost = payment_disputes.disputed_price_cents(payment, dispute)
            _post_loss(found, dispute, min(lost, found.price_cents - found.refunded_cents))
        refunds_on_hold.mark_dispute_applied(payment, dispute)
    elif dispute.status in payment_rules.CLOSED_WITHOUT_LOSS:
        refunds_on_hold.mark_dispute_applied(payment, dispute)


def _post_loss(found: Overrun, dispute: Dispute, cents: int) -> None:
    """Out of what is owed, or once it was released out of the coach's balance; our fee on it is our cost."""
    part = earning_rules.earned(found)[0] - earning_rules.earned(found, less_cents=cents)[0]
    released = found.released_at is not None
    post(
        f"dispute-lost:{dispute.id}:{found.id}",
        debit=ledger_accounts.coach(found.booking.coach_id) if released else ledger_accounts.SESSIONS_OWED,
        credit=ledger_accounts.DISPUTES,
        cents=part if released else cents,
        currency=found.currency,
        subject_id=found.id,
        source=dispute.stripe_id,
    )
    found.refunded_cents += cents
    record(None, "overrun.dispute_lost", found.id, cents=cents, dispute=dispute.stripe_id)
