"""What a dispute does to the sessions of its payment: earnings are reserved or lost."""

from collections.abc import Sequence

from marketplace import clock
from marketplace.audit.service import record
from marketplace.bookings import queries
from marketplace.bookings.disputes import overruns as overrun_disputes
from marketplace.bookings.disputes import postings
from marketplace.bookings.disputes import queries as dispute_queries
from marketplace.bookings.disputes.models import DisputeLoss
from marketplace.bookings.models import Booking
from marketplace.bookings.notifications import disputes as dispute_notifications
from marketplace.db import session, transactional, uuid7
from marketplace.money import split
from marketplace.payments import queries as payments
from marketplace.payments import rules as payment_rules
from marketplace.payments.models import Dispute, Payment
from marketplace.payments.service import disputes as payment_disputes
from marketplace.payments.service import refunds_on_hold


@transactional
def dispute_changed(stripe_id: str) -> None:
    """Apply a dispute's present status to the sessions: reserve, post the loss, or restore.

    Safe in any order and any number of times.
    """
    payment_id = payments.dispute_by_stripe_id(stripe_id).payment_id
    bookings = queries.locked_of_payment(payment_id)
    if not bookings:
        overrun_disputes.dispute_changed(payments.dispute_by_stripe_id(stripe_id))
        return
    payment = payments.locked(payment_id)
    dispute = payments.locked_dispute(stripe_id)
    if payment.status != payment_rules.PAID:
        # We have not heard of the disputed money yet; what brings it in comes here again.
        return
    if dispute.status in payment_rules.OPEN_DISPUTES:
        portions = _portions(payment_disputes.disputed_price_cents(payment, dispute), bookings)
        for booking, portion in zip(bookings, portions, strict=True):
            postings.reserve(dispute, booking, portion)
    elif dispute.status in payment_rules.LOST_DISPUTES:
        if dispute.followed_at is None:
            _post_loss(payment, dispute, bookings)
        refunds_on_hold.mark_dispute_applied(payment, dispute)
    elif dispute.status in payment_rules.CLOSED_WITHOUT_LOSS:
        _restore(payment, dispute, bookings)
        refunds_on_hold.mark_dispute_applied(payment, dispute)
    dispute_notifications.changed(dispute, bookings[0])


def _portions(cents: int, bookings: Sequence[Booking]) -> list[int]:
    """Split `cents` of a dispute over the sessions in proportion to what was kept, at most that."""
    kept = [booking.price_cents - booking.refunded_cents for booking in bookings]
    return split(min(cents, sum(kept)), kept) if sum(kept) else [0] * len(kept)


def _post_loss(payment: Payment, dispute: Dispute, bookings: Sequence[Booking]) -> None:
    """Post a lost dispute, which pays refunds on hold first.

    Then it takes from sessions that are not released and from the reserve. The rest is our cost; what was not disputed
    stays as it is.
    """
    refunds_on_hold.apply_dispute_to_refunds(payment, dispute)
    portions = _portions(payment_disputes.disputed_price_cents(payment, dispute), bookings)
    for booking, portion in zip(bookings, portions, strict=True):
        from_coach = postings.lose(dispute, booking, portion)
        if portion:
            booking.refunded_cents += portion
            _record_loss(dispute, booking, portion, from_coach)
            record(None, "booking.dispute_lost", booking.id, cents=portion, dispute=dispute.stripe_id)


def _record_loss(dispute: Dispute, booking: Booking, cents: int, coach_cents: int) -> None:
    session().add(
        DisputeLoss(
            id=uuid7(),
            dispute_id=dispute.id,
            booking_id=booking.id,
            cents=cents,
            coach_cents=coach_cents,
            was_released=booking.released_at is not None,
        )
    )


def _restore(payment: Payment, dispute: Dispute, bookings: Sequence[Booking]) -> None:
    """Return to the coach what was reserved or lost: nothing was lost, or an appeal was won."""
    refunds_on_hold.undo_dispute_on_refunds(payment, dispute)
    losses = {loss.booking_id: loss for loss in dispute_queries.losses_of(dispute.id)}
    for booking in bookings:
        loss = losses.get(booking.id)
        if loss is None:
            postings.win(dispute, booking)
        elif loss.returned_at is None:
            _reverse_loss(dispute, booking, loss)


def _reverse_loss(dispute: Dispute, booking: Booking, loss: DisputeLoss) -> None:
    """Post a loss back to where it was taken from, and release it if the session is by now."""
    postings.give_back(dispute, booking, loss)
    booking.refunded_cents -= loss.cents
    loss.returned_at = clock.now()
    record(None, "booking.dispute_reversed", booking.id, cents=loss.cents, dispute=dispute.stripe_id)
