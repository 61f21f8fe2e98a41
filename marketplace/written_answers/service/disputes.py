"""What a dispute does to the written answer of its payment: earnings are reserved or lost."""

from marketplace import clock
from marketplace.audit.service import record
from marketplace.bookings.disputes import postings
from marketplace.bookings.notifications import disputes as dispute_notifications
from marketplace.db import session, transactional, uuid7
from marketplace.languages import lazy_gettext as _l
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
        postings.reserve(dispute, answer, _portion(payment, dispute, answer))
    elif dispute.status in payment_rules.LOST_DISPUTES:
        if dispute.followed_at is None:
            _post_loss(payment, dispute, answer)
        refunds_on_hold.mark_dispute_applied(payment, dispute)
    elif dispute.status in payment_rules.CLOSED_WITHOUT_LOSS:
        _restore(payment, dispute, answer)
        refunds_on_hold.mark_dispute_applied(payment, dispute)
    title = _l("A written answer")
    dispute_notifications.tell_others(dispute, title=title, mentee=answer.mentee, coach=answer.coach)


def _portion(payment: Payment, dispute: Dispute, answer: WrittenAnswer) -> int:
    """What of the dispute falls on what was kept, in cents."""
    disputed = payment_disputes.disputed_price_cents(payment, dispute)
    return min(disputed, answer.price_cents - answer.refunded_cents)


def _post_loss(payment: Payment, dispute: Dispute, answer: WrittenAnswer) -> None:
    """Post a lost dispute: it pays refunds on hold first, then takes what is owed or reserved; the rest is our cost."""
    refunds_on_hold.apply_dispute_to_refunds(payment, dispute)
    portion = _portion(payment, dispute, answer)
    released = answer.released_at is not None
    from_coach = postings.lose(dispute, answer, portion)
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
        postings.win(dispute, answer)
    elif loss.returned_at is None:
        _reverse_loss(dispute, answer, loss)


def _reverse_loss(dispute: Dispute, answer: WrittenAnswer, loss: AnswerLoss) -> None:
    """Post a loss back to where it was taken from, and release it if the answer is by now."""
    postings.give_back(dispute, answer, loss)
    answer.refunded_cents -= loss.cents
    loss.returned_at = clock.now()
    record(None, "written_answer.dispute_reversed", answer.id, cents=loss.cents, dispute=dispute.stripe_id)
