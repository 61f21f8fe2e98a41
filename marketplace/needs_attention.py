"""What needs an admin's attention: how much of each kind."""

from dataclasses import dataclass
from datetime import datetime

from marketplace import jobs
from marketplace.account_changes import queries as account_changes
from marketplace.accounts.models import User
from marketplace.accounts.queries import only_admins
from marketplace.attendance import queries as attendance
from marketplace.coaches import queries as coaches
from marketplace.invariants import queries as invariant_queries
from marketplace.notifications import queries as notifications
from marketplace.payments import queries as payments
from marketplace.payouts.queries import payables as payable_queries
from marketplace.payouts.queries import runs as run_queries
from marketplace.payouts.rules import states as payout_states
from marketplace.stripe_inbox import queries as stripe_events


@dataclass(frozen=True)
class NeedsAttention:
    """Coaches to vet, accounts, contested sessions, payouts by state, failed jobs and mails, events, broken invariants.

    `account_changes` are those that wait for a second admin, whom the one who asks may be.
    `pending` are jobs that are due, run or are to be tried again; `pending_since` is when the oldest was written, by
    the machine's clock: none of them needs a person as long as that is some minutes ago at most.
    """

    coaches: int
    account_changes: int
    cases: int
    payable: int
    proposed: int
    payouts_waiting: int
    payouts_failed: int
    pending: int
    pending_since: datetime | None
    jobs: int
    mails: int
    events: int
    missing: int
    broken: int


def counts(admin: User) -> NeedsAttention:
    """How much of each kind needs attention now; NotFound for who is no admin."""
    only_admins(admin)
    by_state, pending = run_queries.counts(), jobs.pending()
    return NeedsAttention(
        coaches=len(coaches.applications()),
        account_changes=account_changes.count_to_confirm(admin),
        cases=attendance.count_contested(),
        payable=len([payable for payable in payable_queries.payables(admin) if payable.reason is None]),
        proposed=by_state.get(payout_states.PROPOSED, 0),
        payouts_waiting=run_queries.count_waiting(),
        payouts_failed=by_state.get(payout_states.FAILED, 0),
        pending=sum(each.due + each.running + each.to_retry for each in pending),
        pending_since=min((each.since for each in pending), default=None),
        jobs=jobs.count_failed(),
        mails=notifications.counts()["failed"],
        events=stripe_events.count_unhandled(),
        missing=payments.count_missing_payments(),
        broken=len(invariant_queries.broken()),
    )
