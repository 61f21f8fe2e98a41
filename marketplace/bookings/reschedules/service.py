"""Commands: reschedule a session, propose another time, answer the proposal."""

import uuid
from datetime import UTC, datetime

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.audit.service import record
from marketplace.bookings import queries
from marketplace.bookings.cancellations.service import quote_for
from marketplace.bookings.holds import queries as hold_queries
from marketplace.bookings.holds.service import NotOffered
from marketplace.bookings.models import Booking
from marketplace.bookings.notifications import reschedules as reschedule_notifications
from marketplace.bookings.reschedules import queries as reschedule_queries
from marketplace.bookings.reschedules import rules
from marketplace.bookings.reschedules.intervals import check_free, mentee_is_elsewhere, swap
from marketplace.bookings.reschedules.models import Reschedule
from marketplace.bookings.reschedules.transitions import close_open_proposal, transition
from marketplace.bookings.rules import CONFIRMED, overlaps_any
from marketplace.db import session, transactional
from marketplace.errors import Conflict, NotAllowed
from marketplace.languages import gettext as _
from marketplace.scheduling.queries import free_times


class NotReschedulable(Conflict):
    """Only a confirmed session that is still to come can be moved."""


class TooLateToReschedule(Conflict):
    """It is too near to be moved. You may still cancel it, or ask your coach to propose another time."""


class RescheduledAlready(Conflict):
    """You have moved this session as often as its rules allow. Your coach may still propose another time."""


class ProposalAnswered(Conflict):
    """This proposal has been answered already, or has lapsed."""


def times(actor: User, *, booking_id: uuid.UUID, start: datetime, end: datetime) -> list[datetime]:
    """Every start in [start, end) to which `actor` may reschedule. Raises NotReschedulable, NotAllowed."""
    booking = queries.one(actor, booking_id)
    _check_part(actor, booking)
    offering = hold_queries.offering_as_booked(booking, by_coach=_is_coach(actor, booking))
    found = free_times.free_times(offering, start=start, end=end, ignoring=booking.id)
    length = booking.ends_at - booking.starts_at
    elsewhere = hold_queries.engagements([booking.mentee_id], start, end + length, ignoring=booking.id)
    busy = elsewhere.get(booking.mentee_id, [])
    return [free for free in found if free != booking.starts_at and not overlaps_any(free, free + length, busy)]


def check_reschedulable(actor: User, booking: Booking) -> None:
    """Refuse who may neither reschedule it nor propose to.

    Raises NotReschedulable, NotAllowed, and of a mentee TooLateToReschedule, RescheduledAlready.
    """
    _check_part(actor, booking)
    if _is_coach(actor, booking):
        return
    terms = booking.terms
    if rules.is_too_late_to_reschedule(terms, starts_at=booking.starts_at, now=clock.now()):
        raise TooLateToReschedule
    if not rules.reschedules_left(terms, reschedule_queries.reschedules_by(booking.id, actor.id)):
        raise RescheduledAlready


def _check_part(actor: User, booking: Booking) -> None:
    _check_upcoming(booking)
    if booking.mentee_id != actor.id and not _is_coach(actor, booking):
        raise NotAllowed(_("Only the mentee and the coach of a session reschedule it."))


@transactional
def reschedule(mentee: User, *, booking_id: uuid.UUID, starts_at: datetime) -> Booking:
    """Put a session of one's own at another free time, at once and free of charge.

    Raises what `check_reschedulable` raises, SameTime, SlotTaken, NotOffered, AnotherSessionThen.
    """
    queries.lock_mentee(mentee.id)
    booking = queries.locked_for(mentee, booking_id)
    if booking.mentee_id != mentee.id:
        raise NotAllowed(_("Propose the new time: the mentee decides."))
    check_reschedulable(mentee, booking)
    # The hours before a session are not outwitted by moving it away: the refund of now is the most from here on.
    refund_cents = quote_for(mentee, booking).refund_cents
    if refund_cents < booking.price_cents:
        booking.refund_at_most_cents = refund_cents
    swap(booking, starts_at.astimezone(UTC), by=mentee, proposed_by_coach=False)
    close_open_proposal(booking.id, rules.LAPSED)
    _add(booking, by=mentee, starts_at=booking.starts_at, status=rules.DONE)
    return booking


@transactional
def propose(coach_user: User, *, booking_id: uuid.UUID, starts_at: datetime, reason: str = "") -> Reschedule:
    """Ask the mentee for another time; an older proposal is replaced. The coach's own notice does not bind the coach.

    Nothing is claimed until the mentee accepts. Raises NotReschedulable, SameTime, SlotTaken, NotOffered.
    """
    booking = queries.locked_for(coach_user, booking_id)
    if not _is_coach(coach_user, booking):
        raise NotAllowed(_("Only the coach proposes another time."))
    _check_upcoming(booking)
    starts_at = starts_at.astimezone(UTC)
    check_free(booking, starts_at, by_coach=True)
    if mentee_is_elsewhere(booking, starts_at):
        raise NotOffered(starts_at=_("%(name)s is not free then. Choose another time.", name=booking.mentee.name))
    close_open_proposal(booking.id, rules.WITHDRAWN)
    proposal = _add(booking, by=coach_user, starts_at=starts_at, status=rules.PROPOSED, reason=reason)
    record(coach_user.id, "booking.move_proposed", booking.id, starts_at=starts_at.isoformat())
    reschedule_notifications.proposed(booking, proposal)
    return proposal


@transactional
def accept(mentee: User, *, booking_id: uuid.UUID, reschedule_id: uuid.UUID) -> Booking:
    """Take the time that the coach proposed.

    SlotTaken if somebody else has it by now, AnotherSessionThen if the mentee has another: then everything stays.
    """
    queries.lock_mentee(mentee.id)
    booking, proposal = _open_proposal(mentee, booking_id, reschedule_id)
    if booking.mentee_id != mentee.id:
        raise NotAllowed(_("Only the mentee answers it."))
    swap(booking, proposal.starts_at, by=mentee, proposed_by_coach=True)
    transition(proposal, rules.ACCEPTED, by=mentee.id)
    return booking


@transactional
def decline(mentee: User, *, booking_id: uuid.UUID, reschedule_id: uuid.UUID) -> Reschedule:
    """Leave the session where it is."""
    booking, proposal = _open_proposal(mentee, booking_id, reschedule_id)
    if booking.mentee_id != mentee.id:
        raise NotAllowed(_("Only the mentee answers it."))
    transition(proposal, rules.DECLINED, by=mentee.id)
    reschedule_notifications.not_rescheduled(booking, proposal, answered=True)
    return proposal


@transactional
def withdraw(coach_user: User, *, booking_id: uuid.UUID, reschedule_id: uuid.UUID) -> Reschedule:
    """Withdraw a proposal before it is answered."""
    booking, proposal = _open_proposal(coach_user, booking_id, reschedule_id)
    if proposal.proposed_by != coach_user.id:
        raise NotAllowed(_("Only the coach who made the proposal withdraws it."))
    transition(proposal, rules.WITHDRAWN, by=coach_user.id)
    reschedule_notifications.withdrawn(booking, proposal)
    return proposal


def lapse_proposals() -> None:
    """End proposals that were not answered in time, or whose session is not to come any more."""
    for booking_id, reschedule_id in reschedule_queries.unanswered():
        _lapse(booking_id, reschedule_id)


@transactional
def _lapse(booking_id: uuid.UUID, reschedule_id: uuid.UUID) -> None:
    booking = queries.locked(booking_id)
    proposal = reschedule_queries.locked_reschedule(booking, reschedule_id)
    if proposal.status != rules.PROPOSED or reschedule_queries.is_open(proposal, booking):
        return
    transition(proposal, rules.LAPSED)
    if booking.status == CONFIRMED:
        reschedule_notifications.not_rescheduled(booking, proposal, answered=False)


def _is_coach(actor: User, booking: Booking) -> bool:
    return booking.coach.user_id == actor.id


def _check_upcoming(booking: Booking) -> None:
    if booking.status != CONFIRMED or booking.starts_at <= clock.now():
        raise NotReschedulable


def _add(booking: Booking, *, by: User, starts_at: datetime, status: str, reason: str = "") -> Reschedule:
    added = Reschedule(
        booking_id=booking.id,
        proposed_by=by.id,
        starts_at=starts_at,
        ends_at=starts_at + (booking.ends_at - booking.starts_at),
        status=status,
        reason=reason,
        created_at=clock.now(),
        decided_at=None if status == rules.PROPOSED else clock.now(),
    )
    session().add(added)
    session().flush()
    return added


def _open_proposal(actor: User, booking_id: uuid.UUID, reschedule_id: uuid.UUID) -> tuple[Booking, Reschedule]:
    booking = queries.locked_for(actor, booking_id)
    proposal = reschedule_queries.locked_reschedule(booking, reschedule_id)
    if not reschedule_queries.is_open(proposal, booking):
        raise ProposalAnswered
    return booking, proposal
