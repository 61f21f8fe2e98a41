"""What a dispute does to the overrun of its payment."""

import uuid

from marketplace.bookings import queries as bookings
from marketplace.bookings.disputes import course
from marketplace.bookings.notifications import disputes as dispute_notifications
from marketplace.bookings.overruns import queries
from marketplace.bookings.overruns.models import OverrunLoss

OVERRUNS = course.SaleKind(OverrunLoss, OverrunLoss.overrun_id, "overrun.dispute_lost", "overrun.dispute_reversed")


def dispute_changed(stripe_id: str, payment_id: uuid.UUID) -> None:
    """Apply a dispute's present status to the overrun, inside a command: reserve, post the loss, or restore.

    Safe in any order and any number of times; nothing where it is about no overrun.
    """
    seen = queries.of_payment(payment_id)
    if seen is None:
        return
    bookings.locked(seen.booking_id)
    found = queries.locked(seen.id)
    dispute = course.follow(OVERRUNS, stripe_id, payment_id, [found])
    if dispute is not None:
        dispute_notifications.changed(dispute, found.booking)
