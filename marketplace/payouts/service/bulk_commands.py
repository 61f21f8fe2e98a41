"""The same command on what is alike: runs approved, payouts of a run tried again."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from marketplace.accounts.models import User
from marketplace.db import transactional
from marketplace.errors import Conflict, NotAllowed
from marketplace.payouts.queries import runs as run_queries
from marketplace.payouts.service import runs


@dataclass(frozen=True)
class BulkOutcome:
    """How many were done, and why the first of the others was not."""

    done: int
    refused: int
    reason: str = ""


@transactional
def approve_runs(admin: User, *, run_ids: Collection[uuid.UUID]) -> BulkOutcome:
    """Approve these runs, each for itself: one that is refused keeps no other from being sent."""
    refusals = []
    for run_id in sorted(run_ids):
        try:
            runs.approve_run(admin, run_id=run_id)
        except (Conflict, NotAllowed) as refusal:
            refusals.append(refusal.sentence)
    return _outcome(len(run_ids), refusals)


@transactional
def retry_payouts(admin: User, *, run_id: uuid.UUID) -> BulkOutcome:
    """Try again whatever failed or waits in a run, each for itself."""
    stuck = [payout.id for payout in run_queries.run(admin, run_id).payouts if payout.needs_retry]
    refusals = []
    for payout_id in stuck:
        try:
            runs.retry_payout(admin, payout_id=payout_id)
        except (Conflict, NotAllowed) as refusal:
            refusals.append(refusal.sentence)
    return _outcome(len(stuck), refusals)


def _outcome(wanted: int, refusals: list[str]) -> BulkOutcome:
    return BulkOutcome(wanted - len(refusals), len(refusals), refusals[0] if refusals else "")
