"""Who claims which time."""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import exists, func, or_, select
from sqlalchemy.dialects.postgresql import Range

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.bookings import rules
from marketplace.bookings.models import Booking
from marketplace.coaches.models import Offering
from marketplace.db import session
from marketplace.payments.models import Payment


def claimed_range(offering: Offering, starts_at: datetime) -> Range[datetime]:
    """What a session of the offering that starts then claims of the coach's time, buffers included."""
    ends_at = starts_at + timedelta(minutes=offering.minutes)
    return Range(
        starts_at - timedelta(minutes=offering.buffer_before_minutes),
        ends_at + timedelta(minutes=offering.buffer_after_minutes),
    )


def claimed(coach_id: uuid.UUID, blocked: Range[datetime], *, ignoring: uuid.UUID | None = None) -> bool:
    """Is any of this time of the coach's claimed by somebody? The booking `ignoring` would give its own time up."""
    chosen = select(Booking.id).where(
        Booking.coach_id == coach_id,
        Booking.status.in_(rules.CLAIMING),
        or_(Booking.status != rules.HELD, Booking.hold_expires_at > clock.now()),
        Booking.blocked.overlaps(blocked),
    )
    if ignoring is not None:
        chosen = chosen.where(Booking.id != ignoring)
    return session().scalar(chosen.limit(1)) is not None


def own_claim(mentee: User, offering_id: uuid.UUID, starts_at: datetime) -> Booking | None:
    """What `mentee` herself has booked or holds of an offering at that very time."""
    chosen = select(Booking).where(
        Booking.mentee_id == mentee.id,
        Booking.offering_id == offering_id,
        Booking.starts_at == starts_at,
        Booking.status.in_(rules.CLAIMING),
        or_(Booking.status != rules.HELD, Booking.hold_expires_at > clock.now()),
    )
    return session().scalar(chosen.limit(1))


def holds_of(mentee_id: uuid.UUID) -> int:
    """How many times a mentee holds right now by her own doing and has not seen to paying; a series counts as one."""
    settling = exists().where(Payment.id == Booking.payment_id, Payment.settling_since.is_not(None))
    chosen = select(func.count(func.coalesce(Booking.series_id, Booking.id).distinct())).where(
        Booking.mentee_id == mentee_id,
        Booking.status == rules.HELD,
        Booking.hold_expires_at > clock.now(),
        ~Booking.offered,
        ~settling,
    )
    return int(session().scalar(chosen) or 0)


def offering_as_sold(booking: Booking, *, by_coach: bool = False) -> Offering:
    """The offering with the length and the buffers that were sold, whatever became of it, to look for times with.

    The notice protects the coach, so for times that she herself proposes (`by_coach`) there is none. The object is
    not in the session.
    """
    known = session().scalars(select(Offering).where(Offering.id == booking.offering_id)).one()
    now_sold = {column.key: getattr(known, column.key) for column in Offering.__table__.columns}
    minute = timedelta(minutes=1)
    before, after = booking.buffers()
    return Offering(
        **now_sold
        | {
            "minutes": (booking.ends_at - booking.starts_at) // minute,
            "buffer_before_minutes": before // minute,
            "buffer_after_minutes": after // minute,
            "notice_hours": 0 if by_coach else known.notice_hours,
        },
        coach=booking.coach,
    )
