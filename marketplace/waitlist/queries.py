"""Reading the waitlist. Who is on it is known to each mentee alone."""

import uuid
from collections.abc import Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from marketplace.accounts.models import User
from marketplace.bookings import rules as booking_rules
from marketplace.bookings.models import Booking
from marketplace.bookings.waitlist_entries.models import WaitlistEntry
from marketplace.bookings.waitlist_entries.queries import WHOLE
from marketplace.bookings.waitlist_entries.rules import OFFERED, OPEN, WAITING
from marketplace.db import session
from marketplace.errors import NotFound


def visible_to(actor: User) -> Select[WaitlistEntry]:
    """The entries that exist for `actor`: their own."""
    return select(WaitlistEntry).options(*WHOLE).where(WaitlistEntry.mentee_id == actor.id)


def one(actor: User, entry_id: uuid.UUID) -> WaitlistEntry:
    """One of the actor's entries; raises NotFound."""
    chosen = visible_to(actor).where(WaitlistEntry.id == entry_id)
    found = session().scalars(chosen, execution_options={"populate_existing": True}).one_or_none()
    if found is None:
        raise NotFound
    return found


def open_entries(actor: User) -> Sequence[WaitlistEntry]:
    """The actor's entries that have not ended, the oldest first."""
    chosen = (
        visible_to(actor).where(WaitlistEntry.status.in_(OPEN)).order_by(WaitlistEntry.created_at, WaitlistEntry.id)
    )
    return session().scalars(chosen).all()


def positions(actor: User) -> dict[uuid.UUID, int]:
    """By each waiting entry of the actor's: its position among all that wait for the same coach, from 1."""
    other, own = aliased(WaitlistEntry), WaitlistEntry
    chosen = (
        select(own.id, func.count())
        .join(other, (other.coach_id == own.coach_id) & (other.status == WAITING))
        .where(
            own.mentee_id == actor.id,
            own.status == WAITING,
            func.row(other.queued_at, other.id) <= func.row(own.queued_at, own.id),
        )
        .group_by(own.id)
    )
    return {entry_id: int(position) for entry_id, position in session().execute(chosen)}


def coaches_with_entries() -> Sequence[uuid.UUID]:
    """The ids of the coaches whose time somebody waits for, or has been offered."""
    chosen = select(WaitlistEntry.coach_id).where(WaitlistEntry.status.in_(OPEN)).distinct()
    return session().scalars(chosen).all()


def mentees_waiting(coach_id: uuid.UUID) -> Sequence[uuid.UUID]:
    """The ids of the mentees who wait for this coach's time."""
    waiting = WaitlistEntry.coach_id == coach_id, WaitlistEntry.status == WAITING
    return session().scalars(select(WaitlistEntry.mentee_id).where(*waiting)).all()


def answered(coach_id: uuid.UUID) -> Sequence[WaitlistEntry]:
    """Those whose offer was taken or let go, also one that was paid for after it had lapsed; locked."""
    taken = Booking.status.in_(booking_rules.BOOKED)
    gone = Booking.status.in_(booking_rules.CALLED_OFF)
    chosen = (
        select(WaitlistEntry)
        .join(Booking, Booking.id == WaitlistEntry.booking_id)
        .options(*WHOLE)
        .where(
            WaitlistEntry.coach_id == coach_id,
            WaitlistEntry.status.in_(OPEN),
            taken | (gone & (WaitlistEntry.status == OFFERED)),
        )
        .with_for_update(of=WaitlistEntry)
    )
    return session().scalars(chosen, execution_options={"populate_existing": True}).all()


def paid_before(entry: WaitlistEntry) -> uuid.UUID | None:
    """An earlier hold of the same time, by which the mentee has it after all; None where there is none."""
    offered = aliased(Booking)
    chosen = (
        select(Booking.id)
        .join(offered, offered.id == entry.booking_id)
        .where(
            Booking.id != offered.id,
            Booking.mentee_id == entry.mentee_id,
            Booking.coach_id == entry.coach_id,
            Booking.status.in_(booking_rules.COUNTED),
            Booking.blocked.overlaps(offered.blocked),
        )
    )
    return session().scalar(chosen.limit(1))
