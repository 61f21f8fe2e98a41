"""The sessions in a person's calendar feed."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.bookings import rules
from marketplace.bookings.models import Booking
from marketplace.bookings.queries import WHOLE, coach_ids_of
from marketplace.db import session

FEED_LOOKS_BACK = timedelta(days=30)


def for_feed(user: User, *, side: str, limit: int = 1000) -> Sequence[Booking]:
    """What stands in a person's calendar on one side: confirmed, held and requested, from 30 days back, by time."""
    mine = Booking.coach_id.in_(coach_ids_of(user)) if side == "coach" else Booking.mentee_id == user.id
    shown = Booking.status.in_(rules.BOOKED)
    since = Booking.ends_at > clock.now() - FEED_LOOKS_BACK
    chosen = select(Booking).options(*WHOLE).where(mine, shown, since)
    return session().scalars(chosen.order_by(Booking.starts_at, Booking.id).limit(limit)).all()
