"""The order of the waitlist, and what is due to whom."""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import aliased, joinedload

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.bookings.holds.queries import claimed_range, engagements
from marketplace.bookings.models import Booking
from marketplace.bookings.rules import overlaps_any
from marketplace.bookings.waitlist_entries import rules
from marketplace.bookings.waitlist_entries.models import WaitlistEntry
from marketplace.coaches.models import Offering
from marketplace.coaches.queries import offering_for_booking
from marketplace.db import session
from marketplace.errors import NotFound
from marketplace.scheduling.queries import free_times

WHOLE = (
    joinedload(WaitlistEntry.mentee, innerjoin=True),
    joinedload(WaitlistEntry.coach, innerjoin=True),
    # With its coach: reading an offering anew without its coach would take the coach off the one a caller has in hand.
    joinedload(WaitlistEntry.offering, innerjoin=True).joinedload(Offering.coach, innerjoin=True),
    joinedload(WaitlistEntry.booking).joinedload(Booking.payment),
)


def in_order(coach_id: uuid.UUID) -> Sequence[WaitlistEntry]:
    """The entries that wait for a coach and whose mentees have no offer, of whichever coach, in order; locked."""
    offer = aliased(WaitlistEntry)
    offered = exists().where(offer.mentee_id == WaitlistEntry.mentee_id, offer.status == rules.OFFERED)
    chosen = (
        select(WaitlistEntry)
        .join(User, User.id == WaitlistEntry.mentee_id)
        .options(*WHOLE)
        .where(WaitlistEntry.coach_id == coach_id, WaitlistEntry.status == rules.WAITING, User.active, ~offered)
        .order_by(WaitlistEntry.queued_at, WaitlistEntry.id)
        .with_for_update(of=WaitlistEntry)
    )
    return session().scalars(chosen, execution_options={"populate_existing": True}).all()


class FreeTimes:
    """The free times of each offering that some entries ask for, looked up once each."""

    def __init__(self, entries: Sequence[WaitlistEntry]) -> None:
        self._criteria = [entry.criteria for entry in entries]
        self._found: dict[uuid.UUID, tuple[Offering, list[datetime]] | None] = {}
        self._elsewhere: dict[uuid.UUID, list[tuple[datetime, datetime]]] | None = None
        self._people = {entry.mentee_id for entry in entries}

    def of(self, offering_id: uuid.UUID) -> tuple[Offering, list[datetime]] | None:
        """An offering and its free times of all days that any entry asks for; None where it cannot be booked at all."""
        if offering_id not in self._found:
            self._found[offering_id] = self._look_up(offering_id)
        return self._found[offering_id]

    def fitting(self, entry: WaitlistEntry, offering: Offering, times: Sequence[datetime]) -> Iterator[datetime]:
        """Which of these times an entry asks for and its mentee is in no other session."""
        length = timedelta(minutes=offering.minutes)
        for time in times:
            if entry.criteria.fits(time, offering.minutes):
                busy = self._engagements().get(entry.mentee_id, [])
                if not overlaps_any(time, time + length, busy):
                    yield time

    def _engagements(self) -> dict[uuid.UUID, list[tuple[datetime, datetime]]]:
        if self._elsewhere is None:
            start, end = self._window()
            self._elsewhere = engagements(self._people, start, end + timedelta(days=1))
        return self._elsewhere

    def _window(self) -> tuple[datetime, datetime]:
        start = min(criteria.window()[0] for criteria in self._criteria)
        return max(clock.now(), start), max(criteria.window()[1] for criteria in self._criteria)

    def _look_up(self, offering_id: uuid.UUID) -> tuple[Offering, list[datetime]] | None:
        try:
            offering = offering_for_booking(offering_id)
        except NotFound:
            return None
        start, end = self._window()
        return offering, free_times.free_times(offering, start=start, end=end) if start < end else []


def is_due_to_another(mentee: User, offering: Offering, claimed: Range[datetime]) -> bool:
    """Is what `mentee` would claim due to somebody else on the waitlist, who is offered it as soon as the worker looks?

    The worker looks a moment after a time has become free; until then nobody overtakes the waitlist. What is due to
    `mentee` may be booked at once. The caller has locked the coach's row.
    """
    entries = in_order(offering.coach_id)
    free = FreeTimes(entries)
    promised: list[Range[datetime]] = []
    for entry in entries:
        found = free.of(entry.offering_id)
        due = found and _first_due(free.fitting(entry, *found), found[0], promised)
        if not due:
            continue
        if due.overlaps(claimed):
            return entry.mentee_id != mentee.id
        promised.append(due)
    return False


def _first_due(
    fitting: Iterable[datetime], offering: Offering, promised: Sequence[Range[datetime]]
) -> Range[datetime] | None:
    """What the first time that fits would claim, after the entries before it have theirs."""
    claimed = (claimed_range(offering, time) for time in fitting)
    return next((each for each in claimed if not any(each.overlaps(other) for other in promised)), None)
