"""Commands: hold a time that its coach has agreed to by themselves."""

from datetime import UTC, datetime, timedelta

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.bookings import queries
from marketplace.bookings.holds import queries as hold_queries
from marketplace.bookings.holds.claims import claim
from marketplace.bookings.intro_credits.queries import IntroCredit
from marketplace.bookings.models import Booking
from marketplace.bookings.terms.service import TermsSnapshot
from marketplace.coaches.models import Offering
from marketplace.db import transactional
from marketplace.jobs import enqueue


@transactional
def hold_agreed(
    mentee: User,
    offering: Offering,
    starts_at: datetime,
    terms: TermsSnapshot,
    *,
    brief: str,
    until: datetime,
    credit: IntroCredit | None = None,
) -> Booking | None:
    """Hold a time for a mentee until an instant, whatever the coach's hours say: the coach wants it; None if taken.

    `credit` is taken off the price. It does not count towards the mentee's limit of holds. PostgreSQL refuses a second
    claim of the same time.
    """
    queries.lock_mentee_and_coach(mentee.id, offering.coach_id)
    starts_at = starts_at.astimezone(UTC)
    if hold_queries.claimed(offering.coach_id, hold_queries.claimed_range(offering, starts_at)):
        return None
    minutes = max((until - clock.now()) // timedelta(minutes=1), 1)
    booking = claim(mentee, offering, starts_at, terms, brief=brief, offered_minutes=minutes, credit=credit)
    if booking is not None:
        booking.hold_expires_at = until
        enqueue("expire_hold", at=until, booking_id=str(booking.id))
    return booking
