"""The sessions of a series."""

import uuid
from collections.abc import Sequence

from marketplace.accounts.models import User
from marketplace.bookings.models import Booking
from marketplace.bookings.queries import visible_to
from marketplace.db import session
from marketplace.errors import NotFound


def series_of(actor: User, series_id: uuid.UUID) -> Sequence[Booking]:
    """The sessions of a series that `actor` may see, in order of start; NotFound."""
    chosen = visible_to(actor).where(Booking.series_id == series_id).order_by(Booking.starts_at)
    found = session().scalars(chosen, execution_options={"populate_existing": True}).all()
    if not found:
        raise NotFound
    return found
