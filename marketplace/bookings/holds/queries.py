"""Who holds and claims which time."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.dialects.postgresql import Range

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.bookings import rules
from marketplace.bookings.earnings import queries as earning_queries
from marketplace.bookings.models import Booking
from marketplace.bookings.queries import WHOLE
from marketplace.coaches.models import Coach, Offering
from marketplace.db import session
from marketplace.payments.models import Payment


def claimed_range(offering: Offering, starts_at: datetime) -> Range[datetime]:
    """What a session that starts then claims of the coach's time, buffers included."""
    ends_at = starts_at + timedelta(minutes=offering.minutes)
    return Range(
        starts_at - timedelta(minutes=offering.buffer_before_minutes),
        ends_at + timedelta(minutes=offering.buffer_after_minutes),
    )


def claimed(coach_id: uuid.UUID, blocked: Range[datetime], *, ignoring: uuid.UUID | None = None) -> bool:
    """Whether any of this time of the coach's is claimed, not counting the booking `ignoring`."""
    chosen = select(Booking.id).where(Booking.coach_id == coach_id, Booking.blocked.overlaps(blocked), *_claiming_now())
    if ignoring is not None:
        chosen = chosen.where(Booking.id != ignoring)
    return session().scalar(chosen.limit(1)) is not None


def coaching_then(person_id: uuid.UUID, starts_at: datetime, ends_at: datetime) -> bool:
    """Whether a person coaches a session that claims any of this time, buffers included."""
    return _session_where(_coached_then(person_id, starts_at, ends_at)) is not None


def session_then(
    person_id: uuid.UUID, starts_at: datetime, ends_at: datetime, *, ignoring: uuid.UUID, paid: bool = False
) -> Booking | None:
    """A session that a person is in at this time, as coach or as mentee; None.

    The booking `ignoring` is about to give its time up. With `paid`, what the person only holds does not count.
    """
    bought = [Booking.mentee_id == person_id, Booking.starts_at < ends_at, Booking.ends_at > starts_at]
    if paid:
        bought.append(Booking.status != rules.HELD)
    there = or_(_coached_then(person_id, starts_at, ends_at), and_(*bought))
    return _session_where(Booking.id != ignoring, there)


def engagements(
    people: Collection[uuid.UUID], start: datetime, end: datetime, *, ignoring: uuid.UUID | None = None
) -> dict[uuid.UUID, list[tuple[datetime, datetime]]]:
    """When these people are in sessions in [start, end), as coaches with buffers, and as mentees. None has no key."""
    during = Range(start, end)
    coached = select(Coach.user_id, func.lower(Booking.blocked), func.upper(Booking.blocked)).join(
        Booking, Booking.coach_id == Coach.id
    )
    coached = coached.where(Coach.user_id.in_(people), Booking.blocked.overlaps(during), *_claiming_now())
    bought = select(Booking.mentee_id, Booking.starts_at, Booking.ends_at).where(
        Booking.mentee_id.in_(people),
        Booking.starts_at < end,
        Booking.ends_at > start,
        Booking.id.is_distinct_from(ignoring),
        *_claiming_now(),
    )
    found: dict[uuid.UUID, list[tuple[datetime, datetime]]] = {}
    for person_id, begins, ends in session().execute(coached.union_all(bought)):
        found.setdefault(person_id, []).append((begins, ends))
    return found


def _coached_then(person_id: uuid.UUID, starts_at: datetime, ends_at: datetime) -> ColumnElement[bool]:
    own = select(Coach.id).where(Coach.user_id == person_id)
    return and_(Booking.coach_id.in_(own), Booking.blocked.overlaps(Range(starts_at, ends_at)))


def _session_where(*there: ColumnElement[bool]) -> Booking | None:
    chosen = select(Booking).where(*there, *_claiming_now())
    return session().scalar(chosen.order_by(Booking.starts_at).limit(1))


def _claiming_now() -> list[ColumnElement[bool]]:
    stands = or_(Booking.status != rules.HELD, Booking.hold_expires_at > clock.now())
    return [Booking.status.in_(rules.CLAIMING), stands]


def own_claim(mentee: User, offering_id: uuid.UUID, starts_at: datetime) -> Booking | None:
    """The booking or hold that `mentee` has of the offering at that very time, or None."""
    chosen = select(Booking).where(
        Booking.mentee_id == mentee.id,
        Booking.offering_id == offering_id,
        Booking.starts_at == starts_at,
        *_claiming_now(),
    )
    return session().scalar(chosen.limit(1))


def overlapping(bookings: Sequence[Booking]) -> Sequence[Booking]:
    """What else their mentee has bought or holds at the times of bookings that are paid together, with its people.

    To be told before paying: somebody may want two sessions at once, and knows it.
    """
    times = [and_(Booking.starts_at < each.ends_at, Booking.ends_at > each.starts_at) for each in bookings]
    chosen = (
        select(Booking)
        .options(*WHOLE)
        .where(
            Booking.mentee_id == bookings[0].mentee_id,
            Booking.id.not_in([each.id for each in bookings]),
            or_(*times),
            *_claiming_now(),
        )
    )
    return session().scalars(chosen.order_by(Booking.starts_at, Booking.id)).all()


def holds_and_paid_cents(mentee_id: uuid.UUID, offering: Offering) -> tuple[int, int]:
    """How many holds a mentee has not begun to pay for, and what was paid to the offering's coach so far, in cents.

    A series is one hold, a waitlist offer none.
    """
    paid = earning_queries.paid_cents(mentee_id, offering.coach_id, offering.currency)
    counted = select(_holds(mentee_id).scalar_subquery(), paid.scalar_subquery())
    holds, cents = session().execute(counted).one()
    return int(holds), int(cents)


def _holds(mentee_id: uuid.UUID) -> Select[int]:
    settling = exists().where(Payment.id == Booking.payment_id, Payment.settling_since.is_not(None))
    return select(func.count(func.coalesce(Booking.series_id, Booking.id).distinct())).where(
        Booking.mentee_id == mentee_id,
        Booking.status == rules.HELD,
        Booking.hold_expires_at > clock.now(),
        ~Booking.offered,
        ~settling,
    )


def to_pay(mentee_id: uuid.UUID, limit: int = 50) -> Sequence[Booking]:
    """What a mentee holds and has not paid for yet, waitlist offers too, with its people, the first to lapse first."""
    now = clock.now()
    chosen = (
        select(Booking)
        .outerjoin(Booking.payment)
        .options(*WHOLE)
        .where(
            Booking.mentee_id == mentee_id,
            Booking.starts_at > now,
            Booking.status == rules.HELD,
            Booking.hold_expires_at > now,
            Payment.settling_since.is_(None),
        )
    )
    return session().scalars(chosen.order_by(Booking.hold_expires_at, Booking.starts_at, Booking.id).limit(limit)).all()


def offering_as_booked(booking: Booking, *, by_coach: bool = False) -> Offering:
    """The offering with the length and buffers of the booking, to look for other times with.

    The notice protects the coach, so for times that the coach proposes (`by_coach`) there is none. The object is not
    in the session.
    """
    known = session().scalars(select(Offering).where(Offering.id == booking.offering_id)).one()
    offered_now = {column.key: getattr(known, column.key) for column in Offering.__table__.columns}
    minute = timedelta(minutes=1)
    before, after = booking.buffers()
    return Offering(
        **offered_now
        | {
            "minutes": (booking.ends_at - booking.starts_at) // minute,
            "buffer_before_minutes": before // minute,
            "buffer_after_minutes": after // minute,
            "notice_hours": 0 if by_coach else known.notice_hours,
        },
        coach=booking.coach,
    )


def lapsed_holds(limit: int = 200) -> Sequence[uuid.UUID]:
    """Holds whose time to pay is over."""
    due = Booking.hold_expires_at <= clock.now()
    return session().scalars(select(Booking.id).where(Booking.status == rules.HELD, due).limit(limit)).all()


def claiming_between(coach_id: uuid.UUID, start: datetime, end: datetime) -> Sequence[Booking]:
    """A coach's claimed times that overlap [start, end), in order of time."""
    meets = Booking.starts_at < end, Booking.ends_at > start
    chosen = select(Booking).where(Booking.coach_id == coach_id, Booking.status.in_(rules.CLAIMING), *meets)
    return session().scalars(chosen.order_by(Booking.starts_at)).all()
