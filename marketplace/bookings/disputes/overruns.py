"""What a dispute does to the overrun of its payment: reserved, lost, or given back."""

from marketplace import clock
from marketplace.audit.service import record
from marketplace.bookings import queries as bookings
from marketplace.bookings.disputes import postings
from marketplace.bookings.notifications import disputes as dispute_notifications
from marketplace.bookings.overruns import queries
from marketplace.bookings.overruns.models import Overrun, OverrunLoss
from marketplace.db import session, uuid7
from marketplace.payments import queries as payments
from marketplace.payments import rules as payment_rules
from marketplace.payments.models import Dispute, Payment
from marketplace.payments.service import disputes as payment_disputes
from marketplace.payments.service import refunds_on_hold


def dispute_changed(dispute: Dispute) -> None:
    """Apply a dispute's present status to the overrun, inside a command: reserve, post the loss, or restore.

    Safe in any order and any number of times; nothing where it is about no overrun.
    """
    seen = queries.of_payment(dispute.payment_id)
    if seen is None:
        return
    bookings.locked(seen.booking_id)
    found = queries.locked(seen.id)
    payment, dispute = payments.locked(dispute.payment_id), payments.locked_dispute(dispute.stripe_id)
    if payment.status != payment_rules.PAID:
        # We have not heard of the disputed money yet; what brings it in comes here again.
        return
    if dispute.status in payment_rules.OPEN_DISPUTES:
        postings.reserve(dispute, found, _portion(payment, dispute, found))
    elif dispute.status in payment_rules.LOST_DISPUTES:
        if dispute.followed_at is None:
            _post_loss(payment, dispute, found)
        refunds_on_hold.mark_dispute_applied(payment, dispute)
    elif dispute.status in payment_rules.CLOSED_WITHOUT_LOSS:
        _restore(payment, dispute, found)
        refunds_on_hold.mark_dispute_applied(payment, dispute)
    dispute_notifications.changed(dispute, found.booking)


def _portion(payment: Payment, dispute: Dispute, found: Overrun) -> int:
    """What of the dispute falls on what was kept, in cents."""
    return min(payment_disputes.disputed_price_cents(payment, dispute), found.price_cents - found.refunded_cents)


def _post_loss(payment: Payment, dispute: Dispute, found: Overrun) -> None:
    """Post a lost dispute: it pays refunds on hold first, then takes what is owed or reserved; the rest is our cost."""
    refunds_on_hold.apply_dispute_to_refunds(payment, dispute)
    portion = _portion(payment, dispute, found)
    from_coach = postings.lose(dispute, found, portion)
    if portion:
        found.refunded_cents += portion
        loss = OverrunLoss(
            id=uuid7(),
            dispute_id=dispute.id,
            overrun_id=found.id,
            cents=portion,
            coach_cents=from_coach,
            was_released=found.released_at is not None,
        )
        session().add(loss)
        record(None, "overrun.dispute_lost", found.id, cents=portion, dispute=dispute.stripe_id)


def _restore(payment: Payment, dispute: Dispute, found: Overrun) -> None:
    """Return to the coach what was reserved or lost: nothing was lost, or an appeal was won."""
    refunds_on_hold.undo_dispute_on_refunds(payment, dispute)
    loss = queries.loss_of(dispute.id, found.id)
    if loss is None:
        postings.win(dispute, found)
    elif loss.returned_at is None:
        postings.give_back(dispute, found, loss)
        found.refunded_cents -= loss.cents
        loss.returned_at = clock.now()
        record(None, "overrun.dispute_reversed", found.id, cents=loss.cents, dispute=dispute.stripe_id)
