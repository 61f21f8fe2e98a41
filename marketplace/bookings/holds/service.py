"""Commands: hold a time, or have one held for somebody on the waitlist."""

import uuid
from datetime import UTC, datetime, timedelta

from marketplace import config
from marketplace.accounts.models import User
from marketplace.bookings import queries
from marketplace.bookings.holds import queries as hold_queries
from marketplace.bookings.holds.claims import claim
from marketplace.bookings.intro_credits import queries as intro_credits
from marketplace.bookings.intro_credits.queries import IntroCredit
from marketplace.bookings.models import Booking
from marketplace.bookings.terms import service as booking_terms
from marketplace.coaches.licences import queries as licences
from marketplace.coaches.licences import rules as licence_rules
from marketplace.coaches.models import Offering
from marketplace.coaches.queries import offering_for_booking
from marketplace.db import transactional
from marketplace.errors import Conflict, Invalid, NotAllowed
from marketplace.jobs import enqueue
from marketplace.languages import gettext as _
from marketplace.scheduling.queries import free_times


class SlotTaken(Conflict):
    """Somebody has just booked this time."""


class NotOffered(Invalid):
    """This time is not offered."""


class TooManyHolds(Conflict):
    """You hold as many times as one may at once. Pay for one, or release one."""


class AddressNotConfirmed(NotAllowed):
    """Confirm your address first: the link is in the mail we sent you."""


class CoachingThen(Conflict):
    """You coach a session at this time yourself. Choose another time."""


class OwnSession(NotAllowed):
    """Nobody books a session with themselves."""


@transactional
def hold(
    mentee: User,
    *,
    offering_id: uuid.UUID,
    starts_at: datetime,
    brief: str,
    policy_version: uuid.UUID | None = None,
    client_place: str | None = None,
) -> Booking:
    """Hold a time of an offering for the mentee, unpaid, until `hold_expires_at`.

    What a paid first session with this coach takes off is taken off.
    `policy_version` is the version of the policy that the mentee was shown; None accepts the present one. PostgreSQL
    refuses a second claim of the same time, however many ask at once. Raises SlotTaken with the nearest free times,
    NotOffered, CoachingThen, TooManyHolds, OwnSession, AddressNotConfirmed, TermsChanged.
    """
    offering = offering_for_booking(offering_id)
    paid_cents = lock_for_hold(mentee, offering)
    starts_at = starts_at.astimezone(UTC)
    check_licence(offering, starts_at, client_place)
    _check_free(offering, starts_at)
    terms = booking_terms.snapshot(offering, paid_cents=paid_cents, policy_version=policy_version)
    # Under both locks: nobody else uses it until we have committed.
    credit = intro_credits.credit_for(mentee, offering)
    booking = _claimed(mentee, offering, starts_at, terms, brief=brief, credit=credit)
    if offering.kind == "therapist":
        booking.client_place = client_place
    return booking


def check_licence(offering: Offering, starts_at: datetime, client_place: str | None) -> None:
    """Refuse therapy without a licence for where the client will be on that day: Invalid naming `client_place`."""
    refused = licences.session_refused(offering, starts_at, place=client_place)
    if refused is not None:
        raise Invalid(client_place=str(licence_rules.REFUSALS[refused]))


@transactional
def hold_on_terms(
    mentee: User,
    offering: Offering,
    starts_at: datetime,
    terms: booking_terms.TermsSnapshot,
    *,
    brief: str,
) -> Booking:
    """Hold a free time of an offering, in the length, at the price and on the terms that its coach has agreed to.

    `offering` may be one that is not in the session. What a first session takes off is taken off. Raises what `hold`
    raises but for TermsChanged.
    """
    lock_for_hold(mentee, offering)
    credit = intro_credits.credit_for(mentee, offering)
    return _held_on_terms(mentee, offering, starts_at, terms, brief=brief, credit=credit)


@transactional
def hold_paid(
    mentee: User,
    offering: Offering,
    starts_at: datetime,
    terms: booking_terms.TermsSnapshot,
    *,
    brief: str,
    credit: IntroCredit | None,
) -> Booking:
    """The same where the price is paid already: `credit` is what a first session took off it then."""
    lock_for_hold(mentee, offering)
    return _held_on_terms(mentee, offering, starts_at, terms, brief=brief, credit=credit)


def _held_on_terms(
    mentee: User,
    offering: Offering,
    starts_at: datetime,
    terms: booking_terms.TermsSnapshot,
    *,
    brief: str,
    credit: IntroCredit | None,
) -> Booking:
    starts_at = starts_at.astimezone(UTC)
    check_licence(offering, starts_at, None)
    _check_free(offering, starts_at)
    return _claimed(mentee, offering, starts_at, terms, brief=brief, credit=credit)


def _check_free(offering: Offering, starts_at: datetime) -> None:
    if free_times.is_free(offering, starts_at):
        return
    if hold_queries.claimed(offering.coach_id, hold_queries.claimed_range(offering, starts_at)):
        raise _taken(offering, starts_at)
    raise NotOffered(starts_at=_("This time is not offered. Choose one of the times that are shown."))


def _claimed(
    mentee: User,
    offering: Offering,
    starts_at: datetime,
    terms: booking_terms.TermsSnapshot,
    *,
    brief: str,
    credit: IntroCredit | None = None,
) -> Booking:
    booking = claim(mentee, offering, starts_at, terms, brief=brief, credit=credit)
    if booking is None:
        if hold_queries.coaching_then(mentee.id, starts_at, starts_at + timedelta(minutes=offering.minutes)):
            raise CoachingThen
        raise _taken(offering, starts_at)
    enqueue("expire_hold", at=booking.hold_expires_at, booking_id=str(booking.id))
    return booking


def admit(mentee: User, offering: Offering) -> None:
    """Check that the mentee may book this offering. Raises OwnSession, AddressNotConfirmed."""
    if mentee.confirmed_at is None:
        raise AddressNotConfirmed
    if offering.coach.user_id == mentee.id:
        raise OwnSession


def lock_for_hold(mentee: User, offering: Offering) -> int:
    """Lock the mentee's row and the coach's, and check that the mentee may hold another time.

    Returns what the mentee has paid this coach so far, in cents. Raises OwnSession, AddressNotConfirmed, TooManyHolds.
    """
    admit(mentee, offering)
    # Two requests of one mentee are counted one after the other.
    queries.lock_mentee_and_coach(mentee.id, offering.coach_id)
    holds, paid_cents = hold_queries.holds_and_paid_cents(mentee.id, offering)
    if holds >= config.current().holds_at_once:
        raise TooManyHolds
    return paid_cents


def _taken(offering: Offering, starts_at: datetime) -> SlotTaken:
    """SlotTaken with the free times nearest to `starts_at`."""
    return SlotTaken(
        nearest=[near.isoformat() for near in free_times.nearest(offering, starts_at) if near != starts_at]
    )


def offer(mentee: User, offering: Offering, starts_at: datetime, *, brief: str, minutes: int) -> Booking | None:
    """Hold a free time for a mentee on the waitlist for `minutes`; None if somebody else has it.

    It does not count towards the mentee's limit of holds. The caller has locked the rows that `claim` asks for.
    """
    if offering.kind == "therapist":
        # Nobody has said where they will be.
        return None
    terms = booking_terms.snapshot(offering, paid_cents=booking_terms.paid_cents(mentee, offering))
    credit = intro_credits.credit_for(mentee, offering)
    booking = claim(mentee, offering, starts_at, terms, brief=brief, offered_minutes=minutes, credit=credit)
    if booking is not None:
        enqueue("expire_hold", at=booking.hold_expires_at, booking_id=str(booking.id))
    return booking
