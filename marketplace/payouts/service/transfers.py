"""Sending payouts: intended and committed, asked of Stripe, recorded; at most once."""

import uuid
from dataclasses import dataclass

from marketplace import clock
from marketplace.db import transactional
from marketplace.errors import Conflict
from marketplace.jobs import unfinished
from marketplace.languages import gettext as _
from marketplace.ledger import rules as ledger_accounts
from marketplace.payments import queries as payment_queries
from marketplace.payments.service.exchanges import post_exchange
from marketplace.payments.service.missing_objects import TRANSFER, note_missing
from marketplace.payments.stripe_gateway import connect as stripe_connect
from marketplace.payments.stripe_gateway.client import GatewayRefused
from marketplace.payments.stripe_gateway.connect import TransferState
from marketplace.payments.stripe_gateway.refusals import Kind
from marketplace.payouts.models import Payout
from marketplace.payouts.queries import bank_accounts as bank_account_queries
from marketplace.payouts.queries import payables as payable_queries
from marketplace.payouts.queries import runs as run_queries
from marketplace.payouts.rules import payables as payable_rules
from marketplace.payouts.rules import reasons
from marketplace.payouts.rules import states as payout_states
from marketplace.payouts.rules.conversions import converted
from marketplace.payouts.rules.states import MANUAL, STRIPE
from marketplace.payouts.service.bank_accounts import refresh_account
from marketplace.payouts.service.notifications import tell_admins_of_payout, tell_admins_to_transfer
from marketplace.payouts.service.payout_jobs import enqueue_payout
from marketplace.payouts.service.postings import post_payout
from marketplace.payouts.service.reversals import record_reversals, resume_reversals
from marketplace.payouts.service.runs import reason_uncovered
from marketplace.payouts.service.statement_notifications import tell_coach
from marketplace.payouts.service.transitions import transition_payout


class UnexpectedTransfer(Conflict):
    """Stripe made a transfer that we did not ask for."""


@dataclass(frozen=True)
class _TransferAttempt:
    """A transfer to ask for; `resumed` if it may have been asked for before."""

    payout_id: uuid.UUID
    number: int
    stripe_account_id: str
    amount_cents: int
    currency: str
    resumed: bool


def send_payout(payout_id: str) -> None:
    """Transfer an approved payout, or finish a transfer that was begun before; at most once.

    Raises Unavailable where Stripe's answer is unknown: the queue asks again under the same key.
    """
    attempt = _begin(uuid.UUID(payout_id))
    if attempt is None:
        return
    try:
        made = _transfer(attempt)
    except GatewayRefused as refusal:
        _record_refused(attempt.payout_id, attempt.number, refusal.code, refusal.words)
        if refusal.kind == Kind.MISSING and bank_account_queries.account(attempt.stripe_account_id) is not None:
            # Perhaps the coach's account is gone: it is read, and the coach told.
            refresh_account(attempt.stripe_account_id)
    else:
        _record_paid(attempt.payout_id, attempt.number, made.id)


def _transfer(attempt: _TransferAttempt) -> TransferState:
    if attempt.resumed:
        # Stripe forgets an idempotency key after a day; what was made under it is found by our payout's id.
        made = stripe_connect.transfers_of(attempt.payout_id)
        if made:
            return made[0]
    return stripe_connect.transfer(
        stripe_account_id=attempt.stripe_account_id,
        amount_cents=attempt.amount_cents,
        currency=attempt.currency,
        payout_id=attempt.payout_id,
        attempt=attempt.number,
    )


@transactional
def _begin(payout_id: uuid.UUID) -> _TransferAttempt | None:
    """Record that the payout is being sent; None where nothing is to be sent, or not yet."""
    payout = run_queries.locked(payout_id, skip_locked=True)
    if payout is None or payout.status not in payout_states.TO_SEND:
        return None
    resumed = payout.status == payout_states.SENDING
    if (resumed and payout.rail == MANUAL) or (not resumed and not _may_go(payout)):
        return None
    details = None if resumed else bank_account_queries.bank_details_of(payout.coach_id)
    if details is not None:
        # A person makes this transfer: it has left the coach's balance, and waits for the bank's reference.
        payout.rail, payout.sealed = MANUAL, details.sealed
        payout.sent_cents = payout.sent_currency = None
        _begin_sending(payout)
        tell_admins_to_transfer(payout)
        return None
    if not resumed:
        # Committed with the attempt: the coach may connect another account before the answer comes.
        bank = bank_account_queries.account_of(payout.coach_id)
        payout.rail, payout.sealed, payout.destination = STRIPE, None, bank.stripe_id if bank else None
        payout.sent_cents, payout.sent_currency = _in_our_balance(payout)
    if payout.destination is None:
        raise RuntimeError("a payout is being sent to a coach without a bank")
    if not resumed:
        _begin_sending(payout)
    # After a refusal too: Stripe's list is asked once more than needed rather than money sent twice.
    resumed = resumed or payout.attempt > 1
    cents, currency = payout.sent_cents or payout.amount_cents, payout.sent_currency or payout.currency
    return _TransferAttempt(payout.id, payout.attempt, payout.destination, cents, currency, resumed)


def _in_our_balance(payout: Payout) -> tuple[int, str]:
    """What a payout comes to in the currency in which Stripe settles the coach's, at its latest rate for us."""
    latest = payment_queries.latest_settlement(payout.currency)
    if latest is None or latest.settled_cents is None or not latest.is_converted:
        return payout.amount_cents, payout.currency
    paid = latest.amount_cents + latest.tax_cents
    return converted(payout.amount_cents, from_cents=paid, into_cents=latest.settled_cents), latest.fee_currency


def _begin_sending(payout: Payout) -> None:
    transition_payout(payout, payout_states.SENDING, attempt=payout.attempt + 1, rail=payout.rail)
    post_payout("payout-sent", payout, debit=ledger_accounts.coach(payout.coach_id), credit=ledger_accounts.IN_TRANSIT)


def _may_go(payout: Payout) -> bool:
    """Whether a payout is covered and its coach can be paid; if not, keeps the reason."""
    uncovered = reason_uncovered(payout)
    if uncovered:
        transition_payout(payout, payout_states.FAILED, reason=uncovered)
        return False
    reason = payable_rules.reason_to_wait(payable_queries.standing_of(payout.coach))
    if reason:
        payout.reason, payout.tried_at = reason, clock.now()
    return reason is None


def _still_sending(payout_id: uuid.UUID, attempt: int) -> Payout | None:
    """The payout, locked; None if the result of this attempt was recorded already."""
    payout = run_queries.locked(payout_id)
    same = payout is not None and (payout.status, payout.attempt) == (payout_states.SENDING, attempt)
    return payout if same else None


@transactional
def _record_paid(payout_id: uuid.UUID, attempt: int, transfer_id: str) -> None:
    payout = _still_sending(payout_id, attempt)
    if payout is None:
        return
    payout.stripe_id = transfer_id
    transition_payout(payout, payout_states.PAID, transfer=transfer_id)
    post_payout(
        "payout-arrived", payout, debit=ledger_accounts.IN_TRANSIT, credit=ledger_accounts.STRIPE, source=transfer_id
    )
    if payout.sent_cents is not None and payout.sent_currency is not None:
        post_exchange(
            f"payout:{payout.id}:{payout.attempt}",
            cents=-payout.amount_cents,
            currency=payout.currency,
            settled_cents=-payout.sent_cents,
            settled_currency=payout.sent_currency,
            subject_id=payout.id,
            source=transfer_id,
        )
    tell_coach(payout)


@transactional
def _record_refused(payout_id: uuid.UUID, attempt: int, code: str, sentence: str) -> None:
    payout = _still_sending(payout_id, attempt)
    if payout is None:
        return
    post_payout(
        "payout-returned", payout, debit=ledger_accounts.IN_TRANSIT, credit=ledger_accounts.coach(payout.coach_id)
    )
    passes = payable_rules.reason_refused(code)
    transition_payout(
        payout,
        payout_states.APPROVED if passes else payout_states.FAILED,
        reason=passes or reasons.in_words(reasons.STRIPE_SAID, sentence),
        code=code,
        attempt=attempt,
    )
    if passes is None:
        tell_admins_of_payout(payout, key=f"payout-refused:{payout.id}:{attempt}", reason=sentence)


def sync_transfer(stripe_id: str) -> bool:
    """Read a transfer at Stripe, record if it was made or reversed; False if it is not ours.

    Raises GatewayRefused also where Stripe does not know it; one that we knew of is then told to admins.
    """
    try:
        state = stripe_connect.transfer_state(stripe_id)
    except GatewayRefused as refusal:
        known = run_queries.by_transfer(stripe_id)
        if refusal.kind == Kind.MISSING and known is not None:
            note_missing(TRANSFER, stripe_id, subject_id=known.id, page=f"/admin/payouts/{known.run_id}")
        raise
    payout = run_queries.find(state.payout_id or "")
    if payout is None:
        return False
    if payout.status == payout_states.SENDING:
        _record_paid(payout.id, payout.attempt, state.id)
    elif payout.stripe_id != state.id:
        raise UnexpectedTransfer(
            _(
                "Stripe made the transfer %(id)s for a payout that is %(status)s here.",
                id=state.id,
                status=payout.status,
            )
        )
    record_reversals(payout.id, state.id, state.reversals)
    return True


@transactional
def resume_payouts() -> int:
    """Resume payouts and reversals without a job, and payouts that waited long enough; how many."""
    due = run_queries.unfinished(clock.now() - payable_rules.TRY_AGAIN_AFTER)
    running = unfinished("send_payout", argument="payout_id") if due else set()
    lost = [payout_id for payout_id in due if str(payout_id) not in running]
    for payout_id in lost:
        enqueue_payout(payout_id)
    return len(lost) + resume_reversals()
