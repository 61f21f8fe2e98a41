"""Commands: release what was paid for overruns."""

import uuid

from marketplace import clock
from marketplace.audit.service import record
from marketplace.bookings.earnings import rules as earning_rules
from marketplace.bookings.overruns import queries
from marketplace.db import transactional
from marketplace.ledger import rules as ledger_accounts
from marketplace.ledger.service.postings import post_all


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
