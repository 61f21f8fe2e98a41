"""What a dispute does to the sessions of its payment, or to the overrun of it."""

from marketplace.bookings import queries
from marketplace.bookings.disputes import course
from marketplace.bookings.disputes import overruns as overrun_disputes
from marketplace.bookings.disputes.models import DisputeLoss
from marketplace.bookings.notifications import disputes as dispute_notifications
from marketplace.db import transactional
from marketplace.payments import queries as payments

SESSIONS = course.SaleKind(DisputeLoss, DisputeLoss.booking_id, "booking.dispute_lost", "booking.dispute_reversed")


@transactional
def dispute_changed(stripe_id: str) -> None:
    """Apply a dispute's present status to the sessions: reserve, post the loss, or restore.

    Safe in any order and any number of times.
    """
    payment_id = payments.dispute_by_stripe_id(stripe_id).payment_id
    bookings = queries.locked_of_payment(payment_id)
    if not bookings:
        overrun_disputes.dispute_changed(stripe_id, payment_id)
        return
    dispute = course.follow(SESSIONS, stripe_id, payment_id, bookings)
    if dispute is not None:
        dispute_notifications.changed(dispute, bookings[0])
