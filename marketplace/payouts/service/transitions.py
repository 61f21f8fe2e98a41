"""The only place that moves a payout, a run or a reversal from one state to another."""

import uuid
from typing import Any

from marketplace import clock
from marketplace.audit.service import record
from marketplace.db import refusing
from marketplace.errors import Conflict
from marketplace.payouts.models import Payout, PayoutReversal, PayoutRun
from marketplace.payouts.rules import states as payout_states
from marketplace.payouts.rules.reasons import Reason
from marketplace.payouts.service.payout_lines import reclaim_lines, release_lines


class AnotherIsOpen(Conflict):
    """Another payout of this coach is under way; it carries this money."""


def transition_payout(
    payout: Payout, to: str, *, by: uuid.UUID | None = None, reason: Reason | None = None, **facts: Any
) -> None:
    """Move a locked payout to `to`; its lines count unless it ended without being sent.

    `reason` says why it waits, failed or was returned. Raises TransitionRefused where the table does not allow it, and
    where a failed one is approved again AnotherIsOpen or CarriedByAnother.
    """
    payout_states.PAYOUT_STATES.check(payout.status, to)
    before = payout.status
    with refusing("payouts_one_open_each_idx", AnotherIsOpen):
        payout.status, payout.reason = to, reason
        if to == payout_states.SENDING:
            payout.attempt += 1
            payout.tried_at = clock.now()
        elif to == payout_states.PAID:
            payout.sent_at = clock.now()
    if to in payout_states.NOT_SENT:
        release_lines(payout)
    elif before in payout_states.NOT_SENT:
        reclaim_lines(payout)
    why = {"reason": reason.stored()} if reason else {}
    record(by, f"payout.{to}", payout.id, before=before, cents=payout.amount_cents, **why, **facts)


def transition_run(run: PayoutRun, to: str, *, by: uuid.UUID, **facts: Any) -> None:
    """Approve or cancel a locked run. Raises TransitionRefused where its table forbids it."""
    payout_states.RUN_STATES.check(run.state, to)
    if to == payout_states.APPROVED:
        run.approved_by, run.approved_at = by, clock.now()
    else:
        run.cancelled_at = clock.now()
    record(by, f"payout_run.{to}", run.id, **facts)


def transition_reversal(
    reversal: PayoutReversal,
    to: str,
    *,
    by: uuid.UUID | None = None,
    failure: Reason | None = None,
    stripe_id: str | None = None,
) -> None:
    """Move a reversal of a locked payout to `to`; back at intended it is a new attempt.

    `failure` says why Stripe refused, `stripe_id` is the reversal that it made.
    Raises TransitionRefused where the table does not allow it.
    """
    payout_states.REVERSAL_STATES.check(reversal.status, to)
    before, reversal.status = reversal.status, to
    reversal.failure, reversal.stripe_id = failure, stripe_id
    reversal.made_at = clock.now() if to == payout_states.MADE else None
    if to == payout_states.INTENDED:
        reversal.attempt += 1
        reversal.tried_at = reversal.sent_cents = None
    why = {"reason": failure.stored()} if failure else {}
    record(by, f"payout_reversal.{to}", reversal.id, before=before, cents=reversal.cents, **why)
