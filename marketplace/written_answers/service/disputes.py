"""What a dispute does to the written answer of its payment: earnings are reserved or lost."""

from marketplace import clock
from marketplace.audit.service import record
from marketplace.bookings.earnings.rules import earned
from marketplace.db import session, transactional, uuid7
from marketplace.ledger import rules as ledger_accounts
from marketplace.ledger.queries.entries import cents_of
from marketplace.ledger.service.postings import post
from marketplace.payments import queries as payments
from marketplace.payments import rules as payment_rules
from marketplace.payments.models import Dispute, Payment
from marketplace.payments.service import disputes as payment_disputes
from marketplace.payments.service import refunds_on_hold
from marketplace.written_answers import queries
from marketplace.written_answers.models import AnswerLoss, WrittenAnswer


@transactional
def dispute_changed(stripe_id: str) -> None:
    """Apply a dispute's present status to the written answer: reserve, post the loss, or restore.

    Safe in any order and any number of times; nothing where it is about no written answer.
    """
    found = queries.of_payment(payments.dispute_by_stripe_id(stripe_id).payment_id)
    if found is None or found.payment_id is None:
        return
    answer = queries.locked(found.id)
    payment = payments.locked(found.payment_id)
    dispute = payments.locked_dispute(stripe_id)
    if payment.status != payment_rules.PAID:
        # We have not heard of the disputed money yet; what brings it in comes here again.
        return
    if dispute.status in payment_rules.OPEN_DISPUTES:
        _reserve(dispute, answer, _portion(payment, dispute, answer))
    elif dispute.status in payment_rules.LOST_DISPUTES:
        if dispute.followed_at is None:
            _post_loss(payment, dispute, answer)
        refunds_on_hold.mark_dispute_applied(payment, dispute)
    elif dispute.status in payment_rules.CLOSED_WITHOUT_LOSS:
        _restore(payment, dispute, answer)
        refunds_on_hold.mark_dispute_applied(payment, dispute)


def _portion(payment: Payment, dispute: Dispute, answer: WrittenAnswer) -> int:
    """What of the dispute falls on what was kept, in cents."""
    disputed = payment_disputes.disputed_price_cents(payment, dispute)
    return min(disputed, answer.price_cents - answer.refunded_cents)


def _coachs_part(answer: WrittenAnswer, portion: int) -> int:
    return earned(answer)[0] - earned(answer, less_cents=portion)[0]


def _reserve(dispute: Dispute, answer: WrittenAnswer, portion: int) -> None:
    """Move from the coach's balance to the reserve what was released and is disputed now."""
    if answer.released_at is not None:
        _post(
            f"dispute-reserve:{dispute.id}:{answer.id}",
            answer,
            debit=ledger_accounts.coach(answer.coach_id),
            credit=ledger_accounts.reserve(answer.coach_id),
            cents=_coachs_part(answer, portion),
        )


def _post_loss(payment: Payment, dispute: Dispute, answer: WrittenAnswer) -> None:
    """Post a lost dispute: it pays refunds on hold first, then takes what is owed or reserved; the rest is our cost."""
    refunds_on_hold.apply_dispute_to_refunds(payment, dispute)
    portion = _portion(payment, dispute, answer)
    _reserve(dispute, answer, portion)
    reserved = cents_of(f"dispute-reserve:{dispute.id}:{answer.id}")
    from_coach = min(reserved, _coachs_part(answer, portion))
    released = answer.released_at is not None
    _post(
        f"dispute-lost:{dispute.id}:{answer.id}",
        answer,
        debit=ledger_accounts.reserve(answer.coach_id) if released else ledger_accounts.SESSIONS_OWED,
        credit=ledger_accounts.DISPUTES,
        cents=from_coach if released else portion,
    )
    # Less was lost of it than was at stake: a refund that waited had taken its part.
    _post(
        f"dispute-eased:{dispute.id}:{answer.id}",
        answer,
        debit=ledger_accounts.reserve(answer.coach_id),
        credit=ledger_accounts.coach(answer.coach_id),
        cents=reserved - from_coach,
    )
    if portion:
        answer.refunded_cents += portion
        loss = AnswerLoss(
            id=uuid7(),
            dispute_id=dispute.id,
            answer_id=answer.id,
            cents=portion,
            coach_cents=from_coach,
            was_released=released,
        )
        session().add(loss)
        record(None, "written_answer.dispute_lost", answer.id, cents=portion, dispute=dispute.stripe_id)


def _restore(payment: Payment, dispute: Dispute, answer: WrittenAnswer) -> None:
    """Return to the coach what was reserved or lost: nothing was lost, or an appeal was won."""
    refunds_on_hold.undo_dispute_on_refunds(payment, dispute)
    loss = next((loss for loss in queries.losses_of(dispute.id) if loss.answer_id == answer.id), None)
    if loss is None:
        reserved = cents_of(f"dispute-reserve:{dispute.id}:{answer.id}")
        eased = cents_of(f"dispute-eased:{dispute.id}:{answer.id}")
        _post(
            f"dispute-won:{dispute.id}:{answer.id}",
            answer,
            debit=ledger_accounts.reserve(answer.coach_id),
            credit=ledger_accounts.coach(answer.coach_id),
            cents=reserved - eased,
        )
    elif loss.returned_at is None:
        _reverse_loss(dispute, answer, loss)


def _reverse_loss(dispute: Dispute, answer: WrittenAnswer, loss: AnswerLoss) -> None:
    """Post a loss back to where it was taken from, and release it if the answer is by now."""
    of_coach, owed = ledger_accounts.coach(answer.coach_id), ledger_accounts.SESSIONS_OWED
    _post(
        f"dispute-returned:{dispute.id}:{answer.id}",
        answer,
        debit=ledger_accounts.DISPUTES,
        credit=of_coach if loss.was_released else owed,
        cents=loss.coach_cents if loss.was_released else loss.cents,
    )
    if answer.released_at is not None and not loss.was_released:
        # The rest was released in the meantime, so this part is late for it.
        coach = earned(answer, less_cents=-loss.cents)[0] - earned(answer)[0]
        key = f"{dispute.id}:{answer.id}"
        _post(f"dispute-released-coach:{key}", answer, debit=owed, credit=of_coach, cents=coach)
        revenue = ledger_accounts.REVENUE
        _post(f"dispute-released-fee:{key}", answer, debit=owed, credit=revenue, cents=loss.cents - coach)
    answer.refunded_cents -= loss.cents
    loss.returned_at = clock.now()
    record(None, "written_answer.dispute_reversed", answer.id, cents=loss.cents, dispute=dispute.stripe_id)


def _post(key: str, answer: WrittenAnswer, *, debit: str, credit: str, cents: int) -> bool:
    return post(key, debit=debit, credit=credit, cents=cents, currency=answer.currency, subject_id=answer.id)
