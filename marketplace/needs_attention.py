"""What needs an admin's attention: how much of each kind."""

from dataclasses import dataclass

from marketplace import jobs
from marketplace.accounts.models import User
from marketplace.accounts.queries import only_admins
from marketplace.attendance import queries as attendance
from marketplace.coaches import queries as coaches
from marketplace.invariants import queries as invariant_queries
from marketplace.notifications import queries as notifications
from marketplace.payouts.queries import payables as payable_queries
from marketplace.payouts.queries import runs as run_queries
from marketplace.payouts.rules import states as payout_states
from marketplace.stripe_inbox import queries as stripe_events


@dataclass(frozen=True)
class NeedsAttention:
    """Coaches to vet, contested sessions, payouts by state, failed jobs and mails, events, broken invariants."""

    coaches: int
    cases: int
    payable: int
    proposed: int
    payouts_waiting: int
    payouts_failed: int
    jobs: int
    mails: int
    events: int
    broken: int


def counts(admin: User) -> NeedsAttention:
    """How much of each kind needs attention now; NotFound for who is no admin."""
    only_admins(admin)
    by_state = run_queries.counts()
    return NeedsAttention(
        coaches=len(coaches.applications()),
        cases=attendance.count_contested(),
        payable=len([payable for payable in payable_queries.payables(admin) if payable.reason is None]),
        proposed=by_state.get(payout_states.PROPOSED, 0),
        payouts_waiting=run_queries.count_waiting(),
        payouts_failed=by_state.get(payout_states.FAILED, 0),
        jobs=jobs.count_failed(),
        mails=notifications.counts()["failed"],
        events=stripe_events.count_unhandled(),
        broken=len(invariant_queries.broken()),
    )
