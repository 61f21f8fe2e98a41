"""A time is held, then paid for, or given back."""

import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import Range, insert

from marketplace import clock, config, money
from marketplace.accounts.models import User
from marketplace.audit.service import record
from marketplace.bookings import queries, rules
from marketplace.bookings.models import Booking
from marketplace.coaches.models import Offering
from marketplace.coaches.queries import offering_for_booking
from marketplace.db import session, transactional, uuid7
from marketplace.errors import Conflict, Invalid, NotAllowed
from marketplace.jobs import enqueue
from marketplace.payments import service as payments
from marketplace.scheduling import queries as scheduling


class SlotTaken(Conflict):
    """Somebody has just booked this time."""


class NotOffered(Invalid):
    """This time is not offered."""


class TooManyHolds(Conflict):
    """You hold as many times as one may at once. Pay for one, or give one back."""


class HoldLapsed(Conflict):
    """The time you held was not paid for in time and is free again. If it is still there, hold it once more."""


class NotConfirmed(NotAllowed):
    """Confirm your address first: the link is in the mail we sent you."""


class OwnTime(NotAllowed):
    """A coach does not book herself."""


def current_policy() -> rules.Policy:
    """The rules that a booking made now would keep."""
    settings = config.current()
    return rules.Policy(
        full_refund_hours=settings.full_refund_hours,
        half_refund_hours=settings.half_refund_hours,
        grace_minutes=settings.grace_minutes,
        dispute_window_hours=settings.dispute_window_hours,
        request_hours=settings.request_hours,
        reschedules=settings.reschedules,
        reschedule_hours=settings.reschedule_hours,
    )


@transactional
def hold(mentee: User, *, offering_id: uuid.UUID, starts_at: datetime, brief: str) -> Booking:
    """Claim a time for as long as paying takes. Raises SlotTaken, NotOffered, TooManyHolds, OwnTime, NotConfirmed.

    The claim is the booking's own row; PostgreSQL refuses a second one, however many ask at once.
    """
    offering = offering_for_booking(offering_id)
    if mentee.confirmed_at is None:
        raise NotConfirmed
    if offering.coach.user_id == mentee.id:
        raise OwnTime
    starts_at = starts_at.astimezone(UTC)
    blocked = _blocked(offering, starts_at)
    # Two requests of one mentee are counted one after the other.
    session().execute(select(User.id).where(User.id == mentee.id).with_for_update(key_share=True))
    if queries.holds_of(mentee.id) >= config.current().holds_at_once:
        raise TooManyHolds
    if not scheduling.is_free(offering, starts_at):
        if queries.claimed(offering.coach_id, blocked):
            raise _taken(offering, starts_at)
        raise NotOffered(starts_at="This time is not offered. Choose one of the times that are shown.")
    expire_in_the_way(offering.coach_id, blocked)
    booking_id = session().scalar(_claim(mentee, offering, starts_at, blocked, brief))
    if booking_id is None:
        raise _taken(offering, starts_at)
    booking = queries.locked(booking_id)
    enqueue("expire_hold", at=booking.hold_expires_at, booking_id=str(booking.id))
    record(mentee.id, "booking.held", booking.id, starts_at=starts_at.isoformat())
    return booking


def _blocked(offering: Offering, starts_at: datetime) -> Range[datetime]:
    ends_at = starts_at + timedelta(minutes=offering.minutes)
    return Range(
        starts_at - timedelta(minutes=offering.buffer_before_minutes),
        ends_at + timedelta(minutes=offering.buffer_after_minutes),
    )


def _taken(offering: Offering, starts_at: datetime) -> SlotTaken:
    """The refusal, with the free times nearest to the one that was wanted."""
    return SlotTaken(nearest=[near.isoformat() for near in scheduling.nearest(offering, starts_at)])


def _claim(mentee: User, offering: Offering, starts_at: datetime, blocked: Range[datetime], brief: str) -> Any:
    now = clock.now()
    row = {
        "id": uuid7(),
        "coach_id": offering.coach_id,
        "mentee_id": mentee.id,
        "offering_id": offering.id,
        "status": rules.HELD,
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(minutes=offering.minutes),
        "blocked": blocked,
        "hold_expires_at": now + timedelta(minutes=config.current().hold_minutes),
        "brief": brief,
        "title": offering.title,
        "kind": offering.kind,
        "by_approval": offering.by_approval,
        "price_cents": offering.price_cents,
        "currency": offering.currency,
        "fee_basis_points": current_fee(mentee, offering),
        "policy": current_policy().as_json(),
        "sequence": 0,
        "refunded_cents": 0,
        "created_at": now,
    }
    # A plain INSERT would deadlock with a claim that rolls back; this one waits and then answers no row.
    return insert(Booking).values(row).on_conflict_do_nothing().returning(Booking.id)


def current_fee(mentee: User | None, offering: Offering) -> int:
    """Our fee on a booking made now, in ten-thousandths; a passer-by's is that of somebody new."""
    settings = config.current()
    paid = queries.paid_between(mentee.id, offering.coach_id, offering.currency) if mentee is not None else 0
    return rules.fee_basis_points(
        paid,
        int(settings.loyal_after.scaleb(money.minor_digits(offering.currency))),
        _basis_points(settings.fee_percent),
        _basis_points(settings.loyal_fee_percent),
    )


def _basis_points(percent: Decimal) -> int:
    return int(percent * 100)


def expire_in_the_way(coach_id: uuid.UUID, blocked: Range[datetime]) -> None:
    """End the lapsed holds on this time; the constraint cannot know what time it is."""
    now = clock.now()
    lapsed = (
        update(Booking)
        .where(
            Booking.coach_id == coach_id,
            Booking.status == rules.HELD,
            Booking.hold_expires_at <= now,
            Booking.blocked.overlaps(blocked),
        )
        .values(status=rules.EXPIRED, ended_at=now, end_reason="not paid in time")
        .returning(Booking.id, Booking.payment_id)
        .execution_options(synchronize_session=False)
    )
    for booking_id, payment_id in session().execute(lapsed).all():
        record(None, "booking.expired", booking_id)
        if payment_id is not None:
            enqueue("abandon_payment", payment_id=str(payment_id))


def pay(mentee: User, *, booking_id: uuid.UUID) -> str:
    """The address of the hosted page where `mentee` pays for a time she holds; the same page at each call."""
    payment_id = _prepare_payment(mentee, booking_id=booking_id)
    return payments.start_checkout(payment_id)


@transactional
def _prepare_payment(mentee: User, *, booking_id: uuid.UUID) -> uuid.UUID:
    booking = queries.locked_for(mentee, booking_id)
    if booking.mentee_id != mentee.id:
        raise NotAllowed("Only the mentee pays for a session.")
    if booking.status != rules.HELD:
        raise HoldLapsed if booking.status == rules.EXPIRED else Conflict("There is nothing to pay here any more.")
    if booking.hold_expires_at <= clock.now():
        raise HoldLapsed
    payment = payments.prepare(
        mentee,
        subject_id=booking.id,
        description=f"{booking.title} with {booking.coach.user.name}",
        amount_cents=booking.price_cents,
        currency=booking.currency,
        manual_capture=booking.by_approval,
        return_url=f"{config.current().public_url}/sessions/{booking.id}",
        payable_until=booking.hold_expires_at,
    )
    booking.payment_id = payment.id
    return payment.id


@transactional
def expire_hold(booking_id: str) -> None:
    """Free a time that was not paid for in time; harmless before its time and after."""
    booking = queries.locked(uuid.UUID(booking_id))
    if booking.status != rules.HELD or booking.hold_expires_at > clock.now():
        return
    booking.status = rules.EXPIRED
    booking.ended_at = clock.now()
    booking.end_reason = "not paid in time"
    record(None, "booking.expired", booking.id)
    if booking.payment_id is not None:
        enqueue("abandon_payment", payment_id=str(booking.payment_id))
    freed(booking.coach_id)


def freed(coach_id: uuid.UUID) -> None:
    """A time of this coach may be free again: those who wait for one are looked after by the worker."""
    enqueue("offer_freed", once=f"offer_freed:{coach_id}", coach_id=str(coach_id))


def expire_holds() -> None:
    """Free every time that was held too long, whatever became of its own job."""
    for booking_id in queries.lapsed_holds():
        expire_hold(str(booking_id))
