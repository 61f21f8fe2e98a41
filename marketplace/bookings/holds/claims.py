"""The claim itself: one row, which PostgreSQL lets only one of many write."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.dialects.postgresql import Range, insert
from sqlalchemy.orm.attributes import set_committed_value

from marketplace import clock, config
from marketplace.accounts.models import User
from marketplace.audit.service import record
from marketplace.bookings import rules
from marketplace.bookings.holds.expiry import expire_lapsed_where, expire_overlapping_holds
from marketplace.bookings.holds.queries import claimed_range
from marketplace.bookings.intro_credits.queries import IntroCredit
from marketplace.bookings.models import Booking
from marketplace.bookings.terms.service import TermsSnapshot
from marketplace.bookings.waitlist_entries.queries import is_due_to_another
from marketplace.coaches.models import Offering
from marketplace.db import session, uuid7


def claim(
    mentee: User,
    offering: Offering,
    starts_at: datetime,
    terms: TermsSnapshot,
    *,
    brief: str,
    series_id: uuid.UUID | None = None,
    offered_minutes: int | None = None,
    credit: IntroCredit | None = None,
) -> Booking | None:
    """Insert the booking as held; None if the time is taken, due to somebody on the waitlist, or the mentee coaches.

    `credit` is taken off the price.
    `offered_minutes` is how long an offer from the waitlist is held; None holds it for the usual minutes. The caller
    has locked the coach's row, and the mentee's as a coach.
    """
    interval = claimed_range(offering, starts_at)
    if offered_minutes is None and is_due_to_another(mentee, offering, interval):
        return None
    now, ends_at = clock.now(), starts_at + timedelta(minutes=offering.minutes)
    row = {
        "id": uuid7(),
        "coach_id": offering.coach_id,
        "mentee_id": mentee.id,
        "offering_id": offering.id,
        "status": rules.HELD,
        "starts_at": starts_at,
        "ends_at": ends_at,
        "blocked": interval,
        "series_id": series_id,
        "offered": offered_minutes is not None,
        "hold_expires_at": now + timedelta(minutes=offered_minutes or config.current().hold_minutes),
        "brief": brief,
        "title": offering.title,
        "kind": offering.kind,
        "by_approval": offering.by_approval,
        "price_cents": offering.price_cents - (credit.cents if credit else 0),
        "credit_cents": credit.cents if credit else 0,
        "credit_for": credit.booking_id if credit else None,
        "intro": bool(offering.intro),
        "preparation_minutes": offering.preparation_minutes or 0,
        "currency": offering.currency,
        "fee_basis_points": terms.fee_basis_points,
        "policy": terms.policy.as_json(),
        "sequence": 0,
        "refunded_cents": 0,
        "created_at": now,
    }
    if credit is not None:
        expire_lapsed_where(Booking.credit_for == credit.booking_id)
    booking = _inserted(row)
    if booking is None:
        # What is in the way may be a hold that has lapsed and nobody ended yet.
        expire_overlapping_holds(offering.coach_id, mentee.id, interval, Range(starts_at, ends_at))
        booking = _inserted(row)
    if booking is not None:
        _with_people(booking, mentee, offering)
        record(None if offered_minutes else mentee.id, "booking.held", booking.id, starts_at=starts_at.isoformat())
    return booking


def _inserted(row: dict[str, Any]) -> Booking | None:
    # A plain INSERT would deadlock with a claim that rolls back; this one waits and then answers no row.
    claimed = insert(Booking).values(row).on_conflict_do_nothing().returning(Booking)
    return session().scalars(claimed).one_or_none()


def _with_people(booking: Booking, mentee: User, offering: Offering) -> None:
    """Its people are at hand, so nobody needs to read them again."""
    for name, value in (("mentee", mentee), ("coach", offering.coach), ("payment", None)):
        set_committed_value(booking, name, value)
