"""Disputes: read at Stripe, recorded forward only; what they moved in our balance is booked."""

import uuid

from sqlalchemy.dialects.postgresql import insert

from marketplace import clock
from marketplace.db import session, transactional, uuid7
from marketplace.ledger import rules as ledger_accounts
from marketplace.ledger.queries.entries import cents_of
from marketplace.ledger.service.postings import post, post_all
from marketplace.payments import queries, rules
from marketplace.payments.models import Dispute, Payment
from marketplace.payments.service.document_requests import want_documents
from marketplace.payments.service.exchanges import post_exchange
from marketplace.payments.service.missing_objects import DISPUTE, note_missing
from marketplace.payments.service.refund_failures import write_off_failed_refunds
from marketplace.payments.service.refunds_on_hold import mark_disputed
from marketplace.payments.service.transitions import transition_dispute
from marketplace.payments.stripe_gateway import client as stripe_client
from marketplace.payments.stripe_gateway import disputes as stripe_disputes
from marketplace.payments.stripe_gateway.refusals import Kind


def sync_dispute(stripe_id: str) -> uuid.UUID | None:
    """Read a dispute at Stripe and record what is new.

    Returns the payment's id, None if the dispute is not ours. Raises GatewayRefused also where Stripe does not know it;
    one that we knew of is then told to admins.
    """
    try:
        state = stripe_disputes.dispute(stripe_id)
    except stripe_client.GatewayRefused as refusal:
        known = queries.find_dispute(stripe_id)
        if refusal.kind == Kind.MISSING and known is not None:
            note_missing(DISPUTE, stripe_id, subject_id=known.id, page=f"/admin/disputes/{known.id}")
        raise
    payment = queries.find(uuid.UUID(state.payment_id)) if state.payment_id else None
    if payment is None:
        return None
    _record(payment.id, state)
    return payment.id


@transactional
def _record(payment_id: uuid.UUID, state: stripe_disputes.DisputeState) -> None:
    payment = queries.locked(payment_id)
    dispute = _row(payment, state)
    if rules.is_news(dispute.status, state.status):
        if state.status != dispute.status:
            transition_dispute(dispute, state.status)
        dispute.amount_cents = state.amount
        dispute.due_by = state.due_by
    if dispute.status in rules.DECIDED_DISPUTES:
        want_documents(payment.id)
    if state.submissions and dispute.submitted_at is None:
        dispute.submitted_at = clock.now()
    dispute.fee_cents = max(dispute.fee_cents, *(line.fee for line in state.lines), 0)
    for line in state.lines:
        _book(payment, dispute, line)
    session().flush()
    _move_tax(payment, dispute)
    mark_disputed(payment)
    if dispute.status in rules.LOST_DISPUTES:
        session().flush()
        write_off_failed_refunds(payment)


def _row(payment: Payment, state: stripe_disputes.DisputeState) -> Dispute:
    row = {
        "id": uuid7(),
        "payment_id": payment.id,
        "stripe_id": state.id,
        "amount_cents": state.amount,
        "fee_cents": 0,
        "reason": state.reason,
        "status": state.status,
        "due_by": state.due_by,
        "opened_at": state.created,
        "closed_at": clock.now() if state.status in rules.DECIDED_DISPUTES else None,
    }
    session().execute(insert(Dispute).values(row).on_conflict_do_nothing(index_elements=["stripe_id"]))
    return queries.locked_dispute(state.id)


def _book(payment: Payment, dispute: Dispute, line: stripe_disputes.DisputeLine) -> None:
    """Post a dispute's balance transaction: amount and fee leave our balance or return to it.

    Where Stripe converted it the amount is the dispute's own, in the payment's currency, and exchanged.
    """
    about = {"subject_id": payment.subject_id, "source": dispute.stripe_id}
    amount, fee = _out_of_balance("dispute", line, -line.amount), _out_of_balance("dispute-fee", line, line.fee)
    if line.currency == payment.currency:
        post_all([amount, fee], currency=line.currency, **about)  # type: ignore[arg-type]
        return
    taken = dispute.amount_cents if line.amount < 0 else -dispute.amount_cents
    post_all([_out_of_balance("dispute", line, taken)], currency=payment.currency, **about)  # type: ignore[arg-type]
    post_exchange(
        f"dispute:{line.id}",
        cents=-taken,
        currency=payment.currency,
        settled_cents=line.amount,
        settled_currency=line.currency,
        **about,  # type: ignore[arg-type]
    )
    post_all([fee], currency=line.currency, **about)  # type: ignore[arg-type]


def _out_of_balance(fact: str, line: stripe_disputes.DisputeLine, cents: int) -> ledger_accounts.Posting:
    debit, credit = ledger_accounts.DISPUTES, ledger_accounts.STRIPE
    if cents < 0:
        debit, credit = credit, debit
    return ledger_accounts.Posting(f"{fact}:{line.id}", debit, credit, abs(cents))


def _beyond_refunds(payment: Payment, dispute: Dispute) -> int:
    return max(0, dispute.amount_cents - queries.refunds_paid_first_cents(payment.id))


def disputed_tax_cents(payment: Payment, dispute: Dispute) -> int:
    """What of a dispute is tax not refunded before, in cents; 0 where no tax was charged."""
    cents = _beyond_refunds(payment, dispute)
    tax = rules.tax_in(cents, amount_cents=payment.amount_cents, tax_cents=payment.tax_cents)
    return min(tax, payment.tax_cents - queries.refunded_tax_cents(payment.id))


def disputed_price_cents(payment: Payment, dispute: Dispute) -> int:
    """What of a dispute falls on the price, in cents: less tax and the refunds that it pays."""
    return _beyond_refunds(payment, dispute) - disputed_tax_cents(payment, dispute)


def _move_tax(payment: Payment, dispute: Dispute) -> None:
    """Post that tax which the payer got back is not owed any more, or is owed again."""
    fact = {"currency": payment.currency, "subject_id": payment.subject_id}
    lost = f"dispute-tax:{dispute.id}"
    if dispute.status in rules.LOST_DISPUTES:
        cents = disputed_tax_cents(payment, dispute)
        post(lost, debit=ledger_accounts.TAX_OWED, credit=ledger_accounts.DISPUTES, cents=cents, **fact)  # type: ignore[arg-type]
    elif dispute.status in rules.CLOSED_WITHOUT_LOSS:
        back, cents = f"dispute-tax-back:{dispute.id}", cents_of(lost)
        post(back, debit=ledger_accounts.DISPUTES, credit=ledger_accounts.TAX_OWED, cents=cents, **fact)  # type: ignore[arg-type]


def send_evidence(dispute_id: str) -> None:
    """Send Stripe the evidence that an admin chose, once; a refusal is kept for the admin."""
    dispute = queries.dispute(dispute_id)
    if dispute.evidence is None or dispute.evidence_id is None or dispute.submitted_at is not None:
        return
    refusal = None
    try:
        stripe_disputes.submit_evidence(dispute.stripe_id, dispute.evidence, key=dispute.evidence_id)
    except stripe_client.GatewayRefused as refused:
        refusal = refused.words
    try:
        sync_dispute(dispute.stripe_id)
    except stripe_client.GatewayRefused as refused:
        # Stripe does not know the dispute either: what it said to the evidence is what the admin reads.
        if refusal is None or refused.kind != Kind.MISSING:
            raise
    if refusal is not None:
        _record_refusal(dispute.stripe_id, refusal)


@transactional
def _record_refusal(stripe_id: str, refusal: str) -> None:
    dispute = queries.locked_dispute(stripe_id)
    if dispute.submitted_at is None:
        dispute.evidence, dispute.refusal = None, refusal
