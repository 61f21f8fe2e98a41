"""A session goes to another time in place: the same row, payment, notes, calendar event. Never both times, never none.

A mentee moves hers as her rules allow; a coach proposes, and the mentee accepts or declines.
"""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import IntegrityError

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.audit.service import record
from marketplace.bookings import queries, rules
from marketplace.bookings.cancellations.service import quote_for
from marketplace.bookings.holds import queries as hold_queries
from marketplace.bookings.holds.service import NotOffered, SlotTaken, expire_in_the_way, freed
from marketplace.bookings.models import Booking, Move
from marketplace.bookings.notifications import reschedules as reschedule_notifications
from marketplace.bookings.reschedules import queries as reschedule_queries
from marketplace.bookings.waitlist_entries.queries import is_due_to_another
from marketplace.db import session, transactional
from marketplace.errors import Conflict, NotAllowed
from marketplace.scheduling.queries import free_times


class NotMovable(Conflict):
    """Only a confirmed session that is still to come can be moved."""


class TooLateToMove(Conflict):
    """It is too near to be moved. You may still cancel it, or ask your coach to propose another time."""


class MovedAlready(Conflict):
    """You have moved this session as often as its rules allow. Your coach may still propose another time."""


class AlreadyAnswered(Conflict):
    """This proposal has been answered already, or has lapsed."""


class SameTime(Conflict):
    """The session is at that time already."""


def move_times(actor: User, *, booking_id: uuid.UUID, start: datetime, end: datetime) -> list[datetime]:
    """Every start in [start, end) to which `actor`, one of its two people, may move a session. Raises NotMovable."""
    booking = queries.one(actor, booking_id)
    _refuse_unmovable(booking)
    offering = hold_queries.offering_as_sold(booking, by_coach=_is_coach(actor, booking))
    found = free_times.free_times(offering, start=start, end=end, ignoring=booking.id)
    return [free for free in found if free != booking.starts_at]


def may_move(actor: User, booking: Booking) -> None:
    """Whether `actor` may move it, or propose to; raises what stands against it."""
    _refuse_unmovable(booking)
    if _is_coach(actor, booking):
        return
    if booking.mentee_id != actor.id:
        raise NotAllowed("Only the two people of a session move it.")
    policy = booking.terms
    if rules.is_too_late_to_move(policy, starts_at=booking.starts_at, now=clock.now()):
        raise TooLateToMove
    if not rules.moves_left(policy, reschedule_queries.moves_by(booking.id, actor.id)):
        raise MovedAlready


@transactional
def move(mentee: User, *, booking_id: uuid.UUID, starts_at: datetime) -> Booking:
    """Put a session of one's own at another free time, at once and free of charge.

    Raises NotMovable, TooLateToMove, MovedAlready, SameTime, SlotTaken, NotOffered.
    """
    booking = _locked(mentee, booking_id)
    if booking.mentee_id != mentee.id:
        raise NotAllowed("Propose the new time: the mentee decides.")
    may_move(mentee, booking)
    # The hours before a session are not outwitted by moving it away: what would come back now is the most from here on.
    would_come_back = quote_for(mentee, booking).refund_cents
    if would_come_back < booking.price_cents:
        booking.refund_at_most_cents = would_come_back
    _swap(booking, starts_at.astimezone(UTC), by=mentee, offering_by_coach=False)
    _close_open(booking.id, rules.LAPSED)
    _write(booking, by=mentee, starts_at=booking.starts_at, status=rules.DONE)
    return booking


@transactional
def propose_move(coach_user: User, *, booking_id: uuid.UUID, starts_at: datetime, reason: str = "") -> Move:
    """Ask the mentee to move a session; an older proposal is replaced. Her notice does not bind the coach herself.

    Nothing is claimed until the mentee accepts. Raises NotMovable, SameTime, SlotTaken, NotOffered.
    """
    booking = _locked(coach_user, booking_id)
    if not _is_coach(coach_user, booking):
        raise NotAllowed("Only the coach proposes another time.")
    _refuse_unmovable(booking)
    starts_at = starts_at.astimezone(UTC)
    _refuse_unfree(booking, starts_at, by_coach=True)
    _close_open(booking.id, rules.WITHDRAWN)
    proposal = _write(booking, by=coach_user, starts_at=starts_at, status=rules.PROPOSED, reason=reason)
    record(coach_user.id, "booking.move_proposed", booking.id, starts_at=starts_at.isoformat())
    reschedule_notifications.proposed(booking, proposal)
    return proposal


@transactional
def accept_move(mentee: User, *, booking_id: uuid.UUID, move_id: uuid.UUID) -> Booking:
    """Take the time that the coach proposed. SlotTaken if somebody else has it by now: then everything stays."""
    booking, proposal = _open_proposal(mentee, booking_id, move_id)
    if booking.mentee_id != mentee.id:
        raise NotAllowed("Only the mentee answers it.")
    _swap(booking, proposal.starts_at, by=mentee, offering_by_coach=True)
    _decide(proposal, rules.ACCEPTED)
    return booking


@transactional
def decline_move(mentee: User, *, booking_id: uuid.UUID, move_id: uuid.UUID) -> Move:
    """Leave the session where it is."""
    booking, proposal = _open_proposal(mentee, booking_id, move_id)
    if booking.mentee_id != mentee.id:
        raise NotAllowed("Only the mentee answers it.")
    _decide(proposal, rules.DECLINED)
    record(mentee.id, "booking.move_declined", booking.id)
    reschedule_notifications.not_moved(booking, proposal, answered=True)
    return proposal


@transactional
def withdraw_move(coach_user: User, *, booking_id: uuid.UUID, move_id: uuid.UUID) -> Move:
    """Take a proposal back before it is answered."""
    booking, proposal = _open_proposal(coach_user, booking_id, move_id)
    if proposal.proposed_by != coach_user.id:
        raise NotAllowed("Only who proposed it takes it back.")
    _decide(proposal, rules.WITHDRAWN)
    record(coach_user.id, "booking.move_withdrawn", booking.id)
    reschedule_notifications.withdrawn(booking, proposal)
    return proposal


def lapse_moves() -> None:
    """End proposals that nobody answered in time, or whose session is not to come any more."""
    for booking_id, move_id in reschedule_queries.unanswered_moves():
        _lapse(booking_id, move_id)


@transactional
def _lapse(booking_id: uuid.UUID, move_id: uuid.UUID) -> None:
    booking = queries.locked(booking_id)
    proposal = reschedule_queries.move_of(booking, move_id)
    if proposal.status != rules.PROPOSED or _is_open(proposal, booking):
        return
    _decide(proposal, rules.LAPSED)
    if booking.status == rules.CONFIRMED:
        reschedule_notifications.not_moved(booking, proposal, answered=False)


def _locked(actor: User, booking_id: uuid.UUID) -> Booking:
    """The row, with the coach's locked first: whatever moves an interval waits its turn among her others."""
    queries.lock_coach(queries.one(actor, booking_id).coach_id)
    return queries.locked(booking_id)


def _is_coach(actor: User, booking: Booking) -> bool:
    return booking.coach.user_id == actor.id


def _refuse_unmovable(booking: Booking) -> None:
    if booking.status != rules.CONFIRMED or booking.starts_at <= clock.now():
        raise NotMovable


def _blocked(booking: Booking, starts_at: datetime) -> Range[datetime]:
    """What it would claim at another time, with the same buffers."""
    before, after = booking.buffers()
    return Range(starts_at - before, starts_at + (booking.ends_at - booking.starts_at) + after)


def _refuse_unfree(booking: Booking, starts_at: datetime, *, by_coach: bool) -> None:
    if starts_at == booking.starts_at:
        raise SameTime
    offering = hold_queries.offering_as_sold(booking, by_coach=by_coach)
    if free_times.is_free(offering, starts_at, ignoring=booking.id):
        return
    if hold_queries.claimed(booking.coach_id, _blocked(booking, starts_at), ignoring=booking.id):
        raise _taken(booking, starts_at, by_coach=by_coach)
    raise NotOffered(starts_at="This time is not offered. Choose one of the times that are shown.")


def _taken(booking: Booking, starts_at: datetime, *, by_coach: bool) -> SlotTaken:
    offering = hold_queries.offering_as_sold(booking, by_coach=by_coach)
    near: Sequence[datetime] = free_times.nearest(offering, starts_at, ignoring=booking.id)
    return SlotTaken(nearest=[time.isoformat() for time in near if time not in {booking.starts_at, starts_at}])


def _swap(booking: Booking, starts_at: datetime, *, by: User, offering_by_coach: bool) -> None:
    """Change the one row's interval; PostgreSQL refuses one that overlaps another claim."""
    _refuse_unfree(booking, starts_at, by_coach=offering_by_coach)
    was = (booking.starts_at, booking.ends_at)
    blocked = _blocked(booking, starts_at)
    offering = hold_queries.offering_as_sold(booking, by_coach=offering_by_coach)
    if is_due_to_another(by, offering, blocked):
        raise _taken(booking, starts_at, by_coach=offering_by_coach)
    expire_in_the_way(booking.coach_id, blocked)
    swap = update(Booking).where(Booking.id == booking.id)
    values = {
        "starts_at": starts_at,
        "ends_at": starts_at + (booking.ends_at - booking.starts_at),
        "blocked": blocked,
        "sequence": Booking.sequence + 1,
    }
    try:
        with session().begin_nested():
            session().execute(swap.values(values).execution_options(synchronize_session=False))
    except IntegrityError as overlap:
        raise _taken(booking, starts_at, by_coach=offering_by_coach) from overlap
    session().refresh(booking, ["starts_at", "ends_at", "blocked", "sequence", "changed_at"])
    record(by.id, "booking.moved", booking.id, was=was[0].isoformat(), starts_at=starts_at.isoformat())
    reschedule_notifications.moved(booking, was=was, by=by)
    freed(booking.coach_id)


def _write(booking: Booking, *, by: User, starts_at: datetime, status: str, reason: str = "") -> Move:
    written = Move(
        booking_id=booking.id,
        proposed_by=by.id,
        starts_at=starts_at,
        ends_at=starts_at + (booking.ends_at - booking.starts_at),
        status=status,
        reason=reason,
        created_at=clock.now(),
        decided_at=None if status == rules.PROPOSED else clock.now(),
    )
    session().add(written)
    session().flush()
    return written


def _open_proposal(actor: User, booking_id: uuid.UUID, move_id: uuid.UUID) -> tuple[Booking, Move]:
    booking = _locked(actor, booking_id)
    proposal = reschedule_queries.move_of(booking, move_id)
    if not _is_open(proposal, booking):
        raise AlreadyAnswered
    return booking, proposal


def _is_open(proposal: Move, booking: Booking) -> bool:
    answer_by = min(booking.starts_at, proposal.starts_at)
    return rules.is_open_proposal(proposal.status, answer_by=answer_by, booking_status=booking.status, now=clock.now())


def _decide(proposal: Move, status: str) -> None:
    proposal.status = status
    proposal.decided_at = clock.now()


def _close_open(booking_id: uuid.UUID, status: str) -> None:
    """End the proposal that is open, if one is."""
    is_open = (Move.booking_id == booking_id, Move.status == rules.PROPOSED)
    session().execute(update(Move).where(*is_open).values(status=status, decided_at=clock.now()))
