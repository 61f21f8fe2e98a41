"""Reversals of paid payouts: intended and committed, asked of Stripe, recorded."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from marketplace import clock, money
from marketplace.accounts.models import User
from marketplace.audit.service import record
from marketplace.db import session, transactional, uuid7
from marketplace.errors import Conflict, Invalid, NotFound
from marketplace.jobs import unfinished
from marketplace.languages import gettext as _
from marketplace.ledger import rules as ledger_accounts
from marketplace.ledger.queries.entries import cents_of
from marketplace.ledger.service.postings import post
from marketplace.payments.service.exchanges import post_exchange
from marketplace.payments.stripe_gateway import connect as stripe_connect
from marketplace.payments.stripe_gateway.client import GatewayRefused
from marketplace.payments.stripe_gateway.connect import ReversalState
from marketplace.payouts.models import Payout, PayoutReversal
from marketplace.payouts.queries import reversals as reversal_queries
from marketplace.payouts.queries import runs as run_queries
from marketplace.payouts.rules import permissions as payout_permissions
from marketplace.payouts.rules import reversals as reversal_rules
from marketplace.payouts.rules import states as payout_states
from marketplace.payouts.rules.reasons import Reason
from marketplace.payouts.service.notifications import (
    tell_admins_of_failure,
    tell_admins_of_payout,
    tell_coach_of_reversal,
)
from marketplace.payouts.service.payout_jobs import enqueue_reversal
from marketplace.payouts.service.transitions import transition_payout, transition_reversal


class NothingToReverse(Conflict):
    """There is nothing of this payout that could be reversed."""


class LeftToReverseChanged(Conflict):
    """Some of this payout was reversed in the meantime. Look at what is left, then decide again."""


class AlreadyReversed(Conflict):
    """This was reversed; there is nothing to try again."""


class LessLeftToReverse(Conflict):
    """Less than this is left of the payout by now."""


@transactional
def reverse_payout(
    admin: User, *, payout_id: uuid.UUID, cents: int, reason: str, expected_left_cents: int
) -> PayoutReversal:
    """Decide to reverse `cents` of a paid payout; the worker asks Stripe.

    The coach reads `reason`. `expected_left_cents` is what could be reversed when the admin looked: a form that is
    sent twice reverses once.
    Raises NothingToReverse, LeftToReverseChanged, Invalid.
    """
    payout = _locked(admin, payout_id)
    left = reversal_queries.left_to_reverse(payout)
    if left == 0:
        raise NothingToReverse
    if expected_left_cents != left:
        raise LeftToReverseChanged
    if not 0 < cents <= left:
        raise Invalid(
            amount=_(
                "Reverse from %(least)s to %(most)s.",
                least=money.spoken(1, payout.currency),
                most=money.spoken(left, payout.currency),
            )
        )
    reversal = PayoutReversal(
        id=uuid7(), payout_id=payout.id, cents=cents, reason=reason, asked_by=admin.id, asked_at=clock.now()
    )
    session().add(reversal)
    session().flush()
    enqueue_reversal(reversal.id)
    record(admin.id, "payout.reversal_intended", payout.id, reversal=str(reversal.id), cents=cents, reason=reason)
    return reversal_queries.reversal(admin, reversal.id)


@transactional
def retry_reversal(admin: User, *, reversal_id: uuid.UUID) -> PayoutReversal:
    """Ask Stripe again for a reversal that it refused.

    Raises AlreadyReversed, LessLeftToReverse.
    """
    payout = _locked(admin, reversal_queries.reversal(admin, reversal_id).payout_id)
    reversal = reversal_queries.reversal(admin, reversal_id)
    if reversal.status == payout_states.MADE:
        raise AlreadyReversed
    if reversal.status == payout_states.FAILED:
        if reversal.cents > reversal_queries.left_to_reverse(payout):
            raise LessLeftToReverse
        transition_reversal(reversal, payout_states.INTENDED, by=admin.id)
    enqueue_reversal(reversal.id)
    record(admin.id, "payout.reversal_retried", payout.id, reversal=str(reversal.id))
    return reversal


def _locked(admin: User, payout_id: uuid.UUID) -> Payout:
    """The payout, locked, so that decisions on what is left of it follow one another."""
    payout = run_queries.locked(payout_id) if payout_permissions.may_pay_out(admin) else None
    if payout is None:
        raise NotFound
    return payout


@dataclass(frozen=True)
class _ReversalAttempt:
    """A reversal to ask for; `resumed` if it may have been asked for before."""

    reversal_id: uuid.UUID
    payout_id: uuid.UUID
    number: int
    transfer_id: str
    cents: int
    resumed: bool


def send_reversal(reversal_id: str) -> None:
    """Ask Stripe for a reversal, or find the one that an earlier attempt made; record it.

    Raises Unavailable where Stripe's answer is unknown: the queue asks again under the same key.
    """
    attempt = _begin(reversal_id)
    if attempt is None:
        return
    try:
        made = _made_before(attempt) or stripe_connect.reverse_transfer(
            attempt.transfer_id, amount_cents=attempt.cents, reversal_id=attempt.reversal_id, attempt=attempt.number
        )
    except GatewayRefused as refusal:
        _record_refused(attempt, refusal.code, reversal_rules.reason_not_reversed(refusal.code, refusal.words))
    else:
        record_reversals(attempt.payout_id, attempt.transfer_id, [made])


@transactional
def _begin(reversal_id: str) -> _ReversalAttempt | None:
    """Record that the reversal is being asked for; None where there is nothing to ask for."""
    reversal = reversal_queries.find_reversal(reversal_id)
    payout = run_queries.locked(reversal.payout_id) if reversal else None
    reversal = reversal_queries.find_reversal(reversal_id)
    if payout is None or reversal is None or reversal.status != payout_states.INTENDED or payout.stripe_id is None:
        return None
    # After a refusal too: Stripe's list is asked once more than needed rather than money taken twice.
    resumed = reversal.tried_at is not None or reversal.attempt > 1
    reversal.tried_at = clock.now()
    cents = _to_ask_for(payout, reversal)
    return _ReversalAttempt(reversal.id, payout.id, reversal.attempt, payout.stripe_id, cents, resumed)


def _to_ask_for(payout: Payout, reversal: PayoutReversal) -> int:
    """What to ask of Stripe, in the currency in which the payout left; the same at each attempt's every try."""
    if payout.conversion is None:
        return reversal.cents
    if reversal.sent_cents is None:
        before = reversal_queries.claimed_before(payout, but=reversal.id)
        reversal.sent_cents = payout.conversion.to_reverse(
            reversal.cents, before_cents=before.cents, before_sent_cents=before.sent_cents
        )
    return reversal.sent_cents


def _made_before(attempt: _ReversalAttempt) -> ReversalState | None:
    """The reversal that an earlier attempt made, found by our id.

    Stripe forgets an idempotency key after a day.
    """
    made = stripe_connect.reversals_of(attempt.transfer_id) if attempt.resumed else ()
    return next((state for state in made if state.reversal_id == str(attempt.reversal_id)), None)


@transactional
def record_reversals(payout_id: uuid.UUID, transfer_id: str, states: Iterable[ReversalState]) -> None:
    """Post what was reversed of a transfer, by us or at Stripe, to the coach's balance.

    Each reversal is posted once, whether our request or Stripe's message is recorded first.
    """
    payout = run_queries.locked(payout_id)
    if payout is None or payout.stripe_id != transfer_id:
        return
    for state in states:
        # What stands there already is not converted anew: since then more may have been reversed.
        cents = 0 if cents_of(f"payout-reversed:{state.id}") else _reversed_cents(payout, state)
        new = post(
            f"payout-reversed:{state.id}",
            debit=ledger_accounts.STRIPE,
            credit=ledger_accounts.coach(payout.coach_id),
            cents=cents,
            currency=payout.currency,
            subject_id=payout.id,
            source=state.id,
        )
        if new:
            _post_exchange(payout, state, cents)
            record(None, "payout.reversal_booked", payout.id, reversal=state.id, cents=cents)
            _tell(payout, state, cents)
    whole = reversal_queries.reversed_cents([payout]).get(payout.id, 0) >= payout.amount_cents
    if whole and payout.status == payout_states.PAID:
        transition_payout(payout, payout_states.REVERSED)


def _reversed_cents(payout: Payout, state: ReversalState) -> int:
    """What of the payout a reversal at Stripe took back, in the payout's currency."""
    if payout.conversion is None:
        return state.amount
    ours = reversal_queries.find_reversal(state.reversal_id) if state.reversal_id else None
    if ours is not None and (ours.payout_id, ours.sent_cents) == (payout.id, state.amount):
        return ours.cents
    before = reversal_queries.claimed_before(payout, but=None)
    return payout.conversion.reversed(state.amount, before_cents=before.cents, before_sent_cents=before.sent_cents)


def _post_exchange(payout: Payout, state: ReversalState, cents: int) -> None:
    post_exchange(
        f"payout-reversed:{state.id}",
        cents=cents,
        currency=payout.currency,
        settled_cents=state.amount,
        settled_currency=payout.sent_currency or payout.currency,
        subject_id=payout.id,
        source=state.id,
    )


def _tell(payout: Payout, state: ReversalState, cents: int) -> None:
    """Mail the coach the admin's reason, or admins what was reversed at Stripe without us."""
    reversal = reversal_queries.find_reversal(state.reversal_id) if state.reversal_id else None
    if (
        reversal is None
        or reversal.payout_id != payout.id
        or not payout_states.REVERSAL_STATES.allows(reversal.status, payout_states.MADE)
    ):
        tell_admins_of_payout(payout, key=f"payout-reversed:{state.id}", reversed_cents=cents)
        return
    transition_reversal(reversal, payout_states.MADE, stripe_id=state.id)
    tell_coach_of_reversal(reversal)


@transactional
def _record_refused(attempt: _ReversalAttempt, code: str, reason: Reason) -> None:
    run_queries.locked(attempt.payout_id)
    reversal = reversal_queries.find_reversal(attempt.reversal_id)
    if reversal is None or (reversal.status, reversal.attempt) != (payout_states.INTENDED, attempt.number):
        return
    transition_reversal(reversal, payout_states.FAILED, failure=reason)
    record(None, "payout.reversal_refused", attempt.payout_id, reversal=str(reversal.id), code=code)
    tell_admins_of_failure(reversal)


def resume_reversals() -> int:
    """Resume reversals that have no job, in the running transaction; returns how many."""
    meant = reversal_queries.unsent_reversals()
    running = unfinished("send_reversal", argument="reversal_id") if meant else set()
    lost = [reversal_id for reversal_id in meant if str(reversal_id) not in running]
    for reversal_id in lost:
        enqueue_reversal(reversal_id)
    return len(lost)
