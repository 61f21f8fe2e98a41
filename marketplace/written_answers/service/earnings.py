"""Commands: release what was kept of delivered answers to coach and fee."""

import uuid

from marketplace import clock
from marketplace.audit.service import record
from marketplace.bookings.earnings.rules import earned
from marketplace.db import transactional
from marketplace.ledger import rules as ledger_accounts
from marketplace.ledger.service.postings import post_all
from marketplace.payments import rules as payment_rules
from marketplace.written_answers import queries, rules


def release_answer_earnings() -> None:
    """Make payable whatever has passed its window, is settled and is not disputed."""
    for answer_id in queries.unreleased():
        release(answer_id)


@transactional
def release(answer_id: uuid.UUID) -> bool:
    """Book one answer's kept money to coach and fee, once; False if it is not due."""
    answer = queries.locked(answer_id)
    payment, now = answer.payment, clock.now()
    if answer.status != rules.DELIVERED or answer.delivered_at is None:
        return False
    due_at = rules.releasable_at(
        answer.delivered_at, answer.follow_up_at, dispute_window_hours=answer.terms.dispute_window_hours
    )
    if (
        answer.released_at is not None
        or answer.frozen_at is not None
        or due_at > now
        or payment is None
        or payment.status != payment_rules.PAID
        or payment.disputed_at is not None
        or payment.available_on is None
        or payment.available_on > now
    ):
        return False
    coach, fee = earned(answer)
    owed = ledger_accounts.SESSIONS_OWED
    postings = [
        ledger_accounts.Posting(f"release-coach:{answer.id}", owed, ledger_accounts.coach(answer.coach_id), coach),
        ledger_accounts.Posting(f"release-fee:{answer.id}", owed, ledger_accounts.REVENUE, fee),
    ]
    post_all(postings, currency=answer.currency, subject_id=answer.id)
    answer.released_at = now
    record(None, "written_answer.released", answer.id, coach_cents=coach, fee_cents=fee)
    return True
