"""Commands: join and leave the waitlist, and offer what has become free to the longest wait."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from marketplace import clock, config
from marketplace.accounts.models import User
from marketplace.audit.service import record
from marketplace.bookings import queries as booking_queries
from marketplace.bookings import rules as booking_rules
from marketplace.bookings.cancellations import service as cancellations
from marketplace.bookings.holds import queries as hold_queries
from marketplace.bookings.holds import service as holds
from marketplace.bookings.models import Booking
from marketplace.bookings.rules import overlaps_any
from marketplace.bookings.waitlist_entries import rules
from marketplace.bookings.waitlist_entries.models import WaitlistEntry
from marketplace.bookings.waitlist_entries.queries import FreeTimes, in_order
from marketplace.bookings.waitlist_entries.transitions import transition
from marketplace.coaches.models import Offering
from marketplace.coaches.queries import offering_for_booking
from marketplace.db import refusing, session, transactional
from marketplace.errors import Conflict, Invalid
from marketplace.languages import gettext as _
from marketplace.languages import lazy_gettext as _l
from marketplace.languages import speaking
from marketplace.notifications.service import notify
from marketplace.scheduling.queries import free_times
from marketplace.waitlist import queries

NOT_OFFERED = _l("It is not offered any more.")
PAST = _l("The days you waited for are over.")
MISSED = _l("You have let two offers go, so we do not keep on asking.")


class OnWaitlistAlready(Conflict):
    """You are on the waitlist for this already. Leave it first if you want other days."""


class TooManyWaitlistEntries(Conflict):
    """You are on as many waitlists as one may be at once. Leave one of them first."""


class FittingTimeFree(Conflict):
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
) -> WaitlistEntry:
    """Join the waitlist for an offering's time between two dates of the mentee's zone.

    Raises what `holds.hold` raises of the person, FittingTimeFree with the times in its details, OnWaitlistAlready,
    TooManyWaitlistEntries.
    """
    offering = offering_for_booking(offering_id)
    holds.admit(mentee, offering)
    criteria = rules.WaitlistCriteria(
        starts_on, ends_on, mentee.timezone, tuple(sorted(set(weekdays))), from_minute, until_minute
    )
    if criteria.is_past(clock.now()):
        raise Invalid(ends_on=_("These days are over. Choose some that are still to come."))
    free = _free_for(mentee, criteria, offering)
    if free:
        raise FittingTimeFree(free=[time.isoformat() for time in free[:3]])
    # Two requests of one mentee are counted one after the other.
    session().execute(select(User.id).where(User.id == mentee.id).with_for_update(key_share=True))
    if _count(mentee) >= rules.MOST_AT_ONCE:
        raise TooManyWaitlistEntries
    entry = WaitlistEntry(
        mentee_id=mentee.id,
        coach_id=offering.coach_id,
        offering_id=offering.id,
        brief=brief,
        starts_on=starts_on,
        ends_on=ends_on,
        timezone=criteria.timezone,
        weekdays=list(criteria.weekdays),
        from_minute=from_minute,
        until_minute=until_minute,
    )
    with refusing("waits_once_each_idx", OnWaitlistAlready):
        session().add(entry)
    record(mentee.id, "waitlist.joined", entry.id, offering_id=str(offering.id))
    return queries.one(mentee, entry.id)


def _count(mentee: User) -> int:
    chosen = select(func.count()).where(WaitlistEntry.mentee_id == mentee.id, WaitlistEntry.status.in_(rules.OPEN))
    return int(session().scalar(chosen) or 0)


def _free_for(mentee: User, criteria: rules.WaitlistCriteria, offering: Offering) -> list[datetime]:
    start, end = criteria.window()
    start, length = max(start, clock.now()), timedelta(minutes=offering.minutes)
    found = free_times.free_times(offering, start=start, end=end)
    busy = hold_queries.engagements([mentee.id], start, end + length).get(mentee.id, []) if found else []
    return [
        time for time in found if criteria.fits(time, offering.minutes) and not overlaps_any(time, time + length, busy)
    ]


@transactional
def leave(mentee: User, *, entry_id: uuid.UUID) -> WaitlistEntry:
    """Leave the waitlist; a time that is held for the mentee goes to the next. Harmless where the entry has ended."""
    booking_queries.lock_coach(queries.one(mentee, entry_id).coach_id, mentee.id)
    entry = queries.one(mentee, entry_id)
    if entry.status not in rules.OPEN:
        return entry
    offered = entry.status == rules.OFFERED
    transition(entry, rules.LEFT, by=mentee.id)
    if offered and entry.booking is not None and entry.booking.status == booking_rules.HELD:
        cancellations.cancel(mentee, booking_id=entry.booking.id, expected_refund_cents=0)
    return entry


def offer_freed(coach_id: str | None = None) -> None:
    """Offer every free time that somebody waits for, of one coach or of all. Safe to run at once and again."""
    for found in [uuid.UUID(coach_id)] if coach_id else queries.coaches_with_entries():
        _settle(found)
        # One offer a transaction: no mentee's offer keeps the lock while another is made.
        while _offer_next(found):
            pass


@transactional
def _settle(coach_id: uuid.UUID) -> None:
    """Note what became of the offers, and which entries' days are over."""
    booking_queries.lock_coach(coach_id)
    for entry in queries.answered(coach_id):
        paid_before = queries.paid_before(entry)
        if entry.booking is not None and entry.booking.status in booking_rules.BOOKED:
            transition(entry, rules.BOOKED)
        elif paid_before is not None:
            entry.booking_id = paid_before
        elif entry.booking is not None and _debited(entry.booking):
            _unpaid(entry, entry.booking)
        else:
            _missed(entry)
    for entry in in_order(coach_id):
        if entry.criteria.is_past(clock.now()):
            transition(entry, rules.OVER)
            _notify(entry, "waitlist_over", why=PAST, past=True)


def _debited(booking: Booking) -> bool:
    """Did the mentee pay by a debit that brought nothing, and not give the time up meanwhile?"""
    debited = booking.payment is not None and booking.payment.settling_since is not None
    return debited and booking.ended_by != booking.mentee_id


def _unpaid(entry: WaitlistEntry, booking: Booking) -> None:
    """The offer was taken and the bank failed. It is no miss, but the next have waited meanwhile."""
    transition(entry, rules.WAITING)
    _notify(entry, "waitlist_unpaid", key=f"waitlist-unpaid:{booking.id}")


def _missed(entry: WaitlistEntry) -> None:
    entry.missed += 1
    transition(entry, rules.after_a_miss(entry.missed))
    if entry.status == rules.WAITING:
        _notify(entry, "waitlist_missed")
    else:
        _notify(entry, "waitlist_over", why=MISSED, past=False)


@transactional
def _offer_next(coach_id: uuid.UUID) -> bool:
    """Hold the first time that fits for the first entry for which there is one; False if there is none."""
    # Whoever is offered a time may be a coach, whose time it claims too.
    booking_queries.lock_coach(coach_id, *queries.mentees_waiting(coach_id))
    entries = in_order(coach_id)
    free = FreeTimes(entries)
    for entry in entries:
        found = free.of(entry.offering_id)
        if found is None:
            transition(entry, rules.OVER)
            _notify(entry, "waitlist_over", why=NOT_OFFERED, past=False)
            continue
        offering, times = found
        fitting = next(free.fitting(entry, offering, times), None)
        if fitting is not None and _offer(entry, offering, fitting):
            return True
    return False


def _offer(entry: WaitlistEntry, offering: Offering, starts_at: datetime) -> bool:
    """Hold it for the mentee; False if it is gone, or if the mentee is offered another coach's time at this moment."""
    try:
        with session().begin_nested():
            booking = holds.offer(entry.mentee, offering, starts_at, brief=entry.brief, minutes=rules.OFFER_MINUTES)
            if booking is None:
                return False
            entry.booking_id = booking.id
            transition(entry, rules.OFFERED, booking_id=str(booking.id))
            session().flush()
    except IntegrityError:
        session().refresh(entry)
        return False
    _notify_offer(entry, booking)
    return True


def _notify_offer(entry: WaitlistEntry, booking: Booking) -> None:
    _notify(
        entry,
        "waitlist_offer",
        key=f"waitlist-offer:{booking.id}",
        minutes=rules.OFFER_MINUTES,
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        until=booking.hold_expires_at,
        zone=entry.mentee.timezone,
        price_cents=booking.price_cents,
        currency=booking.currency,
        taxed=config.current().stripe_tax,
        by_approval=booking.by_approval,
        session_url=f"{config.current().public_url}/sessions/{booking.id}",
        last=rules.after_a_miss(entry.missed + 1) == rules.OVER,
    )


def _notify(entry: WaitlistEntry, template: str, *, key: str | None = None, **context: Any) -> None:
    public_url, mentee, coach = config.current().public_url, entry.mentee, entry.coach.user
    with speaking(mentee.preferences):
        notify(
            mentee.email,
            template=template,
            key=key or f"{template}:{entry.id}:{entry.missed}",
            name=mentee.name,
            coach=coach.name,
            meeting=_("%(title)s with %(name)s", title=entry.offering.title, name=coach.name),
            profile_url=f"{public_url}/@{entry.coach.handle}",
            waitlist_url=f"{public_url}/waitlist",
            **context,
        )
