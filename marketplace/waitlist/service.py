"""Commands: get into line, leave it, and offer what has become free to whoever waited longest."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import IntegrityError

from marketplace import clock, config
from marketplace.accounts.models import User
from marketplace.audit.service import record
from marketplace.bookings import queries as booking_queries
from marketplace.bookings import rules as booking_rules
from marketplace.bookings import waitlist_priority
from marketplace.bookings.cancellations import service as cancellations
from marketplace.bookings.holds import service as holds
from marketplace.bookings.models import Booking
from marketplace.coaches.models import Offering
from marketplace.coaches.queries import offering_for_booking
from marketplace.db import refusing, session, transactional
from marketplace.errors import Conflict, Invalid, NotFound
from marketplace.money import spoken
from marketplace.notifications.service import tell
from marketplace.scheduling.queries import free as free_times
from marketplace.waitlist import queries, rules
from marketplace.waitlist.models import Wait

TAKEN = frozenset({booking_rules.REQUESTED, booking_rules.CONFIRMED, booking_rules.COMPLETED})
NOT_OFFERED = "It is not offered any more."
PAST = "The days you waited for are over."
MISSED = "You have let two offers go, so we do not keep on asking."


class WaitingAlready(Conflict):
    """You wait for this already. Leave that line first if you want other days."""


class TooManyWaits(Conflict):
    """You wait in as many lines as one may at once. Leave one of them first."""


class SomethingFree(Conflict):
    """There is a time that fits already. Book it before somebody else does."""


@transactional
def join(
    mentee: User,
    *,
    offering_id: uuid.UUID,
    starts_on: date,
    ends_on: date,
    brief: str,
    weekdays: Sequence[int] = rules.EVERY_DAY,
    from_minute: int = 0,
    until_minute: int = rules.DAY_MINUTES,
) -> Wait:
    """Stand in line for an offering's time between two dates of one's own zone.

    Raises what `bookings.hold` raises of the person, SomethingFree with the times, WaitingAlready, TooManyWaits.
    """
    offering = offering_for_booking(offering_id)
    holds.admit(mentee, offering)
    wish = rules.Wish(starts_on, ends_on, mentee.timezone, tuple(sorted(set(weekdays))), from_minute, until_minute)
    if wish.is_past(clock.now()):
        raise Invalid(ends_on="These days are over. Choose some that are still to come.")
    free = _free_for(wish, offering)
    if free:
        raise SomethingFree(free=[time.isoformat() for time in free[:3]])
    # Two requests of one mentee are counted one after the other.
    session().execute(select(User.id).where(User.id == mentee.id).with_for_update(key_share=True))
    if _count(mentee) >= rules.MOST_AT_ONCE:
        raise TooManyWaits
    wait = Wait(
        mentee_id=mentee.id,
        coach_id=offering.coach_id,
        offering_id=offering.id,
        brief=brief,
        starts_on=starts_on,
        ends_on=ends_on,
        timezone=wish.timezone,
        weekdays=list(wish.weekdays),
        from_minute=from_minute,
        until_minute=until_minute,
    )
    with refusing("waits_once_each_idx", WaitingAlready):
        session().add(wait)
    record(mentee.id, "wait.joined", wait.id, offering_id=str(offering.id))
    return queries.one(mentee, wait.id)


def _count(mentee: User) -> int:
    chosen = select(func.count()).where(Wait.mentee_id == mentee.id, Wait.status.in_(rules.OPEN))
    return int(session().scalar(chosen) or 0)


def _free_for(wish: rules.Wish, offering: Offering) -> list[datetime]:
    start, end = wish.window()
    found = free_times.free_times(offering, start=max(start, clock.now()), end=end)
    return [time for time in found if wish.fits(time, offering.minutes)]


@transactional
def leave(mentee: User, *, wait_id: uuid.UUID) -> Wait:
    """Leave the line; a time that is held for her goes to the next. Harmless where it has ended."""
    booking_queries.lock_coach(queries.one(mentee, wait_id).coach_id)
    wait = queries.one(mentee, wait_id)
    if wait.status not in rules.OPEN:
        return wait
    offered = wait.status == rules.OFFERED
    _end(wait, rules.LEFT)
    record(mentee.id, "wait.left", wait.id)
    if offered and wait.booking is not None and wait.booking.status == booking_rules.HELD:
        cancellations.cancel(mentee, booking_id=wait.booking.id, expected_refund_cents=0)
    return wait


def offer_freed(coach_id: str | None = None) -> None:
    """Offer every free time that somebody waits for, of one coach or of all. Safe to run at once and again."""
    for found in [uuid.UUID(coach_id)] if coach_id else queries.coaches_waited_for():
        _settle(found)
        # One offer a transaction: nobody waits for somebody else's offer while she has made one herself.
        while _offer_next(found):
            pass


@transactional
def _settle(coach_id: uuid.UUID) -> None:
    """Note what became of the offers, and whose days are over."""
    booking_queries.lock_coach(coach_id)
    for wait in queries.answered(coach_id):
        paid_before = queries.paid_before(wait)
        if wait.booking is not None and wait.booking.status in TAKEN:
            _end(wait, rules.BOOKED)
        elif paid_before is not None:
            wait.booking_id = paid_before
        elif wait.booking is not None and _debited(wait.booking):
            _unpaid(wait, wait.booking)
        else:
            _missed(wait)
    for wait in queries.line_of(coach_id):
        if wait.wish.is_past(clock.now()):
            _end(wait, rules.OVER)
            _tell(wait, "wait_over", f"No time of {wait.coach.user.name}'s became free", why=PAST)


def _debited(booking: Booking) -> bool:
    """Did she pay by a debit that brought nothing, and not give the time up herself meanwhile?"""
    debited = booking.payment is not None and booking.payment.settling_since is not None
    return debited and booking.ended_by != booking.mentee_id


def _unpaid(wait: Wait, booking: Booking) -> None:
    """She took the offer; her bank failed her. It is no miss, but the next have waited meanwhile."""
    wait.status, wait.queued_at = rules.WAITING, clock.now()
    _tell(wait, "wait_unpaid", "You are in line again", key=f"wait-unpaid:{booking.id}")


def _missed(wait: Wait) -> None:
    wait.missed += 1
    wait.queued_at = clock.now()
    if rules.after_a_miss(wait.missed) == rules.WAITING:
        wait.status = rules.WAITING
        _tell(wait, "wait_missed", "You are at the end of the line now")
    else:
        _end(wait, rules.OVER)
        _tell(wait, "wait_over", f"You do not wait for {wait.coach.user.name} any more", why=MISSED)


def _end(wait: Wait, status: str) -> None:
    wait.status = status
    wait.ended_at = clock.now()


@transactional
def _offer_next(coach_id: uuid.UUID) -> bool:
    """Hold the first time that fits for the first who waits for such a one; False if there is none."""
    booking_queries.lock_coach(coach_id)
    line = queries.line_of(coach_id)
    free: dict[uuid.UUID, tuple[Offering, list[datetime]] | None] = {}
    for wait in line:
        if wait.offering_id not in free:
            free[wait.offering_id] = _free_of(wait.offering_id, [w.wish for w in line])
        found = free[wait.offering_id]
        if found is None:
            _end(wait, rules.OVER)
            _tell(wait, "wait_over", f"You do not wait for {wait.coach.user.name} any more", why=NOT_OFFERED)
            continue
        offering, times = found
        fitting = next((time for time in times if wait.wish.fits(time, offering.minutes)), None)
        if fitting is not None and _offer(wait, offering, fitting):
            return True
    return False


@waitlist_priority.kept_by
def comes_first(mentee: User, offering: Offering, claimed: Range[datetime]) -> bool:
    """Would what `mentee` asks for be offered to somebody who has waited for it, as soon as the worker looks?

    The worker looks a moment after a time has become free; until then nobody overtakes the line. She herself may take
    what is due to her.
    """
    line = queries.line_of(offering.coach_id)
    promised: list[Range[datetime]] = []
    free: dict[uuid.UUID, tuple[Offering, list[datetime]] | None] = {}
    for wait in line:
        if wait.offering_id not in free:
            free[wait.offering_id] = _free_of(wait.offering_id, [w.wish for w in line])
        found = free[wait.offering_id]
        due = found and _first_due(wait, *found, promised)
        if not due:
            continue
        if due.overlaps(claimed):
            return wait.mentee_id != mentee.id
        promised.append(due)
    return False


def _first_due(
    wait: Wait, offering: Offering, times: Sequence[datetime], promised: Sequence[Range[datetime]]
) -> Range[datetime] | None:
    """What the first time that fits would claim, after those before her have theirs."""
    fitting = (holds.blocked(offering, time) for time in times if wait.wish.fits(time, offering.minutes))
    return next((each for each in fitting if not any(each.overlaps(other) for other in promised)), None)


def _free_of(offering_id: uuid.UUID, wishes: Sequence[rules.Wish]) -> tuple[Offering, list[datetime]] | None:
    """An offering and its free times, of all the days that anybody waits for; None if it cannot be booked at all."""
    try:
        offering = offering_for_booking(offering_id)
    except NotFound:
        return None
    start = max(clock.now(), min(wish.window()[0] for wish in wishes))
    end = max(wish.window()[1] for wish in wishes)
    return offering, free_times.free_times(offering, start=start, end=end) if start < end else []


def _offer(wait: Wait, offering: Offering, starts_at: datetime) -> bool:
    """Hold it for her; False if somebody was quicker, or if she is offered another coach's time at this moment."""
    try:
        with session().begin_nested():
            booking = holds.offer(wait.mentee, offering, starts_at, brief=wait.brief, minutes=rules.OFFER_MINUTES)
            if booking is None:
                return False
            wait.status, wait.booking_id = rules.OFFERED, booking.id
            session().flush()
    except IntegrityError:
        session().refresh(wait)
        return False
    record(None, "wait.offered", wait.id, booking_id=str(booking.id))
    _tell_offer(wait, booking)
    return True


def _tell_offer(wait: Wait, booking: Booking) -> None:
    zone = wait.mentee.timezone
    _tell(
        wait,
        "wait_offer",
        f"A time of {wait.coach.user.name}'s is free, held for you for {rules.OFFER_MINUTES} minutes",
        key=f"wait-offer:{booking.id}",
        when=clock.spoken(booking.starts_at, zone, booking.ends_at),
        until=clock.spoken(booking.hold_expires_at, zone),
        price=spoken(booking.price_cents, booking.currency),
        taxed=config.current().stripe_tax,
        by_approval=booking.by_approval,
        session_url=f"{config.current().public_url}/sessions/{booking.id}",
        last=rules.after_a_miss(wait.missed + 1) == rules.OVER,
    )


def _tell(wait: Wait, template: str, subject: str, *, key: str | None = None, **context: Any) -> None:
    public_url = config.current().public_url
    tell(
        wait.mentee.email,
        subject=subject,
        template=template,
        key=key or f"{template}:{wait.id}:{wait.missed}",
        name=wait.mentee.name,
        coach=wait.coach.user.name,
        title=wait.offering.title,
        profile_url=f"{public_url}/@{wait.coach.handle}",
        waiting_url=f"{public_url}/waitlist",
        **context,
    )
