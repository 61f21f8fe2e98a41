"""What a dispute does to the written answer of its payment: earnings are reserved or lost."""

from marketplace.bookings.disputes import course
from marketplace.bookings.notifications import disputes as dispute_notifications
from marketplace.db import transactional
from marketplace.languages import lazy_gettext as _l
from marketplace.payments import queries as payments
from marketplace.written_answers import queries
from marketplace.written_answers.models import AnswerLoss

ANSWERS = course.SaleKind(
    AnswerLoss, AnswerLoss.answer_id, "written_answer.dispute_lost", "written_answer.dispute_reversed"
)


@transactional
def dispute_changed(stripe_id: str) -> None:
    """Apply a dispute's present status to the written answer: reserve, post the loss, or restore.

    Safe in any order and any number of times; nothing where it is about no written answer.
    """
    found = queries.of_payment(payments.dispute_by_stripe_id(stripe_id).payment_id)
    if found is None or found.payment_id is None:
        return
    answer = queries.locked(found.id)
    dispute = course.follow(ANSWERS, stripe_id, found.payment_id, [answer])
    if dispute is not None:
        title = _l("A written answer")
        dispute_notifications.tell_others(dispute, title=title, mentee=answer.mentee, coach=answer.coach)
