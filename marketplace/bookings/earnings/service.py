"""Commands: release what was kept of ended sessions to coach and fee."""

import uuid

from marketplace import clock
from marketplace.audit.service import record
from marketplace.bookings import queries
from marketplace.bookings.earnings import queries as earning_queries
from marketplace.bookings.earnings import rules
from marketplace.bookings.rules import RELEASABLE
from marketplace.db import transactional
from marketplace.ledger import rules as ledger_accounts
from marketplace.ledger.service.postings import post_all
from marketplace.payments import rules as payment_rules


def release_earnings() -> None:
    """Make payable whatever has passed its window, is settled and is not disputed."""
    for booking_id in earning_queries.unreleased():
        release(booking_id)


@transactional
def release(booking_id: uuid.UUID) -> bool:
    """Book one ended session's kept money to coach and fee, once; False if it is not due."""
    booking = queries.locked(booking_id)
    payment = booking.payment
    now = clock.now()
    if (
        booking.released_at is not None
        or booking.frozen_at is not None
        or booking.status not in RELEASABLE
        or rules.releasable_at(booking.terms, booking.ends_at) > now
        or payment is None
        or payment.status != payment_rules.PAID
        or payment.disputed_at is not None
        or payment.available_on is None
        or payment.available_on > now
    ):
        return False
    coach, fee = rules.earned(booking)
    postings = []
    for name, account, cents in (
        ("coach", ledger_accounts.coach(booking.coach_id), coach),
        ("fee", ledger_accounts.REVENUE, fee),
    ):
        # A fee below zero: we refunded more than it was, and make up the coach's share.
        debit, credit = (
            (ledger_accounts.SESSIONS_OWED, account) if cents >= 0 else (account, ledger_accounts.SESSIONS_OWED)
        )
        postings.append(ledger_accounts.Posting(f"release-{name}:{booking.id}", debit, credit, abs(cents)))
    post_all(postings, currency=booking.currency, subject_id=booking.id)
    booking.released_at = now
    record(None, "booking.released", booking.id, coach_cents=coach, fee_cents=fee)
    return True
