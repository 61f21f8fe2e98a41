"""A time is held, then paid for, or given back."""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import and_, exists, false, or_, select, update
from sqlalchemy.dialects.postgresql import Range, insert

from marketplace import clock, config
from marketplace.accounts.models import User
from marketplace.audit.service import record
from marketplace.bookings import queries, rules
from marketplace.bookings.earnings import queries as earning_queries
from marketplace.bookings.holds import queries as hold_queries
from marketplace.bookings.models import Booking
from marketplace.bookings.payment_outcomes import bank_debits
from marketplace.bookings.terms import service as booking_terms
from marketplace.bookings.terms.service import Sale
from marketplace.bookings.waitlist_entries.queries import is_due_to_another
from marketplace.coaches.models import Offering
from marketplace.coaches.queries import offering_for_booking
from marketplace.db import session, transactional, uuid7
from marketplace.errors import Conflict, Invalid, NotAllowed
from marketplace.jobs import enqueue
from marketplace.payments.models import Payment
from marketplace.payments.service import checkouts
from marketplace.scheduling.queries import free_times


class SlotTaken(Conflict):
    """Somebody has just booked this time."""


class NotOffered(Invalid):
    """This time is not offered."""


class TooManyHolds(Conflict):
    """You hold as many times as one may at once. Pay for one, or give one back."""


class HoldLapsed(Conflict):
    """The time you held was not paid for in time and is free again. If it is still there, hold it once more."""


class UnderWay(Conflict):
    """Your bank is sending the money already. Nothing more is to be paid."""


class NotConfirmed(NotAllowed):
    """Confirm your address first: the link is in the mail we sent you."""


class OwnTime(NotAllowed):
    """A coach does not book herself."""


@transactional
def hold(
    mentee: User,
    *,
    offering_id: uuid.UUID,
    starts_at: datetime,
    brief: str,
    policy_version: uuid.UUID | None = None,
) -> Booking:
    """Claim a time for as long as paying takes, under the version of its policy that was shown, if one is named.

    The claim is the booking's own row; PostgreSQL refuses a second one, however many ask at once. Raises SlotTaken,
    NotOffered, TooManyHolds, OwnTime, NotConfirmed, TermsChanged.
    """
    offering = offering_for_booking(offering_id)
    admit(mentee, offering)
    starts_at = starts_at.astimezone(UTC)
    one_hold_more(mentee)
    queries.lock_coach(offering.coach_id)
    if not free_times.is_free(offering, starts_at):
        if hold_queries.claimed(offering.coach_id, hold_queries.claimed_range(offering, starts_at)):
            raise _taken(offering, starts_at)
        raise NotOffered(starts_at="This time is not offered. Choose one of the times that are shown.")
    sold = booking_terms.sale(mentee, offering, policy_version=policy_version)
    booking_id = claim(mentee, offering, starts_at, sold, brief=brief)
    if booking_id is None:
        raise _taken(offering, starts_at)
    booking = queries.locked(booking_id)
    enqueue("expire_hold", at=booking.hold_expires_at, booking_id=str(booking.id))
    return booking


def admit(mentee: User, offering: Offering) -> None:
    """Refuse whoever may not book it at all: OwnTime, NotConfirmed."""
    if mentee.confirmed_at is None:
        raise NotConfirmed
    if offering.coach.user_id == mentee.id:
        raise OwnTime


def one_hold_more(mentee: User) -> None:
    """Refuse a hold beyond what one may have at once. Two requests of one mentee are counted one after the other."""
    session().execute(select(User.id).where(User.id == mentee.id).with_for_update(key_share=True))
    if hold_queries.holds_of(mentee.id) >= config.current().holds_at_once:
        raise TooManyHolds


def _taken(offering: Offering, starts_at: datetime) -> SlotTaken:
    """The refusal, with the free times nearest to the one that was wanted."""
    return SlotTaken(
        nearest=[near.isoformat() for near in free_times.nearest(offering, starts_at) if near != starts_at]
    )


def claim(
    mentee: User,
    offering: Offering,
    starts_at: datetime,
    sold: Sale,
    *,
    brief: str,
    series_id: uuid.UUID | None = None,
    offered_minutes: int | None = None,
) -> uuid.UUID | None:
    """Write the hold, whoever else asks at this very moment; None if somebody has the time, or has waited for it.

    `offered_minutes`: we hold it for so long for somebody who waited.
    """
    claimed = hold_queries.claimed_range(offering, starts_at)
    if offered_minutes is None and is_due_to_another(mentee, offering, claimed):
        return None
    expire_in_the_way(offering.coach_id, claimed)
    now = clock.now()
    row = {
        "id": uuid7(),
        "coach_id": offering.coach_id,
        "mentee_id": mentee.id,
        "offering_id": offering.id,
        "status": rules.HELD,
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(minutes=offering.minutes),
        "blocked": claimed,
        "series_id": series_id,
        "offered": offered_minutes is not None,
        "hold_expires_at": now + timedelta(minutes=offered_minutes or config.current().hold_minutes),
        "brief": brief,
        "title": offering.title,
        "kind": offering.kind,
        "by_approval": offering.by_approval,
        "price_cents": offering.price_cents,
        "currency": offering.currency,
        "fee_basis_points": sold.fee_basis_points,
        "policy": sold.terms.as_json(),
        "sequence": 0,
        "refunded_cents": 0,
        "created_at": now,
    }
    # A plain INSERT would deadlock with a claim that rolls back; this one waits and then answers no row.
    booking_id = session().scalar(insert(Booking).values(row).on_conflict_do_nothing().returning(Booking.id))
    if booking_id is not None:
        record(None if offered_minutes else mentee.id, "booking.held", booking_id, starts_at=starts_at.isoformat())
    return booking_id


def offer(mentee: User, offering: Offering, starts_at: datetime, *, brief: str, minutes: int) -> Booking | None:
    """Hold a free time for somebody who waited for one, for so many minutes; None if somebody else has it.

    It is not counted among the holds of her own making. The caller has locked the coach's row.
    """
    sold = booking_terms.sale(mentee, offering)
    booking_id = claim(mentee, offering, starts_at, sold, brief=brief, offered_minutes=minutes)
    if booking_id is None:
        return None
    booking = queries.locked(booking_id)
    enqueue("expire_hold", at=booking.hold_expires_at, booking_id=str(booking.id))
    return booking


def expire_in_the_way(coach_id: uuid.UUID, blocked: Range[datetime], *, paid_by: uuid.UUID | None = None) -> None:
    """End the lapsed holds on this time; the constraint cannot know what time it is.

    Where a mentee has paid for the time already, what she holds of it once more and has not paid ends too.
    """
    now = clock.now()
    settling = exists().where(Payment.id == Booking.payment_id, Payment.settling_since.is_not(None))
    once_more = and_(Booking.mentee_id == paid_by, ~settling) if paid_by else false()
    lapsed = (
        update(Booking)
        .where(
            Booking.coach_id == coach_id,
            Booking.status == rules.HELD,
            or_(Booking.hold_expires_at <= now, once_more),
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
    return checkouts.start_checkout(payment_id)


@transactional
def _prepare_payment(mentee: User, *, booking_id: uuid.UUID) -> uuid.UUID:
    seen = queries.one(mentee, booking_id)
    if seen.mentee_id != mentee.id:
        raise NotAllowed("Only the mentee pays for a session.")
    together = queries.locked_together(seen)
    if any(booking.status == rules.EXPIRED for booking in together):
        raise HoldLapsed
    if any(booking.status != rules.HELD for booking in together):
        raise Conflict("There is nothing to pay here any more.")
    if together[0].hold_expires_at <= clock.now():
        raise HoldLapsed
    if together[0].payment is not None and together[0].payment.is_settling:
        raise UnderWay
    payment_id = checkouts.prepare(mentee, **_asked(together)).id
    for booking in together:
        booking.payment_id = payment_id
    return payment_id


def _asked(together: Sequence[Booking]) -> dict[str, Any]:
    """What is to be paid for one session, or for all of a series at once."""
    first, public_url = together[0], config.current().public_url
    often = f", {len(together)} sessions" if len(together) > 1 else ""
    place = f"series/{first.series_id}" if first.series_id else f"sessions/{first.id}"
    return {
        "subject_id": first.series_id or first.id,
        "description": f"{first.title} with {first.coach.user.name}{often}",
        "amount_cents": sum(booking.price_cents for booking in together),
        "currency": first.currency,
        "manual_capture": first.by_approval,
        "card_only": not bank_debits.in_time(together),
        "return_url": f"{public_url}/{place}",
        "payable_until": first.hold_expires_at,
    }


@transactional
def expire_hold(booking_id: str) -> None:
    """Free a time that was not paid for in time, and the series it belongs to; harmless before its time and after."""
    together = queries.locked_together(queries.found(uuid.UUID(booking_id)))
    lapsed = [b for b in together if b.status == rules.HELD and b.hold_expires_at <= clock.now()]
    for booking in lapsed:
        booking.status = rules.EXPIRED
        booking.ended_at = clock.now()
        booking.end_reason = "not paid in time"
        record(None, "booking.expired", booking.id)
    if not lapsed:
        return
    if lapsed[0].payment_id is not None:
        enqueue("abandon_payment", payment_id=str(lapsed[0].payment_id))
    freed(lapsed[0].coach_id)


def freed(coach_id: uuid.UUID) -> None:
    """A time of this coach may be free again: those who wait for one are looked after by the worker."""
    enqueue("offer_freed", once=f"offer_freed:{coach_id}", coach_id=str(coach_id))


def expire_holds() -> None:
    """Free every time that was held too long, whatever became of its own job."""
    for booking_id in earning_queries.lapsed_holds():
        expire_hold(str(booking_id))
